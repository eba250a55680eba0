# ferros_find_dotnet(ROOT VARIABLE): a `dotnet` whose SDK is the one that ROOT/global.json asks for.
function(ferros_find_dotnet root variable)
  set(candidates)
  if(DEFINED ENV{DOTNET_ROOT})
    list(APPEND candidates "$ENV{DOTNET_ROOT}/dotnet")
  endif()
  find_program(FERROS_DOTNET_ON_PATH dotnet)
  mark_as_advanced(FERROS_DOTNET_ON_PATH)
  if(FERROS_DOTNET_ON_PATH)
    list(APPEND candidates "${FERROS_DOTNET_ON_PATH}")
  endif()
  list(APPEND candidates "$ENV{HOME}/.dotnet/dotnet" /usr/lib/dotnet/dotnet /usr/share/dotnet/dotnet)

  set(found "")
  foreach(candidate IN LISTS candidates)
    if(EXISTS "${candidate}")
      # In the repository's folder `dotnet --version` obeys global.json and fails where no SDK fits it.
      execute_process(
        COMMAND "${candidate}" --version
        WORKING_DIRECTORY "${root}"
        RESULT_VARIABLE failed OUTPUT_VARIABLE version ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
      if(NOT failed)
        message(STATUS "Found .NET SDK ${version}: ${candidate}")
        set(${variable} "${candidate}" PARENT_SCOPE)
        return()
      endif()
      string(APPEND found "\n  ${candidate} is there, but without an SDK that global.json accepts")
    endif()
  endforeach()
  message(FATAL_ERROR
    "FerRos is a .NET program: building it needs the .NET SDK 10.${found}\n"
    "Install it, then build again. Where the distribution has it:\n"
    "  sudo apt install dotnet-sdk-10.0\n"
    "otherwise, into your home folder:\n"
    "  curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0\n"
    "A robot without the SDK can install what was published elsewhere: -DFERROS_PUBLISHED=DIR.")
endfunction()

# ferros_publish(ROOT DOTNET VARIABLE): publishes the program at build time, when a source is newer than the last time;
# VARIABLE becomes the folder. Nothing is written into the sources.
function(ferros_publish root dotnet variable)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
    "${root}/src/*.cs" "${root}/src/*.csproj" "${root}/src/*.props" "${root}/src/*.targets" "${root}/src/*.resx"
    "${root}/src/*.msg" "${root}/src/*.srv" "${root}/src/*.idl" "${root}/src/*.json"
    "${root}/ros2_ws/src/ferros_msgs/*.msg" "${root}/ros2_ws/src/ferros_msgs/*.srv"
    "${root}/models/*" "${root}/assets/*" "${root}/config/*")
  list(FILTER sources EXCLUDE REGEX "/(bin|obj|build|artifacts)/")
  foreach(file IN ITEMS Directory.Build.props Directory.Build.targets Directory.Packages.props global.json NuGet.config nuget.config)
    if(EXISTS "${root}/${file}")
      list(APPEND sources "${root}/${file}")
    endif()
  endforeach()
  # A file that goes away leaves no newer file behind: the list itself is a source.
  list(JOIN sources "\n" listing)
  file(CONFIGURE OUTPUT sources.txt CONTENT "${listing}\n" @ONLY)

  set(configuration Release)
  if(CMAKE_BUILD_TYPE STREQUAL "Debug")
    set(configuration Debug)
  endif()
  set(mode --no-self-contained)
  if(FERROS_SELF_CONTAINED)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
      set(mode --self-contained --runtime linux-arm64)
    elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
      set(mode --self-contained --runtime linux-x64)
    else()
      message(FATAL_ERROR "FERROS_SELF_CONTAINED: .NET has no runtime for the processor '${CMAKE_SYSTEM_PROCESSOR}'")
    endif()
  endif()

  set(program "${CMAKE_CURRENT_BINARY_DIR}/program")
  set(stamp "${CMAKE_CURRENT_BINARY_DIR}/published.stamp")
  set(environment DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1)

  # Build servers would outlive the build and hold colcon's pipes open, so none is started.
  add_custom_command(
    OUTPUT "${stamp}"
    COMMAND "${CMAKE_COMMAND}" -E rm -rf "${program}"
    COMMAND "${CMAKE_COMMAND}" -E env ${environment} "${dotnet}" publish "${root}/src/FerRos.Cli/FerRos.Cli.csproj"
      --configuration ${configuration} ${mode} --output "${program}"
      --artifacts-path "${CMAKE_CURRENT_BINARY_DIR}/dotnet"
      --verbosity quiet --nologo -nodeReuse:false -p:UseSharedCompilation=false
    COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
    WORKING_DIRECTORY "${root}" # where global.json holds
    DEPENDS ${sources} "${CMAKE_CURRENT_BINARY_DIR}/sources.txt"
    COMMENT "Publishing the .NET program"
    VERBATIM)
  add_custom_target(ferros_program ALL DEPENDS "${stamp}")
  set(${variable} "${program}" PARENT_SCOPE)
endfunction()
