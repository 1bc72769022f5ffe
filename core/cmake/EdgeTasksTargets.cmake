# How every target of this project is made: warnings, sanitizers, include root.
include_guard()

add_library(edgetasks_warnings INTERFACE)
target_compile_options(edgetasks_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor)
if(EDGETASKS_WERROR)
  target_compile_options(edgetasks_warnings INTERFACE -Werror)
endif()

add_library(edgetasks_options INTERFACE)
target_link_libraries(edgetasks_options INTERFACE edgetasks_warnings)
# Results are the same bits on every processor: a product and a sum are rounded together only where
# the source says so. (x86-64 as compilers assume it has no instruction for that.)
if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" OR CMAKE_CXX_FLAGS)
  target_compile_options(edgetasks_options INTERFACE -ffp-contract=off)
endif()
if(EDGETASKS_SANITIZE)
  target_compile_options(edgetasks_options INTERFACE
    -fsanitize=${EDGETASKS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(edgetasks_options INTERFACE -fsanitize=${EDGETASKS_SANITIZE})
endif()

# edgetasks_library(NAME SOURCES a.cc ... DEPS target ...)
#
# One static library for one folder. DEPS are public: they name the folders that this one may
# include, and tests/lint/check_layers.py holds the includes against the same list.
function(edgetasks_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
    target_link_libraries(${name} PUBLIC ${ARG_DEPS}
      PRIVATE $<BUILD_INTERFACE:edgetasks_options> ${ARG_PRIVATE_DEPS})
    set_target_properties(${name} PROPERTIES CXX_VISIBILITY_PRESET hidden
      VISIBILITY_INLINES_HIDDEN ON)
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
    target_link_libraries(${name} INTERFACE ${ARG_DEPS})
  endif()
endfunction()
