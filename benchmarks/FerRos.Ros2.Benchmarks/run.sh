#!/usr/bin/env bash
# Builds and runs the benchmark of the middlewares: run.sh [DISTRIBUTION [ROUNDS [PICTURES]]]
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
distribution=${1:-kilted}
dotnet build "$here" -c Release -v quiet --nologo -clp:NoSummary
set +u
# shellcheck source=/dev/null
. "/opt/ros/$distribution/setup.bash"
set -u
export ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST ROS_DOMAIN_ID=${ROS_DOMAIN_ID:-96}
exec "$here/bin/Release/net10.0/FerRos.Ros2.Benchmarks" latency "${@:2}"
