#!/usr/bin/env bash
# Builds the self-contained library of the Java API, dependencies and all.
#
#   jni/build.sh [ARCH...]        x86_64, aarch64 (default: this machine's) into build/native/linux-ARCH/
#   jni/build.sh --android ABI    with the NDK of ANDROID_NDK_HOME, into build/native-android/ABI/
#
# CMAKE_CXX_COMPILER_LAUNCHER and the other variables that CMake reads have their effect here.
set -euo pipefail
cd "$(dirname "$0")/.."

# build CONFIGURE_ARGUMENT...; the last line of what was built is the place of the library.
build() {
  local preset=$1 folder=$2
  shift 2
  cmake --preset "$preset" "$@" >"build/$folder.log" 2>&1 || { cat "build/$folder.log" >&2; exit 1; }
  cmake --build "build/$folder" --target edgetasks_jni
}

mkdir -p build
if [ "${1:-}" = --android ]; then
  abi=${2:?--android needs an ABI: arm64-v8a, armeabi-v7a or x86_64}
  jni/deps/build.sh --android "$abi" >/dev/null
  build jni "jni-android-$abi" -B "build/jni-android-$abi" -DANDROID_ABI="$abi" \
    -DANDROID_PLATFORM=android-24 -DANDROID_STL=c++_static \
    -DCMAKE_TOOLCHAIN_FILE="$ANDROID_NDK_HOME/build/cmake/android.toolchain.cmake"
  exit
fi
for arch in "${@:-$(uname -m)}"; do
  jni/deps/build.sh "$arch" >/dev/null
  if [ "$arch" = "$(uname -m)" ]; then preset=jni; else preset=jni-$arch; fi
  build "$preset" "$preset"
done
