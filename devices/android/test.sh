#!/bin/sh
# Compiles the Kotlin library and its tests, and runs them against LiteRT's C API on this machine's JVM.
#
#   sh devices/android/test.sh [PYTHON] [SUITE ...]
#
# PYTHON: an interpreter that has ai-edge-litert (by default the repository's .venv); SUITE: names out of Main.kt, by default
# all. What is missing is installed: the Kotlin compiler by npm into node_modules, and where apt-get is, the JDK, gcc and npm.
set -eu
cd "$(dirname "$0")"
python=${1:-../../.venv/bin/python}
[ $# -eq 0 ] || shift

say() { echo "test-android: $*" >&2; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing=""
command -v javac >/dev/null || missing="$missing openjdk-17-jdk-headless"
command -v gcc >/dev/null || missing="$missing gcc libc6-dev"
command -v npm >/dev/null || missing="$missing npm"
if [ -n "$missing" ]; then
  command -v apt-get >/dev/null || { say "install$missing"; exit 2; }
  # shellcheck disable=SC2086
  as_root apt-get update -qq && as_root apt-get install -y -qq $missing >/dev/null || { say "cannot install$missing"; exit 2; }
fi
litert=$("$python" -c 'import importlib.util as u; print(u.find_spec("ai_edge_litert").submodule_search_locations[0])' \
  2>/dev/null)/libLiteRt.so || true
[ -f "$litert" ] || { say "$python has no ai-edge-litert with libLiteRt.so: make it with: make .venv/.installed"; exit 2; }

if ! cmp -s package-lock.json node_modules/.lock; then
  npm ci --silent
  cp package-lock.json node_modules/.lock
fi

mkdir -p build
kotlin=node_modules/kotlin-compiler/lib
if [ ! -f build/tests.jar ] || [ -n "$(find library jvm tests litert package-lock.json -newer build/tests.jar)" ]; then
  say "compiling"
  # One thread of the quick compiler: it is short of nothing but time.
  java -Xmx1500m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    -cp "$kotlin/kotlin-compiler.jar:$kotlin/kotlin-stdlib.jar:$kotlin/kotlin-reflect.jar:$kotlin/kotlin-script-runtime.jar:$kotlin/kotlinx-coroutines-core-jvm.jar:$kotlin/kotlin-daemon-client.jar:$kotlin/annotations-13.0.jar" \
    org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -kotlin-home node_modules/kotlin-compiler \
    -no-reflect -jvm-target 11 -language-version 2.2 -api-version 2.2 -Werror -d build/new.jar \
    library/src/main/kotlin jvm/src/main/kotlin litert/src/main/kotlin tests/kotlin
  mv build/new.jar build/tests.jar
fi

home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
gcc -O2 -Wall -Wextra -Werror -std=c11 -D_POSIX_C_SOURCE=200809L -shared -fPIC -I"$home/include" -I"$home/include/linux" \
  -o build/libedgernn_litert.so jvm/src/main/c/edgernn_litert.c -ldl

exec java -Xmx1g -XX:+UseSerialGC -cp "build/tests.jar:$kotlin/kotlin-stdlib.jar" edgernn.runtime.tests.MainKt \
  ../conformance/v1 ../../tests/fixtures "$litert" build/libedgernn_litert.so "$@"
