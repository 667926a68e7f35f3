#!/bin/sh
# test.sh [OPTIONS OF swift test]: builds the Swift package and runs its tests on Linux, as root on Debian or Ubuntu.
#
# Swift is Debian trixie's (swiftlang: 3.3 GB), in a folder of its own that no other program sees:
#   EDGERNN_SWIFT_ROOT  that folder; by default swift-trixie in EDGERNN_CACHE, or in ~/.cache/edgernn
#   LITERT              folder of libLiteRt.so; by default that of the ai-edge-litert package in .venv (`make test-ios`)
#   DEBIAN_MIRROR       by default http://deb.debian.org/debian
#   JOBS                compilers at once; by default 1
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
REPOSITORY=$(cd "$HERE/../.." && pwd)
ROOT=${EDGERNN_SWIFT_ROOT:-${EDGERNN_CACHE:-$HOME/.cache/edgernn}/swift-trixie}
MIRROR=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

fail() {
  echo "test-ios: $1" >&2
  exit 2
}

[ "$(id -u)" = 0 ] || fail "needs root, for a folder with a system of its own (chroot): run it with sudo"
case $ROOT in /*) ;; *) fail "EDGERNN_SWIFT_ROOT must be an absolute path, not $ROOT" ;; esac

if ! command -v debootstrap >/dev/null && ! [ -x /usr/sbin/debootstrap ]; then
  command -v apt-get >/dev/null || fail "needs debootstrap, and can install it on Debian and Ubuntu only"
  apt-get update -qq && apt-get install -y -qq --no-install-recommends debootstrap debian-archive-keyring
fi

if [ -z "${LITERT:-}" ]; then
  LITERT=$("$REPOSITORY/.venv/bin/python" -c 'import importlib.util as u; print(u.find_spec("ai_edge_litert").submodule_search_locations[0])' 2>/dev/null) ||
    fail "ai-edge-litert is not installed in .venv: run make test-ios, or name the folder of libLiteRt.so in LITERT"
fi
[ -e "$LITERT/libLiteRt.so" ] || fail "there is no libLiteRt.so in $LITERT"

if ! [ -e "$ROOT" ]; then
  # Whole or not at all: a folder that was begun and not finished is begun anew.
  rm -rf "$ROOT.part"
  mkdir -p "$(dirname "$ROOT")"
  echo "test-ios: Swift goes to $ROOT (3.3 GB, some minutes)"
  # The rules for sid serve every release; older versions of debootstrap have none for trixie.
  PATH=$PATH:/usr/sbin debootstrap --variant=minbase --include=swiftlang,zlib1g-dev trixie "$ROOT.part" "$MIRROR" \
    /usr/share/debootstrap/scripts/sid >"$ROOT.log" 2>&1 || fail "Swift cannot be installed: the end of $ROOT.log says why"
  rm -rf "$ROOT.part/var/cache/apt/archives"
  mkdir -p "$ROOT.part/work" "$ROOT.part/repository" "$ROOT.part/litert"
  mv "$ROOT.part" "$ROOT"
fi

# What is mounted here nobody else sees, and it goes when the test ends.
export ROOT REPOSITORY LITERT
exec unshare --mount sh -eu -c '
  mount -t proc proc "$ROOT/proc"
  mount --rbind /dev "$ROOT/dev"
  for pair in "$REPOSITORY:repository" "$LITERT:litert"; do
    mount --bind "${pair%:*}" "$ROOT/${pair##*:}"
    mount -o remount,bind,ro "$ROOT/${pair##*:}"
  done
  exec chroot "$ROOT" /usr/bin/env -i HOME=/work PATH=/usr/bin:/bin LANG=C.UTF-8 sh -eu -c '\''
    cd /repository/devices/ios
    jobs=$1; shift
    exec swift test -j "$jobs" --scratch-path /work/build -Xlinker -L/litert -Xlinker -rpath -Xlinker /litert "$@"
  '\'' swift "$@"
' sh "${JOBS:-1}" "$@"
