# The same cross compiler over a sysroot of Debian's arm64 packages, and an emulator for the tests. The
# environment variable QEMU_CPU says, when tests run, which processor it is (cortex-a53, neoverse-n1, max).
include(${CMAKE_CURRENT_LIST_DIR}/aarch64-linux-gnu.cmake)

# Asked anew each time: the folder's name follows from what is in it.
execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/make_arm64_sysroot.sh
  OUTPUT_VARIABLE EDGETASKS_ARM64_SYSROOT OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)

# No --sysroot: libc and libstdc++ stay the cross compiler's.
set(_libraries ${EDGETASKS_ARM64_SYSROOT}/usr/lib/aarch64-linux-gnu)
set(_more_libraries ${EDGETASKS_ARM64_SYSROOT}/lib/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH ${EDGETASKS_ARM64_SYSROOT} /usr/aarch64-linux-gnu)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
foreach(_kind EXE SHARED)
  set(CMAKE_${_kind}_LINKER_FLAGS_INIT
    "-L${_libraries} -Wl,-rpath-link,${_libraries}:${_more_libraries}")
endforeach()
set(ENV{PKG_CONFIG_LIBDIR} ${_libraries}/pkgconfig:${EDGETASKS_ARM64_SYSROOT}/usr/share/pkgconfig)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${EDGETASKS_ARM64_SYSROOT})

find_program(EDGETASKS_QEMU_ARM64 qemu-aarch64 REQUIRED DOC "Runs arm64 programs (Debian: qemu-user)")
set(CMAKE_CROSSCOMPILING_EMULATOR ${EDGETASKS_QEMU_ARM64} -L ${EDGETASKS_ARM64_SYSROOT})
