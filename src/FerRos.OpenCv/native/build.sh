#!/usr/bin/env bash
# Builds libferros_opencv.so into artifacts/native/<rid>/ (or the folder given). Does nothing when it is up to date.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
case $(uname -m) in
    x86_64) rid=linux-x64 ;;
    aarch64 | arm64) rid=linux-arm64 ;;
    *) echo "build.sh: $(uname -m) is not supported: FerRos runs on x86-64 and arm64" >&2; exit 2 ;;
esac
out=${1:-$root/artifacts/native/$rid}
lib=$out/libferros_opencv.so
build=$root/artifacts/obj/opencv-shim-$rid

# Up to date means: made from these sources, against the OpenCV that is installed now.
stamp() {
    sha256sum "$here/CMakeLists.txt" "$here"/include/*.h "$here"/src/*.?pp | cut -d' ' -f1 | tr '\n' ' '
    pkg-config --modversion opencv4 2>/dev/null || echo no-development-files
}
now=$(stamp)
is_current() { [ -f "$lib" ] && [ -f "$lib.stamp" ] && [ "$(cat "$lib.stamp")" = "$now" ]; }
is_current && exit 0

mkdir -p "$out" "$build"
exec 9>"$build/.lock"
flock 9
is_current && exit 0 # another process built it in the meantime

missing=()
command -v cmake >/dev/null || missing+=(cmake)
command -v c++ >/dev/null || missing+=(g++)
{ [ -e /usr/include/opencv4/opencv2/videoio.hpp ] || pkg-config --exists opencv4 2>/dev/null || [ -n "${OpenCV_DIR:-}" ]; } || missing+=(libopencv-dev)
if [ ${#missing[@]} -gt 0 ]; then
    echo "build.sh: ${missing[*]} not found; install with: sudo apt-get install libopencv-dev cmake g++" >&2
    exit 3
fi

log=$build/build.log
if ! { cmake -S "$here" -B "$build" -DCMAKE_BUILD_TYPE=Release && cmake --build "$build" --parallel 2; } >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "build.sh: the OpenCV shim did not build (whole log: $log)" >&2
    exit 1
fi
# A rename, so that a process which has the old library mapped keeps it whole.
cp "$build/libferros_opencv.so" "$lib.new"
mv -f "$lib.new" "$lib"
echo "$now" >"$lib.stamp"
echo "built ${lib#"$root"/}"
