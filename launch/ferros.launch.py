# Copyright The FerRos authors
# SPDX-License-Identifier: Apache-2.0
"""
Starts the FerRos node on one camera topic.

    ros2 launch ferros ferros.launch.py image:=/camera/image_raw

An argument that is left empty says nothing to the node: the parameter file decides, then the node's own default.
"""

import os

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, EmitEvent, OpaqueFunction, RegisterEventHandler
from launch.events import matches_action
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import LifecycleNode, Node
from launch_ros.event_handlers import OnStateTransition
from launch_ros.events.lifecycle import ChangeState
from launch_ros.substitutions import FindPackageShare
from lifecycle_msgs.msg import Transition

# The launch arguments that become parameters of the node under the same name, with the type of each.
PARAMETERS = {
    'image_transport': str,
    'model': str,
    'device': str,
    'detector': str,
    'publish_humans': bool,
    'autostart': bool,
    'use_sim_time': bool,
}


def parse(name, text):
    """Convert an argument's text to the type of its parameter."""
    if PARAMETERS[name] is str:
        return text
    if text.lower() in ('true', 'false'):
        return text.lower() == 'true'
    raise ValueError(f"{name} is '{text}'; it may be true or false")


def create_node(context):
    """Create the node's action once the values of the arguments are known."""
    def value(name):
        return LaunchConfiguration(name).perform(context)

    # launch_ros only warns of a file that is not there; a robot that runs on defaults unnoticed is worse than none.
    params_file = value('params_file')
    if not os.path.isfile(params_file):
        raise FileNotFoundError(f"params_file is '{params_file}', which is not there")

    given = {name: parse(name, value(name)) for name in PARAMETERS if value(name)}
    managed = value('lifecycle_events') == 'true'
    if managed:
        given['autostart'] = False

    remappings = []
    image = value('image').rstrip('/')
    if image != 'image':
        # A remapping matches whole names, and a compressed picture's topic is another name.
        remappings = [('image', image), ('image/compressed', f'{image}/compressed')]

    node = (LifecycleNode if managed else Node)(
        package='ferros',
        executable='ferros_node',
        name=value('name'),
        namespace=value('namespace'),
        parameters=[params_file] + ([given] if given else []),
        remappings=remappings,
        ros_arguments=['--log-level', value('log_level')],
        output='both',
        emulate_tty=True,
    )
    if not managed:
        return [node]

    def change_state(transition):
        return EmitEvent(event=ChangeState(
            lifecycle_node_matcher=matches_action(node),
            transition_id=transition,
        ))

    activate_when_configured = RegisterEventHandler(OnStateTransition(
        target_lifecycle_node=node,
        start_state='configuring',
        goal_state='inactive',
        entities=[change_state(Transition.TRANSITION_ACTIVATE)],
    ))
    return [activate_when_configured, node, change_state(Transition.TRANSITION_CONFIGURE)]


def generate_launch_description():
    """Declare the arguments; the node follows from them."""
    return LaunchDescription([
        DeclareLaunchArgument(
            'image', default_value='image',
            description='Topic of the camera pictures (sensor_msgs/Image; with image_transport compressed, '
                        'sensor_msgs/CompressedImage on <image>/compressed)'),
        DeclareLaunchArgument(
            'image_transport', default_value='', choices=['', 'raw', 'compressed'],
            description='How the pictures travel'),
        DeclareLaunchArgument(
            'model', default_value='',
            description='Network to run: a name from models/, or the path of a .safetensors file with its card'),
        DeclareLaunchArgument(
            'device', default_value='',
            description='Where the network runs; the node refuses what it does not have'),
        DeclareLaunchArgument(
            'detector', default_value='', choices=['', 'short_range', 'full_range'],
            description='Face detector: short_range for faces near the robot, full_range for small ones too'),
        DeclareLaunchArgument(
            'publish_humans', default_value='',
            description='Publish ROS4HRI topics below /humans (true or false); one node per robot may'),
        DeclareLaunchArgument(
            'namespace', default_value='',
            description='Namespace of the node'),
        DeclareLaunchArgument(
            'name', default_value='ferros',
            description='Name of the node'),
        DeclareLaunchArgument(
            'params_file',
            default_value=PathJoinSubstitution([FindPackageShare('ferros'), 'config', 'ferros.yaml']),
            description='Parameter file; the arguments of this launch file stand above it'),
        DeclareLaunchArgument(
            'log_level', default_value='info', choices=['debug', 'info', 'warn', 'error', 'fatal'],
            description='Least severe level that is logged'),
        DeclareLaunchArgument(
            'use_sim_time', default_value='',
            description='Take the time from /clock (true or false)'),
        DeclareLaunchArgument(
            'autostart', default_value='',
            description='The node configures and activates itself (true or false); with false it waits, '
                        'unconfigured, for a lifecycle manager'),
        DeclareLaunchArgument(
            'lifecycle_events', default_value='false', choices=['true', 'false'],
            description='This launch file configures and activates the node by lifecycle events; '
                        'sets autostart to false'),
        OpaqueFunction(function=create_node),
    ])
