# The headers of the JDK that JAVA_HOME names or whose javac is on the PATH:
# EDGETASKS_JDK_INCLUDE_DIR. (CMake's FindJNI also wants libjvm and AWT, which a cross build has not.)
if(DEFINED ENV{JAVA_HOME})
  list(APPEND _homes $ENV{JAVA_HOME})
endif()
find_program(EDGETASKS_JAVAC javac DOC "The Java compiler, used to find jni.h")
if(EDGETASKS_JAVAC)
  file(REAL_PATH ${EDGETASKS_JAVAC} _javac)
  cmake_path(GET _javac PARENT_PATH _bin)
  cmake_path(GET _bin PARENT_PATH _home)
  list(APPEND _homes ${_home})
endif()
list(TRANSFORM _homes APPEND /include)
find_path(EDGETASKS_JDK_INCLUDE_DIR jni.h PATHS ${_homes} NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH
  DOC "The folder of the JDK's jni.h")

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(EdgeTasksJdk
  REQUIRED_VARS EDGETASKS_JDK_INCLUDE_DIR
  REASON_FAILURE_MESSAGE
    "no JDK: set JAVA_HOME to one that has include/jni.h (Debian: openjdk-17-jdk-headless)")
mark_as_advanced(EDGETASKS_JAVAC EDGETASKS_JDK_INCLUDE_DIR)
