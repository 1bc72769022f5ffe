# Options and results are declared once, in tasks/, by the code that checks and fills them. Programs
# see the same headers as edgetasks/NAME.h: copied here with their includes adjusted.
include_guard()

set(EDGETASKS_PUBLIC_INCLUDE_DIR ${PROJECT_BINARY_DIR}/include)

# edgetasks_public_header(folder/name.h ...): makes edgetasks/name.h from each.
function(edgetasks_public_headers)
  foreach(header ${ARGN})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${header})
    file(READ ${PROJECT_SOURCE_DIR}/${header} text)
    string(REGEX REPLACE "#include \"(tasks/[a-z_]+|core/base)/" "#include \"edgetasks/" text "${text}")
    get_filename_component(name ${header} NAME)
    file(CONFIGURE OUTPUT ${EDGETASKS_PUBLIC_INCLUDE_DIR}/edgetasks/${name} CONTENT "${text}" @ONLY)
  endforeach()
endfunction()
