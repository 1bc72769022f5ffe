# Code from FlatBuffers schemas, made at build time.
include_guard()
find_package(FlatBuffers REQUIRED)
find_program(EDGETASKS_FLATC flatc REQUIRED DOC "The FlatBuffers compiler")

# edgetasks_flatbuffers(NAME SCHEMAS a.fbs ...)
#
# An interface library whose users may include "<this folder>/a_generated.h", counted from the root
# as all includes are.
function(edgetasks_flatbuffers name)
  cmake_parse_arguments(ARG "" "" "SCHEMAS" ${ARGN})
  set(root ${PROJECT_BINARY_DIR}/generated)
  file(RELATIVE_PATH here ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  foreach(schema IN LISTS ARG_SCHEMAS)
    get_filename_component(stem ${schema} NAME_WE)
    get_filename_component(folder ${schema} DIRECTORY)
    set(out_dir ${root}/${here}/${folder})
    set(header ${out_dir}/${stem}_generated.h)
    add_custom_command(OUTPUT ${header}
      COMMAND ${EDGETASKS_FLATC} --cpp --gen-object-api -o ${out_dir} ${CMAKE_CURRENT_SOURCE_DIR}/${schema}
      DEPENDS ${schema} VERBATIM)
    list(APPEND headers ${header})
  endforeach()
  add_custom_target(${name}_headers DEPENDS ${headers})
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_headers)
  target_include_directories(${name} SYSTEM INTERFACE $<BUILD_INTERFACE:${root}>)
  # The headers of FlatBuffers are all that is used of it.
  get_target_property(includes flatbuffers::flatbuffers INTERFACE_INCLUDE_DIRECTORIES)
  target_include_directories(${name} SYSTEM INTERFACE $<BUILD_INTERFACE:${includes}>)
endfunction()
