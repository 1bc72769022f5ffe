#!/usr/bin/env bash
# Builds what the self-contained JNI library holds as static, position-independent archives.
#
#   jni/deps/build.sh ARCH             x86_64 or aarch64; prints the folder, builds it if it is not there
#   jni/deps/build.sh --android ABI    arm64-v8a, armeabi-v7a or x86_64 with the NDK of ANDROID_NDK_HOME
#   jni/deps/build.sh --prefix ARCH|--android ABI    prints the folder only
#
# The folder lies below EDGETASKS_DEPS_DIR (default: ~/.cache/edgetasks/deps) and its name holds a hash
# of these scripts and of the compiler, so that an old one is never taken for a new one.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
CACHE=${EDGETASKS_DEPS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/edgetasks/deps}
HEADERS=/usr/include
TOOLCHAINS=$ROOT/core/cmake/toolchains
ANDROID_API=24

die() { printf '%s\n' "jni/deps/build.sh: $1" "${@:2}" >&2; exit 1; }
usage() { sed -n '4,6s/^# *//p' "${BASH_SOURCE[0]}" >&2; exit 2; }

. "$HERE/sources.sh"
. "$HERE/recipes.sh"

# Sets TARGET (a folder name), COMPILER and CMAKE_ARGUMENTS for the architecture or ABI.
choose_target() {
  CMAKE_ARGUMENTS=(
    -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTING=OFF -Wno-dev
    -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DCMAKE_INSTALL_LIBDIR=lib
    -DCMAKE_C_VISIBILITY_PRESET=hidden -DCMAKE_CXX_VISIBILITY_PRESET=hidden
    -DCMAKE_VISIBILITY_INLINES_HIDDEN=ON -DCMAKE_POLICY_DEFAULT_CMP0063=NEW
    "-DCMAKE_C_FLAGS_RELEASE=-O2 -DNDEBUG -ffunction-sections -fdata-sections"
    "-DCMAKE_CXX_FLAGS_RELEASE=-O2 -DNDEBUG -ffunction-sections -fdata-sections"
  )
  case "$1 ${2:-}" in
    "x86_64 ")
      [ "$(uname -m)" = x86_64 ] || die "the host is $(uname -m): there is no toolchain file for x86_64"
      TARGET=linux-x86_64 COMPILER=${CXX:-c++} ;;
    "aarch64 ")
      TARGET=linux-aarch64 COMPILER=aarch64-linux-gnu-g++
      CMAKE_ARGUMENTS+=("-DCMAKE_TOOLCHAIN_FILE=$TOOLCHAINS/aarch64-linux-gnu.cmake") ;;
    "--android arm64-v8a" | "--android armeabi-v7a" | "--android x86_64")
      [ -n "${ANDROID_NDK_HOME:-}" ] || die "ANDROID_NDK_HOME is not set; it names the folder of an Android NDK"
      TARGET=android-$2
      COMPILER=$(find "$ANDROID_NDK_HOME/toolchains/llvm/prebuilt" -path '*/bin/clang++' | head -1)
      CMAKE_ARGUMENTS+=("-DCMAKE_TOOLCHAIN_FILE=$ANDROID_NDK_HOME/build/cmake/android.toolchain.cmake"
        "-DANDROID_ABI=$2" "-DANDROID_PLATFORM=android-$ANDROID_API" -DANDROID_STL=c++_static) ;;
    *) usage ;;
  esac
  command -v "$COMPILER" >/dev/null || die "the compiler $COMPILER for $TARGET is not installed"
}

hash_of_inputs() {
  {
    cat "$HERE/build.sh" "$HERE/sources.sh" "$HERE/recipes.sh" "$TOOLCHAINS"/*.cmake
    "$COMPILER" --version
    cat "$HEADERS/flatbuffers/base.h" "$HEADERS/protozero/version.hpp" 2>/dev/null || true
  } | sha256sum | cut -c1-16
}

build_all() {
  local step
  WORK=$(mktemp -d "$CACHE/.work.XXXXXX")
  STAGE=$WORK/stage
  trap 'rm -rf "$WORK"' EXIT
  CMAKE_ARGUMENTS+=("-DCMAKE_INSTALL_PREFIX=$STAGE")
  mkdir -p "$STAGE/include" "$STAGE/lib"
  for step in copy_headers build_zlib build_libzip build_abseil build_sentencepiece build_pcre2 \
    build_utf8proc; do
    echo "$TARGET: ${step//_/ }" >&2
    "$step" >"$WORK/log" 2>&1 &  # in the background, where set -e also holds inside of it
    wait $! || {
      cp "$WORK/log" "$CACHE/$TARGET.log"
      tail -n 40 "$WORK/log" >&2
      die "$step failed for $TARGET; all of its output: $CACHE/$TARGET.log"
    }
  done
  mv "$STAGE" "$PREFIX"
}

only_print=
if [ "${1:-}" = --prefix ]; then only_print=1; shift; fi
[ $# -ge 1 ] || usage
choose_target "$@"
PREFIX=$CACHE/$(hash_of_inputs)/$TARGET
if [ -z "$only_print" ] && [ ! -d "$PREFIX" ]; then
  mkdir -p "$(dirname "$PREFIX")"
  exec 8>"$CACHE/.lock"
  flock 8  # a second build waits, and finds it done
  [ -d "$PREFIX" ] || build_all
fi
printf '%s\n' "$PREFIX"
