#!/usr/bin/env bash
# Unpacks Debian's arm64 packages of what EdgeTasks and its tests link into a folder, and prints it.
#
#   make_arm64_sysroot.sh            makes the folder where it is not there yet
#   make_arm64_sysroot.sh --prefix   only prints it
#
# Nothing of this system changes and no root is needed: apt works on a state of its own, with the mirrors
# that it is configured with. The compiler's own headers (libc, libstdc++) stay the cross compiler's.
set -euo pipefail
CACHE=${EDGETASKS_DEPS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/edgetasks/deps}
PACKAGES=(
  libabsl-dev libsentencepiece-dev libflatbuffers-dev libzip-dev zlib1g-dev libprotozero-dev libcli11-dev
  libedit-dev libpcre2-dev libutf8proc-dev
  nlohmann-json3-dev libpng-dev libjpeg-dev libstb-dev libgtest-dev libgmock-dev
  libc6 libstdc++6 libgcc-s1
)
# Headers that would hide the cross compiler's.
LEAVE_OUT='^(libc6-dev|libc-dev-bin|linux-libc-dev|libcrypt-dev|libnsl-dev|libtirpc-dev|lib.*gcc-[0-9]+-dev|libstdc.*-dev)_'
SYSROOT=$CACHE/$( (cat "${BASH_SOURCE[0]}"; cat /etc/debian_version) | sha256sum | cut -c1-16)/sysroot-arm64

apt_arm64() {
  apt-get -q -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Dir::State="$WORK/state" \
    -o Dir::State::status="$WORK/status" -o Dir::Cache="$WORK/cache" \
    -o APT::Sandbox::User="$(id -un)" -o APT::Install-Recommends=false "$@"
}

make_sysroot() {
  WORK=$(mktemp -d "$CACHE/.sysroot.XXXXXX")
  trap 'rm -rf "$WORK"' EXIT
  mkdir -p "$WORK/state/lists/partial" "$WORK/cache/archives/partial" "$WORK/root"
  : >"$WORK/status"
  {
    apt_arm64 update
    apt_arm64 install --download-only --yes "${PACKAGES[@]}"
  } >"$WORK/log" 2>&1 || { cat "$WORK/log" >&2; exit 1; }
  local package
  for package in "$WORK"/cache/archives/*.deb; do
    [[ ${package##*/} =~ $LEAVE_OUT ]] || dpkg-deb --extract "$package" "$WORK/root"
  done
  # Absolute links would lead out of the folder.
  find "$WORK/root" -type l -lname '/*' -print0 | while IFS= read -r -d '' link; do
    ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" "$WORK/root$(readlink "$link")")" "$link"
  done
  mv "$WORK/root" "$SYSROOT"
}

if [ "${1:-}" != --prefix ] && [ ! -d "$SYSROOT" ]; then
  mkdir -p "$(dirname "$SYSROOT")"
  exec 8>"$CACHE/.lock"
  flock 8
  [ -d "$SYSROOT" ] || make_sysroot
fi
printf '%s\n' "$SYSROOT"
