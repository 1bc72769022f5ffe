# The libraries this project stands on; each has a page in third_party_notes/.
include_guard()
find_package(absl REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)  # its CMake config needs libzip's tools
pkg_check_modules(SentencePiece REQUIRED IMPORTED_TARGET sentencepiece)
pkg_check_modules(Pcre2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(Utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
