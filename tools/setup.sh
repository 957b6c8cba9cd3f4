#!/usr/bin/env bash
# Installs what groups need and is missing on this machine: Debian packages, then the pinned
# downloads of tools/pins.tsv, which are unpacked below build/deps. Can be repeated at any time and
# is fast when nothing is missing. The group arm64 holds what `make release ARCH=arm64` needs.
# usage: tools/setup.sh GROUP..     (the groups are the keys of debian_packages)
# Exit status: 3 when a download or a Debian package cannot be fetched, 1 for other errors such as a
# wrong SHA-256.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
pins=$top/tools/pins.tsv
deps=$top/build/deps
downloads=${XDG_CACHE_HOME:-$HOME/.cache}/stedi/downloads

# Group -> its Debian packages. Its downloads are the rows of pins.tsv that begin with its name.
declare -A debian_packages=(
  [arm64]="g++-aarch64-linux-gnu"
  [aws]="python3-venv shellcheck"
  [build]="g++ cmake ninja-build libsimdjson-dev libsqlite3-dev libyaml-cpp-dev nlohmann-json3-dev
    libcli11-dev libfmt-dev zlib1g-dev libzstd-dev libxxhash-dev libgtest-dev"
  [licenses]="python3 libcurl3-gnutls libcjson1 libjansson4 liblzma5"
  [test]="git python3 sqlite3 zstd zsh fish"
  [peers]="python3-venv default-jre-headless"
  [portable]="python3-venv binutils libstdc++-12-pic"
  [pyiceberg]="python3-venv"
  [python]="python3-venv"
  [s3]="python3-venv"
  [spark]="python3-venv default-jre-headless"
  [spark35]="python3-venv default-jre-headless"
  [trino]="python3-venv"
  [wheel]="python3-venv binutils libfmt-dev libxxhash-dev"
  [qemu]="qemu-user libc6-arm64-cross"
  [lint]="git python3 clang-format-14 clang-tidy-14"
  [clang]="clang-14 libclang-rt-14-dev"
)

# Architecture, which is also a group -> its Debian packages that programs for it are built with. They
# are unpacked into build/deps/<group>/sysroot and not installed, because libyaml-cpp-dev would replace
# that of this machine. The packages of headers are among them so that a build uses none of this
# machine's headers.
declare -A foreign_packages=(
  [arm64]="libfmt-dev libfmt9 libyaml-cpp-dev libyaml-cpp0.7 libsqlite3-dev libsqlite3-0 zlib1g-dev
    zlib1g libzstd-dev libzstd1 libgtest-dev libxxhash-dev nlohmann-json3-dev libcli11-dev"
)

die() {
  echo "setup: $*" >&2
  exit 1
}

# Ends the program because something cannot be fetched.
unavailable() {
  echo "setup: $*" >&2
  exit 3
}

# Runs a command and prints the end of its output only when it fails.
quietly() {
  local log
  log=$(mktemp)
  if "$@" </dev/null >"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi
  tail -n 15 "$log" >&2
  rm -f "$log"
  return 1
}

# Installs those of the named Debian packages that are missing, in one apt-get call.
install_debian() {
  local missing=() package
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]] ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  [[ $(id -u) == 0 ]] ||
    unavailable "Debian packages are missing; as root:" \
      "apt-get install --no-install-recommends ${missing[*]}"
  echo "setup: installing ${missing[*]}"
  quietly apt-get -q update &&
    quietly env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
      "${missing[@]}" ||
    unavailable "apt-get could not install ${missing[*]}" \
      "(the lines above are its own; is there a network?)"
}

# Makes the virtual environment $1 unless it exists. Uses Debian's own Python because the pinned
# wheels are for its version.
make_venv() {
  "$1/bin/python" -m pip --version >/dev/null 2>&1 && return 0
  install_debian python3-venv
  /usr/bin/python3 -m venv --clear "$1"
}

# client "what is fetched" COMMAND..: runs a registry's client; exits with status 3 when it fails.
client() {
  echo "setup: fetching $1"
  quietly "${@:2}" && return 0
  unavailable "'$2' could not fetch $1 (the lines above are its own; is there a network?)"
}

