# Copyright The FerRos authors
# SPDX-License-Identifier: Apache-2.0
"""
Starts the FerRos node on one camera topic.

    ros2 launch ferros ferros.launch.py image:=/camera/image_raw

An argument that is left empty says nothing to the node: the parameter file decides, then the node's own default.
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, EmitEvent, OpaqueFunction, RegisterEventHandler
from launch.events import matches_action
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import LifecycleNode
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
    if text.lower() in ('true', '1'):
        return True
    if text.lower() in ('false', '0'):
        return False
    raise ValueError(f"{name} is '{text}'; it may be true or false")


def create_node(context):
    """Create the node's action once the values of the arguments are known."""
    def value(name):
        return LaunchConfiguration(name).perform(context)

    parameters = [LaunchConfiguration('params_file')]
    given = {name: parse(name, value(name)) for name in PARAMETERS if value(name)}
    managed = parse('autostart', value('lifecycle_events') or 'false')
    if managed:
        given['autostart'] = False
    if given:
        parameters.append(given)

    remappings = []
    if value('image') != 'image':
        # Both names: a compressed picture's topic is <image>/compressed, and a remapping matches whole names.
        remappings = [
            ('image', value('image')),
            ('image/compressed', value('image').rstrip('/') + '/compressed'),
        ]

    node = LifecycleNode(
        package='ferros',
        executable='ferros_node',
        name=value('name'),
        namespace=value('namespace'),
        parameters=parameters,
        remappings=remappings,
        ros_arguments=['--log-level', value('log_level')],
        output='both',
        emulate_tty=True,
    )
    if not managed:
        return [node]

    activate = RegisterEventHandler(OnStateTransition(
        target_lifecycle_node=node,
        start_state='configuring',
        goal_state='inactive',
        entities=[EmitEvent(event=ChangeState(
            lifecycle_node_matcher=matches_action(node),
            transition_id=Transition.TRANSITION_ACTIVATE,
        ))],
    ))
    configure = EmitEvent(event=ChangeState(
        lifecycle_node_matcher=matches_action(node),
        transition_id=Transition.TRANSITION_CONFIGURE,
    ))
    return [activate, node, configure]


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
            'device', default_value='', choices=['', 'cpu', 'cuda'],
            description='Where the network runs; cuda needs libtorch'),
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
