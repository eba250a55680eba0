# Copyright The FerRos authors
# SPDX-License-Identifier: Apache-2.0
"""
Starts a FerRos node for each of several cameras, each in the namespace of its camera.

    ros2 launch ferros ferros_multi_camera.launch.py cameras:=front,rear image:=image_raw

starts /front/ferros on /front/image_raw and /rear/ferros on /rear/image_raw. A robot has one list of the faces that it
sees (/humans/faces/tracked), so one node alone may publish it: the primary camera's.
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, GroupAction, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.substitutions import FindPackageShare

# Passed on to every node as they are.
SHARED = (
    'image', 'image_transport', 'model', 'device', 'detector', 'params_file', 'log_level', 'use_sim_time',
    'autostart', 'lifecycle_events',
)


def create_nodes(context):
    """Include the launch file of one node once per camera."""
    cameras = [name.strip().strip('/') for name in LaunchConfiguration('cameras').perform(context).split(',')]
    if not all(cameras) or len(set(cameras)) != len(cameras):
        raise ValueError(
            f"cameras is '{LaunchConfiguration('cameras').perform(context)}'; "
            "it must be different namespaces, separated by commas")

    primary = LaunchConfiguration('primary').perform(context).strip('/') or cameras[0]
    if primary not in cameras + ['none']:
        raise ValueError(f"primary is '{primary}'; it may be one of {', '.join(cameras)}, or none")

    source = PythonLaunchDescriptionSource(
        PathJoinSubstitution([FindPackageShare('ferros'), 'launch', 'ferros.launch.py']))
    return [
        # Scoped, so that no argument of one camera reaches the next.
        GroupAction([IncludeLaunchDescription(source, launch_arguments={
            **{name: LaunchConfiguration(name).perform(context) for name in SHARED},
            'namespace': camera,
            'publish_humans': 'true' if camera == primary else 'false',
        }.items())])
        for camera in cameras
    ]


def generate_launch_description():
    """Declare the arguments; the nodes follow from the list of cameras."""
    return LaunchDescription([
        DeclareLaunchArgument(
            'cameras', default_value='front,rear',
            description='Namespaces of the cameras, separated by commas'),
        DeclareLaunchArgument(
            'primary', default_value='',
            description='Camera whose node publishes the ROS4HRI topics below /humans; empty: the first; or none'),
        DeclareLaunchArgument(
            'image', default_value='image_raw',
            description="Topic of the pictures, within each camera's namespace"),
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
            'params_file',
            default_value=PathJoinSubstitution([FindPackageShare('ferros'), 'config', 'ferros.yaml']),
            description='Parameter file of all nodes; the arguments of this launch file stand above it'),
        DeclareLaunchArgument(
            'log_level', default_value='info', choices=['debug', 'info', 'warn', 'error', 'fatal'],
            description='Least severe level that is logged'),
        DeclareLaunchArgument(
            'use_sim_time', default_value='',
            description='Take the time from /clock (true or false)'),
        DeclareLaunchArgument(
            'autostart', default_value='',
            description='The nodes configure and activate themselves (true or false)'),
        DeclareLaunchArgument(
            'lifecycle_events', default_value='false', choices=['true', 'false'],
            description='This launch file configures and activates the nodes by lifecycle events'),
        OpaqueFunction(function=create_nodes),
    ])
