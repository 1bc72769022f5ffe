# jni.h, and how a library is linked that a JVM loads.
include_guard()

# jni.h says the same on every Linux, so a cross build takes the host's. Android's NDK has its own.
add_library(edgetasks_jni_headers INTERFACE)
if(NOT ANDROID)
  target_include_directories(edgetasks_jni_headers SYSTEM INTERFACE
    ${EDGETASKS_JDK_INCLUDE_DIR} ${EDGETASKS_JDK_INCLUDE_DIR}/linux)
endif()

# edgetasks_jni_library(NAME): only the entry points of jni/exports.map are exported, every symbol is
# found when linking, and pages are 16 KiB apart, which devices with Android 15 ask for. With
# EDGETASKS_SELF_CONTAINED the C++ runtime is inside too, and a stripped copy goes to where the jar
# and the AAR take it from.
function(edgetasks_jni_library name)
  set(exports ${PROJECT_SOURCE_DIR}/jni/exports.map)
  set_target_properties(${name} PROPERTIES
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON LINK_DEPENDS ${exports})
  target_link_options(${name} PRIVATE -Wl,--version-script=${exports} -Wl,--gc-sections
    -Wl,-z,max-page-size=16384)
  if(NOT EDGETASKS_SANITIZE)
    target_link_options(${name} PRIVATE -Wl,-z,defs)  # sanitizers leave theirs to the program
  endif()
  if(NOT EDGETASKS_SELF_CONTAINED)
    return()
  endif()
  if(NOT ANDROID)  # the NDK links its C++ runtime statically by itself
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/jni/glibc_compat.cc)
    target_link_options(${name} PRIVATE -static-libstdc++ -static-libgcc)
  endif()
  cmake_path(GET EDGETASKS_NATIVE_DIR PARENT_PATH native)
  edgetasks_write_licences(${native}/THIRD_PARTY_LICENCES.txt)
  set(copy ${EDGETASKS_NATIVE_DIR}/lib${name}.so)
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -E make_directory ${EDGETASKS_NATIVE_DIR}
    COMMAND ${CMAKE_STRIP} --strip-all -o ${copy} $<TARGET_FILE:${name}>
    BYPRODUCTS ${copy} VERBATIM)
endfunction()
