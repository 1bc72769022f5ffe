# Shared by ./quickstart and ./check: the Debian packages that EdgeTasks is built and tested with.
BUILD_PACKAGES=(
  g++ cmake ninja-build pkg-config
  libabsl-dev libsentencepiece-dev libflatbuffers-dev flatbuffers-compiler libzip-dev zlib1g-dev
  libprotozero-dev libpcre2-dev libutf8proc-dev libcli11-dev libedit-dev nlohmann-json3-dev libpng-dev
  libjpeg-dev libstb-dev
)
TEST_PACKAGES=(libgtest-dev libgmock-dev python3 clang-format aapt)  # aapt reads the manifest in the AAR
JAVA_PACKAGES=(openjdk-17-jdk-headless maven python3-pip)  # pip for jni/deps
ARM64_PACKAGES=(g++-aarch64-linux-gnu qemu-user)  # for ./check --arm64; the first for jni/build.sh aarch64
ARM64_CPUS=(cortex-a53 neoverse-n1 max)  # neither dotprod nor i8mm; dotprod; both

# install_packages PACKAGE...: installs those that are not there yet.
install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "These packages are missing; install them as root: apt-get install ${missing[*]}" >&2
      exit 1
    }
    as_root=(sudo)
  fi
  echo "Installing ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
}

# configure_and_build PRESET TARGET [CMAKE_ARGUMENT...]
configure_and_build() {
  local preset=$1 target=$2 log
  shift 2
  log=$(mktemp)
  cmake --preset "$preset" "$@" >"$log" 2>&1 ||
    { cat "$log" >&2; exit 1; }
  rm -f "$log"
  cmake --build --preset "$preset" --target "$target"
}

# run_maven ARGUMENT...: in java/; its whole output if it fails, else what Surefire says of the tests.
run_maven() {
  local log status=0
  log=$(mktemp)
  (cd java && mvn --batch-mode --no-transfer-progress "$@") >"$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then
    cat "$log" >&2
  else
    # Surefire's own lines: one for each class, then the closing line of each module.
    grep -E 'Tests run: .* -- in ' "$log" || true
    grep -E 'Tests run: [0-9]+, Failures: [0-9]+, Errors: [0-9]+, Skipped: [0-9]+$' "$log" || true
  fi
  rm -f "$log"
  return "$status"
}

# True if Maven can have all that the profile android needs.
android_tools_resolve() {
  (cd java && mvn --batch-mode --quiet -Pandroid -pl edgetasks-android \
    dependency:resolve dependency:copy@robolectric) >/dev/null 2>&1
}
