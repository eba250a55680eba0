#!/usr/bin/env bash
# Builds a package of messages with colcon for a ROS distribution, so that rclpy and rcl know its types:
#
#   build_messages.sh DISTRIBUTION [ferros_msgs | hri_msgs]
#
# ferros_msgs is built as it is; of hri_msgs, which is not part of a ROS installation, the messages that the node uses, from
# the interface definitions that FerRos carries. Installs into artifacts/ros; does nothing when that is newer than the sources. The last line is the
# file to source.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
distribution=$1
package=${2:-ferros_msgs}
workspace=$root/artifacts/ros/$distribution
[ "$package" = ferros_msgs ] || workspace=$workspace-$package
setup=$workspace/install/local_setup.bash
stamp=$workspace/.stamp
case $package in
    ferros_msgs) sources=$root/ros2_ws/src/ferros_msgs ;;
    hri_msgs) sources=$root/src/FerRos.Interfaces/interfaces/hri_msgs ;;
    *) echo "no such package: $package" >&2; exit 2 ;;
esac
mkdir -p "$workspace"

# A package around interface definitions: arrange FOLDER
arrange() {
    rm -rf "$1"
    mkdir -p "$1/msg"
    cp "$sources"/msg/{Expression,IdsList,IdsMatch,NormalizedRegionOfInterest2D}.msg "$1/msg"
    cat > "$1/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.16)
project($package)
find_package(ament_cmake REQUIRED)
find_package(rosidl_default_generators REQUIRED)
find_package(std_msgs REQUIRED)
rosidl_generate_interfaces(\${PROJECT_NAME} $(cd "$1" && printf '"%s" ' msg/*.msg) DEPENDENCIES std_msgs)
ament_package()
END
    cat > "$1/package.xml" <<END
<package format="3">
  <name>$package</name>
  <version>0.0.0</version>
  <description>Interfaces for tests</description>
  <maintainer email="ferros@example.org">The FerRos authors</maintainer>
  <license>Apache-2.0</license>
  <buildtool_depend>ament_cmake</buildtool_depend>
  <buildtool_depend>rosidl_default_generators</buildtool_depend>
  <depend>std_msgs</depend>
  <member_of_group>rosidl_interface_packages</member_of_group>
  <export><build_type>ament_cmake</build_type></export>
</package>
END
}

exec 9> "$workspace/.lock"
flock 9
if [ ! -e "$stamp" ] || [ -n "$(find "$sources" -newer "$stamp" -print -quit)" ]; then
    started=$(mktemp)
    rm -rf "$workspace/build" "$workspace/install"
    unset AMENT_PREFIX_PATH CMAKE_PREFIX_PATH COLCON_PREFIX_PATH PYTHONPATH LD_LIBRARY_PATH
    set +u
    # shellcheck source=/dev/null
    . "/opt/ros/$distribution/setup.bash"
    set -u
    cd "$workspace"
    base=$sources
    if [ "$package" = hri_msgs ]; then base=$workspace/src; arrange "$base"; fi
    if ! colcon --log-base "$workspace/log" build --base-paths "$base" --packages-select "$package" \
        --cmake-args -DBUILD_TESTING=OFF > "$workspace/build.log" 2>&1; then
        tail -n 30 "$workspace/build.log" >&2
        exit 1
    fi
    mv "$started" "$stamp"
fi
printf '%s\n' "$setup"
