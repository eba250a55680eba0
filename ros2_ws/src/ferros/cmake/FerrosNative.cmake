# Native shims: each is a CMake project of its own, built in the build folder and installed beside the program, which looks
# there first.
include(ExternalProject)

# ferros_shim(ROOT PROJECT LIBRARY ARGUMENTS...): builds ROOT/src/PROJECT/native and installs libLIBRARY.so.
function(ferros_shim root project library)
  set(binary "${CMAKE_CURRENT_BINARY_DIR}/native/${library}")
  ExternalProject_Add(${library}
    SOURCE_DIR "${root}/src/${project}/native"
    BINARY_DIR "${binary}"
    CMAKE_ARGS -DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}" ${ARGN}
    BUILD_ALWAYS ON
    INSTALL_COMMAND "")
  install(FILES "${binary}/lib${library}.so" DESTINATION "libexec/${PROJECT_NAME}")
endfunction()

# ferros_opencv(ROOT): the OpenCV shim, where OpenCV is found. The node does without it on raw pictures.
function(ferros_opencv root)
  if(NOT FERROS_OPENCV OR NOT EXISTS "${root}/src/FerRos.OpenCv/native/CMakeLists.txt")
    message(STATUS "Building without the OpenCV shim: raw pictures only")
    return()
  endif()
  find_package(OpenCV 4.5 QUIET COMPONENTS core imgproc imgcodecs videoio)
  if(OpenCV_FOUND)
    message(STATUS "Found OpenCV ${OpenCV_VERSION}: building the shim for JPEG, PNG, video files and cameras")
    ferros_shim("${root}" FerRos.OpenCv ferros_opencv "-DOpenCV_DIR=${OpenCV_DIR}")
  else()
    message(STATUS
      "OpenCV was not found: building without JPEG, PNG, video files and V4L2 cameras. "
      "Raw pictures need none of it; for the rest: sudo apt install libopencv-dev")
  endif()
endfunction()

# ferros_libtorch(ROOT): the libtorch shim, where a libtorch is named. It serves training and GPUs.
function(ferros_libtorch root)
  if(NOT FERROS_LIBTORCH)
    return()
  endif()
  if(NOT EXISTS "${root}/src/FerRos.Torch/native/CMakeLists.txt")
    message(FATAL_ERROR "FERROS_LIBTORCH is set, but ${root} has no src/FerRos.Torch/native")
  endif()
  set(arguments)
  if(NOT FERROS_LIBTORCH STREQUAL "system")
    if(NOT EXISTS "${FERROS_LIBTORCH}/share/cmake/Torch/TorchConfig.cmake")
      message(FATAL_ERROR
        "FERROS_LIBTORCH is '${FERROS_LIBTORCH}', which has no share/cmake/Torch/TorchConfig.cmake. "
        "Give the folder of a libtorch or of a PyTorch wheel, or 'system'.")
    endif()
    set(arguments "-DCMAKE_PREFIX_PATH=${FERROS_LIBTORCH}")
  endif()
  message(STATUS "Building the libtorch shim against: ${FERROS_LIBTORCH}")
  ferros_shim("${root}" FerRos.Torch ferros_torch ${arguments})
endfunction()
