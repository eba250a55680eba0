#!/usr/bin/env bash
# Builds the libtorch shim against the libtorch of another Debian release and runs the tests of FerRos.Torch with it.
#
#   sudo scripts/test-newer-libtorch.sh [RELEASE] [FOLDER]      trixie (libtorch 2.6) into artifacts/chroot-trixie: some 2 GB
#
# Needs root, debootstrap and the built tests (./test.sh). FERROS_SHARED, when set, is there for the tests, too.
set -euo pipefail
repository=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
release=${1:-trixie}
root=$(realpath -m "${2:-$repository/artifacts/chroot-$release}")
tests=tests/FerRos.Torch.Tests/bin/Release/net10.0/FerRos.Torch.Tests
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")

[ "$(id -u)" = 0 ] || { echo "test-newer-libtorch.sh: needs root (chroot); run it with sudo" >&2; exit 2; }
command -v debootstrap > /dev/null || { echo "test-newer-libtorch.sh: debootstrap not found; apt-get install debootstrap" >&2; exit 2; }
[ -x "$repository/$tests" ] || { echo "test-newer-libtorch.sh: $tests is not built; run ./test.sh FerRos.Torch.Tests first" >&2; exit 2; }

if [ ! -f "$root/.complete" ]; then
    debootstrap --variant=minbase --include=libtorch-dev,libopenblas0-pthread,g++,cmake,make,libicu76 "$release" "$root"
    touch "$root/.complete"
fi

# The shim is built in a copy, so that the checkout keeps the one for this machine.
rm -rf "$root/shim" && mkdir -p "$root/shim/src/FerRos.Torch"
cp -r "$repository/src/FerRos.Torch/native" "$root/shim/src/FerRos.Torch/"
chroot "$root" /shim/src/FerRos.Torch/native/build.sh

mounted=()
release_mounts() { for folder in "${mounted[@]}"; do umount "$folder"; done; }
trap release_mounts EXIT
bind() {
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
    mounted=("$root$1" "${mounted[@]}")
}
bind /proc
bind "$dotnet"
bind "$repository"
[ -z "${FERROS_SHARED:-}" ] || bind "$(realpath "$FERROS_SHARED")"

native=$(dirname "$(find "$root/shim/artifacts/native" -name libferros_torch.so)")
chroot "$root" env HOME=/root DOTNET_ROOT="$dotnet" FERROS_NATIVE="${native#"$root"}" "$repository/$tests"
