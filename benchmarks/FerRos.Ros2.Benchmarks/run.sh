#!/usr/bin/env bash
# Builds and runs the benchmark of the middlewares: run.sh [DISTRIBUTION [ROUNDS [PICTURES]]]
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
distribution=${1:-kilted}
dotnet build "$here" -c Release -v quiet --nologo -clp:NoSummary
out=$here/bin/Release/net10.0
set +u
# shellcheck source=/dev/null
. "/opt/ros/$distribution/setup.bash"
set -u

# The floor in C, where there is a compiler. ROS 2 as Python wheels links rcl to libraries that want an interpreter.
prefix=/opt/ros/$distribution
libraries=(-lrcl -lrcutils -lsensor_msgs__rosidl_typesupport_c -Wl,--allow-shlib-undefined)
if [ ! -e "$prefix/lib/librmw_implementation.so" ]; then
  libraries+=(-Wl,--no-as-needed "-l:lib$(basename "$prefix"/lib/python3*).so.1.0")
fi
includes=("$prefix"/include/*/)
rm -f "$out/floor"
gcc -O2 -Wall -Wextra "$here/floor.c" -o "$out/floor" "${includes[@]/#/-I}" "-L$prefix/lib" "${libraries[@]}" ||
  echo "without the floor in C" >&2

# rmw_fastrtps ignores all settings of shared memory where discovery is restricted to this machine.
export ROS_AUTOMATIC_DISCOVERY_RANGE=SUBNET ROS_DOMAIN_ID=${ROS_DOMAIN_ID:-96}
exec "$out/FerRos.Ros2.Benchmarks" latency "${@:2}"
