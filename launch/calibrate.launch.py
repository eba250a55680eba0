# Copyright The FerRos authors
# SPDX-License-Identifier: Apache-2.0
"""
Leads a person through a calibration session with a FerRos node that runs already.

    ros2 launch ferros calibrate.launch.py person:=p7 expressions:=neutral,happiness,surprise

The launch ends with the session.
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, EmitEvent, ExecuteProcess, OpaqueFunction, RegisterEventHandler
from launch.event_handlers import OnProcessExit
from launch.events import Shutdown
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.substitutions import FindPackagePrefix


def create_session(context):
    """Create the session's action once the values of the arguments are known."""
    def value(name):
        return LaunchConfiguration(name).perform(context)

    expressions = [name.strip() for name in value('expressions').split(',') if name.strip()]
    command = [
        PathJoinSubstitution([FindPackagePrefix('ferros'), 'lib', 'ferros', 'ferros']), 'calibrate', value('person'),
        '--node', value('node'), '--frames', value('frames'), '--countdown', value('countdown'),
    ]
    for expression in expressions:
        command += ['--class', expression]
    if value('face_id'):
        command += ['--face', value('face_id')]
    if value('check') == 'false':
        command += ['--no-check']
    session = ExecuteProcess(cmd=command, output='screen', emulate_tty=True)
    return [session, RegisterEventHandler(OnProcessExit(target_action=session, on_exit=[EmitEvent(event=Shutdown())]))]


def generate_launch_description():
    """Declare the arguments; the session follows from them."""
    return LaunchDescription([
        DeclareLaunchArgument(
            'person', description='Id of the person: a letter, then letters, digits and _'),
        DeclareLaunchArgument(
            'expressions', default_value='neutral,happiness,sadness',
            description='What to show, in this order, separated by commas'),
        DeclareLaunchArgument(
            'node', default_value='/ferros', description='Name of the running node'),
        DeclareLaunchArgument(
            'frames', default_value='30', description='Frames to learn from for each expression'),
        DeclareLaunchArgument(
            'countdown', default_value='3', description='Seconds to count down before each expression'),
        DeclareLaunchArgument(
            'face_id', default_value='', description='Face of the person; empty: the largest in view'),
        DeclareLaunchArgument(
            'check', default_value='true', choices=['true', 'false'],
            description='Ask for each expression once more and show what was gained'),
        OpaqueFunction(function=create_session),
    ])
