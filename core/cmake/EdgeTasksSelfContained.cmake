# A library that needs nothing but the C library: dependencies come from jni/deps, as static archives,
# before anything of the system is looked at.
include_guard()
if(NOT EDGETASKS_SELF_CONTAINED)
  return()
endif()

set(_script ${PROJECT_SOURCE_DIR}/jni/deps/build.sh)
if(ANDROID)
  set(_target --android ${ANDROID_ABI})
  set(EDGETASKS_NATIVE_DIR ${PROJECT_SOURCE_DIR}/build/native-android/${ANDROID_ABI})
else()
  set(_target ${CMAKE_SYSTEM_PROCESSOR})
  set(EDGETASKS_NATIVE_DIR ${PROJECT_SOURCE_DIR}/build/native/linux-${CMAKE_SYSTEM_PROCESSOR})
endif()
execute_process(COMMAND ${_script} --prefix ${_target}
  OUTPUT_VARIABLE EDGETASKS_DEPS_PREFIX OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
if(NOT IS_DIRECTORY ${EDGETASKS_DEPS_PREFIX})
  list(JOIN _target " " _target)
  message(FATAL_ERROR "${EDGETASKS_DEPS_PREFIX} is not there. Build the dependencies first: "
    "jni/deps/build.sh ${_target} (some minutes, once); jni/build.sh does it all.")
endif()
list(PREPEND CMAKE_PREFIX_PATH ${EDGETASKS_DEPS_PREFIX})
list(PREPEND CMAKE_FIND_ROOT_PATH ${EDGETASKS_DEPS_PREFIX})
set(ENV{PKG_CONFIG_LIBDIR} ${EDGETASKS_DEPS_PREFIX}/lib/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "")

# edgetasks_write_licences(FILE): every licence text of what is linked in, for those who pass it on.
function(edgetasks_write_licences file)
  set(text "libedgetasks_jni holds code of these projects, under these licences.\n")
  file(GLOB folders LIST_DIRECTORIES true ${EDGETASKS_DEPS_PREFIX}/share/licences/*)
  foreach(folder IN LISTS folders)
    get_filename_component(name ${folder} NAME)
    file(GLOB parts ${folder}/*)
    foreach(part IN LISTS parts)
      file(READ ${part} licence)
      string(APPEND text "\n======== ${name} ========\n\n${licence}")
    endforeach()
  endforeach()
  file(CONFIGURE OUTPUT ${file} CONTENT "${text}" @ONLY)
endfunction()
