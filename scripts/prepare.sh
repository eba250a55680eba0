# shellcheck shell=bash
# Functions that bring a machine from bare to ready. Sourced by ./ferros and ./test.sh.
# Each one says what it installs, does nothing when there is nothing to do, and never asks.

root=${root:?the sourcing script sets root to the repository}
native_rid=linux-$(case $(uname -m) in x86_64) echo x64 ;; aarch64 | arm64) echo arm64 ;; *) uname -m ;; esac)

say() { printf 'ferros: %s\n' "$*" >&2; }
die() { printf 'ferros: %s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo > /dev/null && sudo -n true 2> /dev/null; then sudo "$@"
    else die "needs administrator rights to install packages; run this once yourself, then start again: sudo $*"
    fi
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2> /dev/null)" = "ii " ]; }

# packages NAME...: installs the Debian packages that are missing. A|B names alternatives, the first that exists wins
# (Ubuntu and Debian name some libraries differently).
packages() {
    local missing=() group name
    for group in "$@"; do
        local found=
        for name in ${group//|/ }; do if installed "$name"; then found=1; break; fi; done
        [ -n "$found" ] || missing+=("$group")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get > /dev/null || die "this system has no apt-get; install these yourself, then start again: ${missing[*]}"
    say "installing packages: ${missing[*]}"
    local log; log=$(mktemp)
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq > "$log" 2>&1 || say "apt-get update failed; going on with the lists that are there"
    local names=()
    for group in "${missing[@]}"; do
        local choice=
        for name in ${group//|/ }; do
            if apt-cache show "$name" > /dev/null 2>&1; then choice=$name; break; fi
        done
        [ -n "$choice" ] || die "no package of this system provides $group"
        names+=("$choice")
    done
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${names[@]}" > "$log" 2>&1; then
        tail -n 20 "$log" >&2
        die "could not install ${names[*]} (the lines above are apt-get's)"
    fi
    rm -f "$log"
}

# The .NET SDK: the system's when it is new enough, else the distribution's package, else Microsoft's installer
# into the user's home.
dotnet_sdk() {
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
    has_sdk() { command -v "$1" > /dev/null && "$1" --list-sdks 2> /dev/null | grep -q '^10\.'; }
    if has_sdk dotnet; then return 0; fi
    if has_sdk "$HOME/.dotnet/dotnet"; then export DOTNET_ROOT=$HOME/.dotnet PATH=$HOME/.dotnet:$PATH; return 0; fi
    if command -v apt-get > /dev/null && apt-cache show dotnet-sdk-10.0 > /dev/null 2>&1; then packages dotnet-sdk-10.0; return 0; fi
    packages curl ca-certificates 'libicu72|libicu70|libicu74|libicu-dev'
    say "installing the .NET SDK 10 into $HOME/.dotnet"
    curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0 --install-dir "$HOME/.dotnet" > /dev/null ||
        die "could not fetch the .NET SDK 10; install it from https://dotnet.microsoft.com/download and start again"
    export DOTNET_ROOT=$HOME/.dotnet PATH=$HOME/.dotnet:$PATH
}

# newer STAMP PATH...: whether any file below the paths is newer than the stamp (or there is no stamp).
newer() {
    local stamp=$1; shift
    [ -e "$stamp" ] || return 0
    [ -n "$(find "$@" -type d \( -name bin -o -name obj -o -name build \) -prune -o -type f -newer "$stamp" -print -quit)" ]
}
