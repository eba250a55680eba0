# Copyright The FerRos authors
# SPDX-License-Identifier: Apache-2.0
"""
Starts a V4L2 camera and the FerRos node on its pictures.

    ros2 launch ferros ferros_with_camera.launch.py video_device:=/dev/video0

The driver is usb_cam or v4l2_camera where one of them is installed, else the camera that comes with FerRos. All the
arguments of ferros.launch.py hold here too.
"""

import os

from ament_index_python.packages import get_package_prefix, PackageNotFoundError
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, LogInfo, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

DRIVERS = ('usb_cam', 'v4l2_camera', 'ferros')

# Fast DDS as it comes sends through 512 KB of shared memory, less than a picture, and best-effort pictures are lost.
# Other RMWs do not read this.
ROOM = {'FASTDDS_BUILTIN_TRANSPORTS': 'DEFAULT?sockets_size=4MB'}

# Who has set one of these has decided about Fast DDS's transports.
DECIDED = ('FASTDDS_BUILTIN_TRANSPORTS', 'FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE')


def is_installed(package):
    """Whether the package is in one of the sourced workspaces."""
    try:
        get_package_prefix(package)
        return True
    except PackageNotFoundError:
        return False


def whole_number(name, text):
    """Convert a size or a rate; refuse what no camera has."""
    if not text.isdecimal() or int(text) == 0:
        raise ValueError(f"{name} is '{text}'; it must be a whole number above 0")
    return int(text)


def create_camera(context):
    """Create the driver's node, its pictures on the topic that the FerRos node hears."""
    def value(name):
        return LaunchConfiguration(name).perform(context)

    driver = value('driver')
    if driver == 'auto':
        driver = next(name for name in DRIVERS if is_installed(name))
    elif not is_installed(driver):
        raise ValueError(f"driver is '{driver}', but this package is not installed")

    device = value('video_device')
    width, height = whole_number('width', value('width')), whole_number('height', value('height'))
    rate = whole_number('framerate', value('framerate'))
    frame = value('frame_id')
    topic = value('image').rstrip('/')
    common = {
        'name': 'camera',
        'namespace': value('namespace'),
        'output': 'both',
        'emulate_tty': True,
        'additional_env': {} if any(os.environ.get(name) for name in DECIDED) else ROOM,
    }

    if driver == 'ferros':
        node = Node(
            package='ferros', executable='ferros_camera',
            arguments=['--source', device, '--topic', topic, '--fps', str(rate),
                       '--size', f'{width}x{height}', '--frame-id', frame],
            **common)
    elif driver == 'usb_cam':
        node = Node(
            package='usb_cam', executable='usb_cam_node_exe',
            parameters=[{
                'video_device': device, 'image_width': width, 'image_height': height,
                'framerate': float(rate), 'frame_id': frame,
            }],
            remappings=names_of(topic), **common)
    else:
        node = Node(
            package='v4l2_camera', executable='v4l2_camera_node',
            parameters=[{
                'video_device': device, 'image_size': [width, height],
                'time_per_frame': [1, rate], 'camera_frame_id': frame,
            }],
            remappings=names_of(topic), **common)
    return [LogInfo(msg=f'Camera {device} by {driver} on {topic}'), node]


def names_of(topic):
    """Remappings from image_raw, which both drivers publish, and its companions to the topic's name."""
    if topic == 'image_raw':
        return []
    parent, _, _ = topic.rpartition('/')
    info = f'{parent}/camera_info' if parent else 'camera_info'
    return [
        ('image_raw', topic),
        ('image_raw/compressed', f'{topic}/compressed'),
        ('camera_info', info),
    ]


def generate_launch_description():
    """Declare the camera's arguments; those of the node come with its launch file."""
    return LaunchDescription([
        DeclareLaunchArgument(
            'driver', default_value='auto', choices=['auto', *DRIVERS],
            description='Package of the camera driver; auto: the first of these that is installed'),
        DeclareLaunchArgument(
            'video_device', default_value='/dev/video0',
            description='V4L2 device of the camera'),
        DeclareLaunchArgument(
            'width', default_value='640',
            description='Width of the pictures in pixels'),
        DeclareLaunchArgument(
            'height', default_value='480',
            description='Height of the pictures in pixels'),
        DeclareLaunchArgument(
            'framerate', default_value='30',
            description='Pictures a second'),
        DeclareLaunchArgument(
            'frame_id', default_value='camera_color_optical_frame',
            description='TF frame in the header of the pictures'),
        DeclareLaunchArgument(
            'image', default_value='image_raw',
            description='Topic of the camera pictures'),
        DeclareLaunchArgument(
            'namespace', default_value='',
            description='Namespace of the camera and of the node'),
        OpaqueFunction(function=create_camera),
        IncludeLaunchDescription(
            PythonLaunchDescriptionSource(
                PathJoinSubstitution([FindPackageShare('ferros'), 'launch', 'ferros.launch.py'])),
            launch_arguments={
                'image': LaunchConfiguration('image'),
                'namespace': LaunchConfiguration('namespace'),
            }.items()),
    ])
