#!/usr/bin/env bash
# Runs test projects as arm64 programs under qemu's emulation, with Debian's arm64 libraries: shows that nothing is bound to
# x86-64. It says nothing of speed. Debian only; what it fetches goes into artifacts/arm64 (some 700 MB), nothing is installed
# but the cross compiler and qemu.
#
#   sudo scripts/test-arm64.sh [PROJECT...] [-- ARGUMENTS OF THE TEST PROGRAMS]
#
# FERROS_TESTS as for test.sh. QEMU_CPU chooses the processor: cortex-a76 by default, the Jetson Orin's is alike.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
. "$root/scripts/prepare.sh"
cd "$root"

projects=() arguments=()
while [ $# -gt 0 ]; do
    case $1 in
        --) shift; arguments=("$@"); break ;;
        *) projects+=("$1"); shift ;;
    esac
done
[ ${#projects[@]} -gt 0 ] || projects=(FerRos.Networks.Tests FerRos.Interfaces.Tests FerRos.Ros2.Tests FerRos.OpenCv.Tests FerRos.Inference.Tests FerRos.Perception.Tests)
case ${FERROS_TESTS:-local} in
    local) filter=(-trait- Needs=shared -trait- Needs=ros) ;;
    shared) filter=(-trait Needs=shared -trait- Needs=ros) ;;
    all) filter=(-trait- Needs=ros) ;;
    *) die "FERROS_TESTS is '$FERROS_TESTS'; it may be local, shared or all" ;;
esac

packages qemu-user-static g++-aarch64-linux-gnu libopencv-dev
dotnet_sdk

folder=$root/artifacts/arm64
tree=$folder/tree
# A package manager's state of its own: the machine's stays as it is.
arm64_apt() {
    apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
        -o Dir::State="$folder/apt" -o Dir::State::status="$folder/apt/status" -o Dir::Cache="$folder/apt/cache" -o Debug::NoLocking=1 "$@"
}
if [ ! -f "$folder/.complete" ]; then
    say "fetching arm64 libraries"
    rm -rf "$folder" && mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$tree"
    touch "$folder/apt/status"
    arm64_apt update
    arm64_apt -y --download-only install libc6 libstdc++6 libicu72 libddsc0debian libopencv-imgproc406 libopencv-imgcodecs406 libopencv-videoio406
    for package in "$folder"/apt/cache/archives/*.deb; do dpkg -x "$package" "$tree"; done
    rm -rf "$folder/apt/cache"
    touch "$folder/.complete"
fi

# Headers of OpenCV are the same for all processors; libraries are linked by the names that they have at run time.
say "building"
libraries=$tree/usr/lib/aarch64-linux-gnu
mkdir -p "$folder/native"
aarch64-linux-gnu-g++ -std=c++17 -O2 -shared -fPIC -fvisibility=hidden -DFERROS_CV_BUILD -Isrc/FerRos.OpenCv/native/include -Isrc/FerRos.OpenCv/native/src \
    -isystem /usr/include/opencv4 src/FerRos.OpenCv/native/src/*.cpp -L"$libraries" -Wl,--allow-shlib-undefined \
    -l:libopencv_core.so.406 -l:libopencv_imgproc.so.406 -l:libopencv_imgcodecs.so.406 -l:libopencv_videoio.so.406 -o "$folder/native/libferros_opencv.so"

# The emulator does not see that code was changed through a second mapping of it, which is how .NET writes machine code.
export DOTNET_EnableWriteXorExecute=0
export QEMU_CPU=${QEMU_CPU:-cortex-a76} QEMU_LD_PREFIX=$tree FERROS_NATIVE=$folder/native FERROS_MODELS=$root/models
export QEMU_SET_ENV=LD_LIBRARY_PATH=$libraries:$libraries/blas:$libraries/lapack
status=0
for name in "${projects[@]}"; do
    printf '%s\n' "== $name"
    # A tree of its own: the checkout's obj folders belong to the machine's own processor.
    dotnet publish "tests/$name" -c Release -r linux-arm64 --self-contained --artifacts-path "$folder/build" -o "$folder/$name" -v quiet --nologo -clp:NoSummary \
        > "$folder/$name.build.log" 2>&1 || { grep -E 'error' "$folder/$name.build.log" | sort -u | head -n 20; die "$name did not build for arm64"; }
    # Tests start their own program as other processes: under its name lies what starts the emulator.
    program=$folder/$name/$name
    if [ "$(head -c 2 "$program")" != '#!' ]; then
        mv -f "$program" "$program.arm64"
        printf '#!/bin/sh\nexec qemu-aarch64-static "$0.arm64" "$@"\n' > "$program"
        chmod +x "$program"
    fi

    "$program" -noColor -noLogo "${filter[@]}" "${arguments[@]}" > "$folder/$name.log" 2>&1 || status=1
    grep -E -A 12 '\[FAIL\]' "$folder/$name.log" || true
    grep -E 'Total: [0-9]+' "$folder/$name.log" || { tail -n 20 "$folder/$name.log"; status=1; }
done
exit $status
