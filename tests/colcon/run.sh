#!/usr/bin/env bash
# Builds both ROS packages with colcon in a workspace of their own, as a user would, and checks what is installed.
#
#   tests/colcon/run.sh                   under Kilted and Jazzy
#   tests/colcon/run.sh jazzy             under Jazzy
#
# Skips with the reason what is not installed. The last line sums up; the exit code is 0 when nothing failed.
# Environment: FERROS_PUBLISHED names a published program to install instead of building it again.
set -uo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
distributions=("$@")
[ ${#distributions[@]} -gt 0 ] || distributions=(kilted jazzy)
passed=0 failed=0 skipped=0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
published=${FERROS_PUBLISHED:-}
unset FERROS_PUBLISHED

# check DESCRIPTION COMMAND...: counts; shows the end of the command's output when it fails.
check() {
    local what=$1; shift
    if "$@" > "$work/check.log" 2>&1; then
        passed=$((passed + 1))
        printf 'ok      %s: %s\n' "$distribution" "$what"
    else
        failed=$((failed + 1))
        printf 'FAILED  %s: %s\n' "$distribution" "$what"
        tail -n 40 "$work/check.log" | sed 's/^/        /'
        return 1
    fi
}

skip() {
    skipped=$((skipped + 1))
    printf 'skipped %s: %s\n' "$distribution" "$1"
}

# in_ros COMMAND...: with the distribution and the workspace sourced, and no other.
in_ros() {
    (
        unset AMENT_PREFIX_PATH CMAKE_PREFIX_PATH COLCON_PREFIX_PATH PYTHONPATH LD_LIBRARY_PATH
        set +u
        # shellcheck source=/dev/null
        . "/opt/ros/$distribution/setup.bash"
        # shellcheck source=/dev/null
        if [ -e "$workspace/install/local_setup.bash" ]; then . "$workspace/install/local_setup.bash"; fi
        set -u
        export ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST PYTHONDONTWRITEBYTECODE=1
        cd "$workspace" && "$@"
    )
}

build() {
    FERROS_SOURCE_DIR=$root FERROS_PUBLISHED=$published \
        in_ros colcon build --executor sequential --event-handlers console_cohesion+ --cmake-args -DBUILD_TESTING=OFF
}

# What `ros2 pkg executables ferros` lists: the executable files below lib/ferros, at any depth.
executables_are() {
    local found
    found=$(find -L "$installed/lib/ferros" -type f -perm -u+x -printf '%f\n' | sort | tr '\n' ' ')
    [ "$found" = "$1" ] || { echo "lib/ferros holds: $found"; return 1; }
}

same_files() { # FOLDER PATTERN: every such file of the repository is installed, unchanged
    local file any=
    for file in "$root/$1"/$2; do
        [ -e "$file" ] || continue
        any=1
        cmp "$file" "$installed/share/ferros/$1/$(basename "$file")" || return 1
    done
    [ -n "$any" ] || { echo "the repository has no $1/$2"; return 1; }
}

answers() { # WORDS COMMAND...: exit code 0 and the words in the output
    local words=$1 output
    shift
    output=$("$@" 2>&1) || { echo "exit code $?: $output"; return 1; }
    grep -qi -- "$words" <<< "$output" || { echo "no '$words' in: $output"; return 1; }
}

nothing_is_published_again() {
    local stamp=$workspace/build/ferros/published.stamp before
    before=$(stat -c %y "$stamp") || return 1
    build || return 1
    [ "$before" = "$(stat -c %y "$stamp")" ] || { echo "the program was published again though nothing changed"; return 1; }
}

for distribution in "${distributions[@]}"; do
    if [ ! -e "/opt/ros/$distribution/setup.bash" ]; then
        skip "/opt/ros/$distribution is not installed"; continue
    fi
    if ! command -v colcon > /dev/null; then
        skip "colcon is not installed (Debian: colcon python3-colcon-ros; Ubuntu: python3-colcon-common-extensions)"; continue
    fi
    if [ -z "$published" ] && ! command -v dotnet > /dev/null; then
        skip "the .NET SDK is not installed"; continue
    fi

    workspace=$work/$distribution
    installed=$workspace/install/ferros
    mkdir -p "$workspace/src"
    cp -R "$root/ros2_ws/src/." "$workspace/src/"

    check "ferros_msgs and ferros build with colcon" build || continue
    check "ferros_msgs has the fields and types that are promised, in order" \
        in_ros python3 "$root/tests/colcon/check_messages.py"
    check "ferros is in the ament index" \
        in_ros python3 -c 'import sys; from ament_index_python.packages import get_package_prefix as p; sys.exit(p("ferros") != sys.argv[1])' "$installed"
    check "ros2 run offers ferros, ferros_camera and ferros_node" executables_are 'ferros ferros_camera ferros_node '
    check "ferros_node answers --help" in_ros answers usage "$installed/lib/ferros/ferros_node" --help
    check "ferros_camera answers --help" in_ros answers source "$installed/lib/ferros/ferros_camera" --help
    check "launch files are installed" same_files launch '*.launch.py'
    check "parameter files are installed" same_files config '*.yaml'
    check "network weights are installed" same_files models '*.safetensors'
    if [ -e "$workspace/build/ferros/published.stamp" ]; then
        check "a second build publishes nothing again" nothing_is_published_again
        # One .NET build serves all distributions: the program is the same.
        published=$work/published
        cp -R "$workspace/build/ferros/program" "$published"
    fi
done

printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
