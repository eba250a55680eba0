#!/usr/bin/env bash
# Builds ferros_msgs with colcon for a ROS distribution, so that rclpy knows its types: build_messages.sh DISTRIBUTION
# Installs into artifacts/ros/DISTRIBUTION; does nothing when that is newer than the sources. The last line is the file to source.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
distribution=$1
workspace=$root/artifacts/ros/$distribution
setup=$workspace/install/local_setup.bash
stamp=$workspace/.stamp
mkdir -p "$workspace"

exec 9> "$workspace/.lock"
flock 9
if [ ! -e "$stamp" ] || [ -n "$(find "$root/ros2_ws/src/ferros_msgs" -newer "$stamp" -print -quit)" ]; then
    started=$(mktemp)
    rm -rf "$workspace/build" "$workspace/install"
    unset AMENT_PREFIX_PATH CMAKE_PREFIX_PATH COLCON_PREFIX_PATH PYTHONPATH LD_LIBRARY_PATH
    set +u
    # shellcheck source=/dev/null
    . "/opt/ros/$distribution/setup.bash"
    set -u
    cd "$workspace"
    if ! colcon --log-base "$workspace/log" build --base-paths "$root/ros2_ws/src/ferros_msgs" --packages-select ferros_msgs \
        --cmake-args -DBUILD_TESTING=OFF > "$workspace/build.log" 2>&1; then
        tail -n 30 "$workspace/build.log" >&2
        exit 1
    fi
    mv "$started" "$stamp"
fi
printf '%s\n' "$setup"
