#!/usr/bin/env bash
# Builds libferros_torch.so into artifacts/native/<rid>/ (or the folder given). Does nothing when it is up to date.
#   build.sh [FOLDER]      the library
#   build.sh --asan        the library and its native test under AddressSanitizer, and runs the test (test.sh does)
# FERROS_LIBTORCH names the folder of another libtorch than the system's (one that holds share/cmake/Torch), such as a
# PyTorch wheel's torch/ or JetPack's.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
case $(uname -m) in
    x86_64) rid=linux-x64 ;;
    aarch64 | arm64) rid=linux-arm64 ;;
    *) echo "build.sh: $(uname -m) is not supported: FerRos runs on x86-64 and arm64" >&2; exit 2 ;;
esac
asan=
if [ "${1:-}" = --asan ]; then asan=yes; shift; fi
out=${1:-$root/artifacts/native/$rid}
lib=$out/libferros_torch.so
build=$root/artifacts/obj/torch-shim-$rid${asan:+-asan}

torch_version_header() {
    local found
    for found in "${FERROS_LIBTORCH:-/nowhere}"/include/torch/csrc/api/include/torch/version.h \
        /usr/include/torch/csrc/api/include/torch/version.h /usr/local/include/torch/csrc/api/include/torch/version.h; do
        if [ -f "$found" ]; then echo "$found"; return; fi
    done
}

missing=()
command -v cmake >/dev/null || missing+=(cmake)
command -v c++ >/dev/null || missing+=(g++)
[ -n "$(torch_version_header)" ] || missing+=(libtorch-dev)

# Up to date means: made from these sources, against the libtorch that is there now.
stamp() {
    sha256sum "$here/CMakeLists.txt" "$here"/include/*.h "$here"/src/*.h "$here"/src/*.cpp | cut -d' ' -f1 | tr '\n' ' '
    local header
    header=$(torch_version_header)
    if [ -n "$header" ]; then echo "${FERROS_LIBTORCH:-system} $(sha256sum <"$header")"; else echo none; fi
}
now=$(stamp)
is_current() { [ -f "$lib" ] && [ -f "$lib.stamp" ] && [ "$(cat "$lib.stamp")" = "$now" ]; }
if [ -z "$asan" ] && is_current; then exit 0; fi

if [ ${#missing[@]} -gt 0 ]; then
    echo "build.sh: ${missing[*]} not found; install with: sudo apt-get install libtorch-dev libopenblas0-pthread cmake g++" >&2
    exit 3
fi

mkdir -p "$out" "$build"
exec 9>"$build/.lock"
flock 9
if [ -z "$asan" ] && is_current; then exit 0; fi # another process built it in the meantime

options=(-DCMAKE_BUILD_TYPE=Release)
target=ferros_torch
if [ -n "$asan" ]; then options=(-DCMAKE_BUILD_TYPE=Debug -DFERROS_ASAN=ON); target=ferros_torch_test; fi
if [ -n "${FERROS_LIBTORCH:-}" ]; then options+=("-DCMAKE_PREFIX_PATH=$FERROS_LIBTORCH"); fi

log=$build/build.log
if ! { cmake -S "$here" -B "$build" "${options[@]}" && cmake --build "$build" --target "$target" --parallel 2; } >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "build.sh: the libtorch shim did not build (whole log: $log)" >&2
    exit 1
fi
if [ -n "$asan" ]; then
    # Leaks are looked for in the shim alone: libraries that libtorch loads keep what they allocate at start.
    exec env ASAN_OPTIONS=allocator_may_return_null=1 LSAN_OPTIONS="suppressions=$here/test/lsan.supp:print_suppressions=0" "$build/ferros_torch_test"
fi
# A rename, so that a process which has the old library mapped keeps it whole.
cp "$build/libferros_torch.so" "$lib.new"
mv -f "$lib.new" "$lib"
echo "$now" >"$lib.stamp"
echo "built ${lib#"$root"/}"
