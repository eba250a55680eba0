# ferros_find_source(VARIABLE): the root of the repository. A workspace may hold the repository itself, a symbolic link
# to this package, or a copy of it; the first two are found by looking upward from where the files really are.
function(ferros_find_source variable)
  set(marker "src/FerRos.Cli/FerRos.Cli.csproj")
  if(FERROS_SOURCE_DIR)
    get_filename_component(root "${FERROS_SOURCE_DIR}" ABSOLUTE BASE_DIR "${CMAKE_BINARY_DIR}")
    if(NOT EXISTS "${root}/${marker}")
      message(FATAL_ERROR
        "FERROS_SOURCE_DIR is '${FERROS_SOURCE_DIR}', which has no ${marker}. Give the folder of the FerRos repository.")
    endif()
    set(${variable} "${root}" PARENT_SCOPE)
    return()
  endif()

  get_filename_component(folder "${CMAKE_CURRENT_SOURCE_DIR}" REALPATH)
  while(NOT EXISTS "${folder}/${marker}")
    get_filename_component(parent "${folder}" DIRECTORY)
    if(parent STREQUAL folder)
      message(FATAL_ERROR
        "No FerRos repository (${marker}) above ${CMAKE_CURRENT_SOURCE_DIR}. A copied package needs to know where it is:\n"
        "  colcon build --cmake-args -DFERROS_SOURCE_DIR=/path/to/the/repository")
    endif()
    set(folder "${parent}")
  endwhile()
  set(${variable} "${folder}" PARENT_SCOPE)
endfunction()
