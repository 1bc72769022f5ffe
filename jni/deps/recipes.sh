# Sourced by build.sh: how each library is built into $STAGE.
#
# configure_and_make NAME SOURCE_DIR TARGET [CMAKE_ARGUMENT...]; the build folder is $WORK/NAME/build.
configure_and_make() {
  local name=$1 source=$2 target=$3 build=$WORK/$1/build
  shift 3
  cmake -G Ninja -S "$source" -B "$build" "${CMAKE_ARGUMENTS[@]}" "$@"
  cmake --build "$build" --target "$target"
}

# licence NAME FILE...: keeps what the licences oblige a binary to carry.
licence() {
  local name=$1
  shift
  mkdir -p "$STAGE/share/licences/$name"
  cp "$@" "$STAGE/share/licences/$name/"
}

# pkg_config NAME VERSION LIBS [REQUIRES]
pkg_config() {
  mkdir -p "$STAGE/lib/pkgconfig"
  cat >"$STAGE/lib/pkgconfig/$1.pc" <<EOF
prefix=\${pcfiledir}/../..
Name: $1
Description: $1, static and position independent
Version: $2
Requires: ${4:-}
Libs: -L\${prefix}/lib $3
Cflags: -I\${prefix}/include
EOF
}

build_zlib() {
  local source
  source=$(unpack zlib) || exit 1
  mkdir -p "$source/win32" && : >"$source/win32/zlib1.rc"  # named by its CMake file, left out by Debian
  configure_and_make zlib "$source" zlibstatic
  install -Dm644 "$WORK/zlib/build/libz.a" "$STAGE/lib/libz.a"
  install -m644 "$source/zlib.h" "$WORK/zlib/build/zconf.h" "$STAGE/include/"
  pkg_config zlib 1.2.13 -lz
  licence zlib "$source/LICENSE"
}

# Directories and stored or deflated entries are all that core/model asks of it.
build_libzip() {
  local source option off=()
  source=$(unpack libzip) || exit 1
  for option in ENABLE_{COMMONCRYPTO,GNUTLS,MBEDTLS,OPENSSL,WINDOWS_CRYPTO,BZIP2,LZMA} \
    BUILD_{TOOLS,REGRESS,EXAMPLES,DOC}; do
    off+=("-D$option=OFF")
  done
  configure_and_make libzip "$source" zip "${off[@]}" -DZLIB_ROOT="$STAGE" \
    -DZLIB_LIBRARY="$STAGE/lib/libz.a" -DZLIB_INCLUDE_DIR="$STAGE/include"
  install -m644 "$WORK/libzip/build/lib/libzip.a" "$STAGE/lib/"
  install -m644 "$source/lib/zip.h" "$WORK/libzip/build/zipconf.h" "$STAGE/include/"
  pkg_config libzip 1.7.3 -lzip zlib
  licence libzip "$source/LICENSE"
}

# string_view and its like as types of their own and checks kept: as Debian builds abseil, so that one
# set of overloads and one behaviour is tested. Command line flags and random numbers are left out.
build_abseil() {
  local source
  source=$(unpack abseil) || exit 1
  sed -i -E 's/^(#define ABSL_OPTION_USE_STD_[A-Z_]+) 2$/\1 0/; s/^(#define ABSL_OPTION_HARDENED) 0$/\1 1/' \
    "$source/absl/base/options.h"
  sed -i -E '/^add_subdirectory\((flags|random)\)/d' "$source/absl/CMakeLists.txt"
  configure_and_make abseil "$source" install -DABSL_ENABLE_INSTALL=ON -DABSL_PROPAGATE_CXX_STD=ON \
    -DCMAKE_CXX_STANDARD=17
  licence abseil "$source/LICENSE"
}

build_sentencepiece() {
  local source
  source=$(unpack sentencepiece)/sentencepiece || exit 1
  configure_and_make sentencepiece "$source" sentencepiece-static -DSPM_ENABLE_SHARED=OFF \
    -DSPM_ENABLE_TCMALLOC=OFF
  install -m644 "$WORK/sentencepiece/build/src/libsentencepiece.a" "$STAGE/lib/"
  install -m644 "$source/src/sentencepiece_processor.h" "$STAGE/include/"
  pkg_config sentencepiece 0.2.1 -lsentencepiece
  licence sentencepiece "$source/LICENSE"
  local part
  for part in absl darts_clone esaxx protobuf-lite; do
    licence "sentencepiece-$part" "$source/third_party/$part/LICENSE"
  done
}

# UTF-8 only, with its compiler of patterns; that falls back by itself where memory may not be executed.
build_pcre2() {
  local source
  source=$(unpack pcre2) || exit 1
  configure_and_make pcre2 "$source" pcre2-8-static -DPCRE2_BUILD_PCRE2_8=ON -DPCRE2_BUILD_PCRE2_16=OFF \
    -DPCRE2_BUILD_PCRE2_32=OFF -DPCRE2_BUILD_PCRE2GREP=OFF -DPCRE2_BUILD_TESTS=OFF \
    -DPCRE2_SUPPORT_UNICODE=ON -DPCRE2_SUPPORT_JIT=ON -DPCRE2_NEVER_BACKSLASH_C=ON \
    -DPCRE2_SUPPORT_LIBZ=OFF -DPCRE2_SUPPORT_LIBBZ2=OFF -DPCRE2_SUPPORT_LIBREADLINE=OFF
  install -m644 "$WORK/pcre2/build/libpcre2-8.a" "$STAGE/lib/"
  install -m644 "$WORK/pcre2/build/pcre2.h" "$STAGE/include/"
  pkg_config libpcre2-8 10.42 -lpcre2-8
  sed -i 's/^Cflags:.*/& -DPCRE2_STATIC/' "$STAGE/lib/pkgconfig/libpcre2-8.pc"
  licence pcre2 "$source/LICENCE"
}

build_utf8proc() {
  local source
  source=$(unpack utf8proc) || exit 1
  configure_and_make utf8proc "$source" utf8proc -DUTF8PROC_ENABLE_TESTING=OFF
  install -m644 "$WORK/utf8proc/build/libutf8proc.a" "$STAGE/lib/"
  install -m644 "$source/utf8proc.h" "$STAGE/include/"
  pkg_config libutf8proc 2.8.0 -lutf8proc
  sed -i 's/^Cflags:.*/& -DUTF8PROC_STATIC/' "$STAGE/lib/pkgconfig/libutf8proc.pc"
  licence utf8proc "$source/LICENSE.md"
}

# Headers only, from the host: FlatBuffers' must be those of the host's flatc.
copy_headers() {
  local name
  for name in flatbuffers protozero nlohmann; do
    [ -d "$HEADERS/$name" ] ||
      die "$HEADERS/$name is missing (Debian: libflatbuffers-dev, libprotozero-dev, nlohmann-json3-dev)"
    cp -r "$HEADERS/$name" "$STAGE/include/"
  done
  mkdir -p "$STAGE/lib/cmake/flatbuffers"
  cat >"$STAGE/lib/cmake/flatbuffers/FlatBuffersConfig.cmake" <<'EOF'
get_filename_component(_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
add_library(flatbuffers::flatbuffers INTERFACE IMPORTED)
target_include_directories(flatbuffers::flatbuffers INTERFACE "${_prefix}/include")
EOF
  licence flatbuffers /usr/share/doc/libflatbuffers-dev/copyright
  licence protozero /usr/share/doc/libprotozero-dev/copyright
  licence nlohmann-json /usr/share/doc/nlohmann-json3-dev/copyright
}