# fetch_npm, fetch_crate and fetch_maven PACKAGE VERSION FILE: put the file of a package into $work.
fetch_npm() {
  command -v npm >/dev/null || install_debian npm
  (cd "$work" && client "$1 $2" npm pack --silent "$1@$2")
}

# Tells whether cargo is 1.70 or later; an earlier one would download the registry's whole index.
have_cargo() {
  local minor
  minor=$(cargo --version 2>/dev/null | sed -n 's/^cargo 1\.\([0-9]*\)\..*/\1/p')
  [[ -n $minor ]] && ((minor >= 70))
}

fetch_crate() {
  have_cargo || install_debian cargo-web
  local project=$work/crate
  mkdir -p "$project/src"
  : >"$project/src/lib.rs"
  printf '%s\n' '[package]' 'name = "fetch"' 'version = "0.0.0"' 'edition = "2021"' '[dependencies]' \
    "$1 = {version = \"=$2\", default-features = false}" >"$project/Cargo.toml"
  client "$1 $2" cargo fetch --manifest-path "$project/Cargo.toml"
  cp "${CARGO_HOME:-$HOME/.cargo}"/registry/cache/*/"$3" "$work/$3"
}

fetch_maven() {
  command -v mvn >/dev/null || install_debian maven default-jre-headless
  client "$1 $2" mvn -q -B dependency:copy -Dartifact="$1:$2" -DoutputDirectory="$work" \
    -Dmdep.useBaseVersion=true
}

# With these options pip builds a source package with what the virtual environment has, so that it
# fetches nothing that is not pinned.
from_source=(--no-build-isolation --no-use-pep517)

# Puts the files of all packages of the requirements file $1 into $work. The other arguments are
# options of pip.
fetch_pypi() {
  [[ -s $1 ]] || return 0
  make_venv "$deps/venv-fetch"
  client "$(wc -l <"$1") Python packages" "$deps/venv-fetch/bin/python" -m pip download --no-deps \
    --require-hashes "${@:2}" -d "$work" -r "$1"
}

# Ends the program unless file $1 has the SHA-256 $2.
verify() {
  local found
  found=$(sha256sum <"$1")
  found=${found%% *}
  [[ $found == "$2" ]] || die "$1: SHA-256 is $found, tools/pins.tsv expects $2:" \
    "it is damaged or not the pinned file; delete it and try again"
}

# Downloads the files of the rows $1 into $downloads. Every file is verified, also one that was
# already there.
fetch_all() {
  local registry package version file sha256
  : >"$work/requirements.txt"
  : >"$work/aarch64.txt"
  while IFS=$'\t' read -r _ registry package version file sha256 _; do
    if [[ -f $downloads/$file ]]; then
      verify "$downloads/$file" "$sha256"
    elif [[ $registry == pypi && $file == *_aarch64.whl ]]; then
      echo "$package==$version --hash=sha256:$sha256" >>"$work/aarch64.txt"
    elif [[ $registry == pypi ]]; then
      echo "$package==$version --hash=sha256:$sha256" >>"$work/requirements.txt"
    else
      "fetch_$registry" "$package" "$version" "$file"
    fi
  done <<<"$1"
  fetch_pypi "$work/requirements.txt" "${from_source[@]}"
  fetch_pypi "$work/aarch64.txt" --only-binary :all: --platform manylinux2014_aarch64
  while IFS=$'\t' read -r _ _ _ _ file sha256 _; do
    [[ -f $downloads/$file ]] && continue
    verify "$work/$file" "$sha256"
    mv "$work/$file" "$downloads/$file"
  done <<<"$1"
}

# Prints the bytes of member $2 of archive $1.
read_member() {
  case $1 in
    *.whl | *.jar) (cd "$work" && cmake -E tar xf "$1" -- "$2" && cat "$2" && rm "$2") ;;
    *) tar -xzOf "$1" "$2" ;;
  esac
}

# Writes member $2 (see tools/pins.tsv) of file $1 to $3.
unpack() {
  mkdir -p "$(dirname "$3")"
  case $2 in
    -) cp "$1" "$3.part" ;;
    '*')
      (cd "$work" && rm -rf folder && mkdir folder && cd folder && cmake -E tar xf "$1")
      rm -rf "$3"
      mv "$work"/folder/* "$3"
      return
      ;;
    *!*)
      read_member "$1" "${2%%!*}" >"$work/inner.tar.gz"
      read_member "$work/inner.tar.gz" "${2#*!}" >"$3.part"
      ;;
    *) read_member "$1" "$2" >"$3.part" ;;
  esac
  mv "$3.part" "$3"
}

# Makes the virtual environment $1 anew and installs the files $2.. into it, without network access.
install_python() {
  local venv=$1
  shift
  rm -rf "$venv"
  make_venv "$venv"
  echo "setup: installing $# Python packages into ${venv#"$top/"}"
  quietly "$venv/bin/python" -m pip install --no-index --no-deps "${from_source[@]}" "$@" ||
    die "pip could not install the packages above into $venv"
  quietly "$venv/bin/python" -m pip check || die "$venv: pip check fails: a pin is missing"
}

# Fetches and installs the downloads of group $1. A stamp file in build/deps holds the group's rows,
# so that a later call sees that nothing changed without reading large files.
install_pins() {
  local stamp=$deps/$1.pins rows file member target
  declare -A python_files=()
  rows=$(grep -P "^$1\t" "$pins") || return 0
  [[ -f $stamp && $(<"$stamp") == "$rows" ]] && return 0
  rm -f "$stamp"
  fetch_all "$rows"
  while IFS=$'\t' read -r _ _ _ _ file _ member target; do
    if [[ $member == pip ]]; then
      python_files[$target]+="$downloads/$file "
    else
      unpack "$downloads/$file" "$member" "$deps/$target"
    fi
  done <<<"$rows"
  for target in "${!python_files[@]}"; do
    read -ra files <<<"${python_files[$target]}"
    install_python "$deps/$target" "${files[@]}"
  done
  echo "$rows" >"$stamp"
}

# Unpacks the foreign packages of the architecture $1. apt-get verifies them. It keeps its lists and
# its state in $work, so that it needs no root and changes nothing on this machine.
install_sysroot() {
  local names file link target sysroot=$deps/$1/sysroot stamp=$deps/$1/sysroot.packages
  read -ra names -d '' <<<"${foreign_packages[$1]}" || true
  [[ -f $stamp && $(<"$stamp") == "${names[*]}" ]] && return 0
  rm -f "$stamp"
  mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$work/debian"
  : >"$work/apt/status"
  local apt=(apt-get -q -o "APT::Architecture=$1" -o "APT::Architectures::=$1"
    -o "Dir::State=$work/apt" -o "Dir::State::status=$work/apt/status" -o "Dir::Cache=$work/apt"
    -o "APT::Sandbox::User=$(id -un)")
  client "Debian's list of packages for $1" "${apt[@]}" update
  (cd "$work/debian" &&
    client "${#names[@]} Debian packages for $1" "${apt[@]}" download "${names[@]}")
  rm -rf "$sysroot"
  mkdir -p "$sysroot"
  for file in "$work"/debian/*.deb; do dpkg-deb -x "$file" "$sysroot"; done
  # A link with an absolute target names a file of this machine.
  find "$sysroot" -type l -lname '/*' -printf '%l\n%p\n' | while read -r target && read -r link; do
    ln -sfr "$sysroot$target" "$link"
  done
  echo "${names[*]}" >"$stamp"
}

(($#)) || die "usage: tools/setup.sh GROUP.., of ${!debian_packages[*]}"
[[ $(uname -sm) == "Linux x86_64" ]] || die "only Linux on x86_64 is supported, this is $(uname -sm)"
packages=()
for group in "$@"; do
  [[ -n ${debian_packages[$group]:-} ]] || die "no group '$group', only ${!debian_packages[*]}"
  read -ra names -d '' <<<"${debian_packages[$group]}" || true
  packages+=("${names[@]}")
done
mkdir -p "$deps" "$downloads"
exec 9>"$deps/lock"
flock 9
install_debian "${packages[@]}"
# On the file system of $downloads, so that a complete file can be renamed into it.
work=$(mktemp -d "$downloads/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
for group in "$@"; do
  install_pins "$group"
  [[ -z ${foreign_packages[$group]:-} ]] || install_sysroot "$group"
done
