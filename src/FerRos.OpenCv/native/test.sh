#!/usr/bin/env bash
# Builds the shim and its native test with AddressSanitizer and UndefinedBehaviorSanitizer and runs it through CTest.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
build=$root/artifacts/obj/opencv-shim-asan
mkdir -p "$build"
if ! { cmake -S "$here" -B "$build" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DFERROS_SANITIZE=ON -DFERROS_TESTS=ON \
    && cmake --build "$build" --parallel 2; } >"$build/build.log" 2>&1; then
    tail -n 30 "$build/build.log" >&2
    exit 1
fi
cd "$build" && ctest --output-on-failure "$@"
