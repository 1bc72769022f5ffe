# Sourced by build.sh: which sources, and how they come here.
#
# NAME|FILE|SHA-256|WHERE. WHERE is "debian:PACKAGE" (the pool folder of that package on the mirror
# that apt is configured with) or "pip:REQUIREMENT" (the index that pip is configured with).
SOURCES=(
  'abseil|abseil_20220623.1.orig.tar.gz|abfe2897f3a30edaa74bc34365afe3c2a3cd012091a97dc7e008f7016adcd5fe|debian:libabsl-dev'
  'libzip|libzip_1.7.3.orig.tar.xz|a60473ffdb7b4260c08bfa19c2ccea0438edac11193c3afbbb1f17fbcf6c6132|debian:libzip-dev'
  'zlib|zlib_1.2.13.dfsg.orig.tar.bz2|71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1|debian:zlib1g-dev'
  'pcre2|pcre2_10.42.orig.tar.gz|c33b418e3b936ee3153de2c61cc638e7e4fe3156022a5c77d0711bcbb9d64f1f|debian:libpcre2-dev'
  'utf8proc|utf8proc_2.8.0.orig.tar.gz|a0a60a79fe6f6d54e7d411facbfcc867a6e198608f2cd992490e46f04b1bcecc|debian:libutf8proc-dev'
  'sentencepiece|sentencepiece-0.2.1.tar.gz|8138cec27c2f2282f4a34d9a016e3374cd40e5c6e9cb335063db66a0a3b71fad|pip:sentencepiece==0.2.1'
)

# The URI of a source file beside the binary package that is built from it. No mirror is named here:
# apt knows its own.
debian_uri() {
  local package=$1 file=$2 uri
  uri=$(apt-get download --print-uris "$package" 2>/dev/null | sed -n "s/^'\([^']*\)'.*/\1/p")
  [ -n "$uri" ] ||
    die "apt does not know the package $package; run 'apt-get update', or put $file into $CACHE/sources"
  printf '%s/%s\n' "${uri%/*}" "$file"
}

# fetch_source NAME: prints the path of its verified archive.
fetch_source() {
  local row name file sum where path
  for row in "${SOURCES[@]}"; do
    IFS='|' read -r name file sum where <<<"$row"
    [ "$name" = "$1" ] && break
  done
  path=$CACHE/sources/$file
  if [ ! -e "$path" ]; then
    mkdir -p "$CACHE/sources"
    local partial
    partial=$(mktemp -d "$CACHE/sources/.partial.XXXXXX")
    case $where in
      debian:*)
        local uri
        uri=$(debian_uri "${where#debian:}" "$file") || exit 1
        /usr/lib/apt/apt-helper download-file "$uri" "$partial/$file" "SHA256:$sum" >"$partial/log" 2>&1 ||
          die "$file could not be downloaded from $uri:" "$(cat "$partial/log")" ;;
      pip:*)
        printf '%s --hash=sha256:%s\n' "${where#pip:}" "$sum" >"$partial/requirement.txt"
        python3 -m pip download --quiet --no-deps --no-binary :all: --require-hashes \
          --dest "$partial" --requirement "$partial/requirement.txt" >"$partial/log" 2>&1 ||
          die "$file could not be downloaded by pip as ${where#pip:}:" "$(cat "$partial/log")" ;;
    esac
    mv "$partial/$file" "$path"
    rm -rf "$partial"
  fi
  local got
  got=$(sha256sum "$path")
  [ "${got%% *}" = "$sum" ] ||
    die "$path has the SHA-256 ${got%% *}, expected $sum; remove it to have it downloaded again"
  printf '%s\n' "$path"
}

# unpack NAME: prints the folder of its sources, fresh below $WORK.
unpack() {
  local archive
  archive=$(fetch_source "$1") || exit 1
  mkdir -p "$WORK/$1/src"
  tar -xf "$archive" -C "$WORK/$1/src" --strip-components=1
  printf '%s\n' "$WORK/$1/src"
}
