# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with Scripts/set-up
# What Scripts/set-up asks of the machine: platform, Swift, C++, zlib and SQLite headers, pip, space. Sourced by it; uses its
# variables version, root, work and cuda.

# fail WHAT WAS WRONG [WHAT TO DO]...
fail() {
  printf 'set-up: %s\n' "$1" >&2
  shift
  if [ $# -gt 0 ]; then printf '  %s\n' "$@" >&2; fi
  exit 1
}

# Sets platform (a name), library (a file suffix), tags (pip's names of the platform, newest first) and wheels (where
# they are kept until they are unpacked).
identify_platform() {
  local machine
  machine=$(uname -m)
  [ "$machine" != amd64 ] || machine=x86_64
  [ "$machine" != arm64 ] || machine=aarch64
  platform=$(uname -s)-$machine
  library=so
  case $platform in
    Linux-x86_64 | Linux-aarch64)
      tags=()
      local minor
      for minor in 28 27 26 25 24 23 22 21 20 19 18 17; do tags+=(--platform "manylinux_2_${minor}_$machine"); done
      tags+=(--platform "manylinux2014_$machine")
      ;;
    Darwin-aarch64)
      tags=(--platform macosx_14_0_arm64)
      library=dylib
      ;;
    Darwin-*) library=dylib ;;
  esac
  wheels=$work/wheels-$version-$platform
}

require_supported_platform() {
  case $platform in
    Linux-x86_64 | Linux-aarch64 | Darwin-aarch64) ;;
    *)
      fail "there is no libtorch $version wheel for this machine ($(uname -s) on $(uname -m))." \
        "Supported are Linux on x86-64 and arm64, and macOS on arm64 (not in a translated, x86-64 terminal)." \
        "With a libtorch $version of your own: LIBTORCH=/path/to/libtorch Scripts/set-up"
      ;;
  esac
  if $cuda && [ "$library" = dylib ]; then
    fail "there is no CUDA for macOS." "Leave out --cuda; --device mps uses the GPU of this machine."
  fi
}

require_swift() {
  local info compiler swift_version
  command -v swift >/dev/null || fail "swift was not found." "Install Swift 6.1 or newer: https://www.swift.org/install"
  info=$(swift -print-target-info 2>/dev/null) || fail "'swift -print-target-info' failed; is the toolchain whole?"
  swift_version=$(sed -nE 's/.*"compilerVersion": *"[^"]*Swift version ([0-9]+\.[0-9]+).*/\1/p' <<<"$info" | head -n 1)
  case $swift_version in
    [0-5].* | 6.0)
      fail "Swift $swift_version is too old." "Install Swift 6.1 or newer: https://www.swift.org/install"
      ;;
  esac
  [ "$library" = so ] || return 0
  compiler=$(sed -nE 's/.*"runtimeResourcePath": *"([^"]*)".*/\1/p' <<<"$info" | head -n 1)
  compiler=${compiler%/lib/swift*}/bin/clang
  [ -x "$compiler" ] || return 0
  if ! "$compiler" -fsyntax-only -std=c++20 -x c++ - <<<'#include <vector>' 2>/dev/null; then
    fail "no C++ standard library was found by the Swift toolchain's clang." \
      "Debian, Ubuntu: apt-get install g++      Fedora: dnf install gcc-c++"
  fi
  if ! "$compiler" -fsyntax-only -x c - <<<'#include <zlib.h>' 2>/dev/null; then
    fail "zlib's header zlib.h was not found." \
      "Debian, Ubuntu: apt-get install zlib1g-dev      Fedora: dnf install zlib-devel"
  fi
  if ! "$compiler" -fsyntax-only -x c - <<<'#include <sqlite3.h>' 2>/dev/null; then
    fail "SQLite's header sqlite3.h was not found." \
      "Debian, Ubuntu: apt-get install libsqlite3-dev      Fedora: dnf install sqlite-devel"
  fi
}

# Sets python and pip.
require_pip() {
  for python in python3 python; do
    if "$python" -c 'import hashlib, sys, zipfile; sys.exit(sys.version_info < (3, 6))' 2>/dev/null; then
      pip=("$python" -m pip)
      if "${pip[@]}" --version >/dev/null 2>&1; then return; fi
      for command in pip3 pip; do
        pip=("$command")
        if "$command" --version >/dev/null 2>&1; then return; fi
      done
    fi
  done
  fail "no pip was found; it is needed to download libtorch (nothing is installed with it)." \
    "Debian, Ubuntu: apt-get install python3-pip      Fedora: dnf install python3-pip" \
    "macOS: python3 -m ensurepip" \
    "Without Python: unpack a libtorch $version and run LIBTORCH=/path/to/libtorch Scripts/set-up"
}

require_space() {
  local needed=2500 free
  [ "$library" = so ] || needed=700
  if $cuda; then needed=9000; fi
  free=$(df -Pk "$root" 2>/dev/null | awk 'NR == 2 { print int($4 * 1.024 / 1000) }')
  if [ -n "$free" ] && [ "$free" -lt "$needed" ]; then
    fail "$free MB are free where this package lies; unpacking libtorch takes up to $needed MB for a while." \
      "Free some space, or put the package on another disk: $root"
  fi
}
