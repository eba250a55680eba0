#!/bin/bash
# Sources ROS 2 and the workspace, then becomes the command, so that it gets the container's signals.
set -e
# shellcheck source=/dev/null
. "/opt/ros/$ROS_DISTRO/setup.bash"
# shellcheck source=/dev/null
. /opt/ferros/local_setup.bash
exec "$@"
