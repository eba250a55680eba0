# Copyright The FerRos authors
# SPDX-License-Identifier: Apache-2.0
"""
Runs the launch files with the real `launch` and `launch_ros`, against stand-ins for the executables.

A stand-in writes down the command line that launch gave it; what the node would get is read back with rcl's own rules
(parameter files by PyYAML). Without `launch`, the files are compiled and the rest is skipped with the reason.

    pytest tests/launch
"""

import json
import os
import pathlib
import stat
import subprocess
import sys
import textwrap

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAUNCH_FILES = sorted((ROOT / 'launch').glob('*.launch.py'))

try:
    import launch
    import launch_ros.actions  # noqa: F401
    missing = None
except ImportError as error:
    missing = str(error)
needs_launch = pytest.mark.skipif(missing is not None, reason=f'launch is not installed ({missing})')


def load(path):
    """Return the description that a launch file makes."""
    source = launch.launch_description_sources.PythonLaunchDescriptionSource(str(path))
    return source.get_launch_description(launch.LaunchContext())


@pytest.mark.parametrize('path', LAUNCH_FILES, ids=lambda path: path.name)
def test_it_compiles(path):
    """Every file is valid Python and has the function that `ros2 launch` calls."""
    code = compile(path.read_text(), str(path), 'exec')
    assert 'generate_launch_description' in code.co_names


EXPECTED_ARGUMENTS = {
    'ferros.launch.py': {
        'image', 'image_transport', 'model', 'device', 'detector', 'publish_humans', 'namespace', 'name', 'params_file',
        'log_level', 'use_sim_time', 'autostart', 'lifecycle_events'},
    'ferros_with_camera.launch.py': {
        'driver', 'video_device', 'width', 'height', 'framerate', 'frame_id', 'image', 'namespace'},
    'ferros_multi_camera.launch.py': {
        'cameras', 'primary', 'image', 'image_transport', 'model', 'device', 'detector', 'params_file', 'log_level',
        'use_sim_time', 'autostart', 'lifecycle_events'},
    'calibrate.launch.py': {'person', 'expressions', 'node', 'frames', 'countdown', 'face_id', 'check'},
}


@needs_launch
@pytest.mark.parametrize('path', LAUNCH_FILES, ids=lambda path: path.name)
def test_arguments_are_declared_with_a_description(path):
    """`ros2 launch ferros FILE --show-args` lists what the file takes, each with its meaning."""
    actions = [entity for entity in load(path).entities if isinstance(entity, launch.actions.DeclareLaunchArgument)]
    assert {action.name for action in actions} == EXPECTED_ARGUMENTS[path.name]
    for action in actions:
        assert action.description and action.description != 'no description given', action.name


class Workspace:
    """An install folder with the launch files and stand-ins for the executables, and what was started in it."""

    def __init__(self, folder):
        self.folder = folder
        self.calls = folder / 'calls'
        self.calls.mkdir()
        self.package('ferros', 'ferros_node', 'ferros_camera', 'ferros')
        share = folder / 'share' / 'ferros'
        (share / 'launch').symlink_to(ROOT / 'launch')
        (share / 'config').mkdir()
        self.params_file = share / 'config' / 'ferros.yaml'
        self.params_file.write_text('/**:\n  ros__parameters:\n    model: from_file\n    device: cpu\n')

    def package(self, name, *executables, body=None):
        """Add a package whose executables write down their command line."""
        marker = self.folder / 'share' / 'ament_index' / 'resource_index' / 'packages' / name
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.touch()
        (self.folder / 'share' / name).mkdir(exist_ok=True)
        for executable in executables:
            path = self.folder / 'lib' / name / executable
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'#!{sys.executable}\n' + (body or textwrap.dedent(f'''\
                import json, os, sys
                files = [sys.argv[i + 1] for i, a in enumerate(sys.argv) if a == '--params-file']
                call = dict(executable={executable!r}, package={name!r}, arguments=sys.argv[1:],
                            files=[open(f).read() for f in files],
                            transports=os.environ.get('FASTDDS_BUILTIN_TRANSPORTS'))
                with open({str(self.calls)!r} + '/' + str(os.getpid()), 'w') as out:
                    json.dump(call, out)
            ''')))
            path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def launch(self, name, *arguments, timeout=60):
        """Run a launch file to its end; return what was started and what launch printed."""
        for old in self.calls.iterdir():
            old.unlink()
        environment = dict(os.environ)
        environment['AMENT_PREFIX_PATH'] = os.pathsep.join(
            filter(None, [str(self.folder), environment.get('AMENT_PREFIX_PATH')]))
        environment['ROS_LOG_DIR'] = str(self.folder / 'log')
        environment['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
        environment['PYTHONDONTWRITEBYTECODE'] = '1'
        run = subprocess.run(
            [sys.executable, '-c', RUNNER, str(ROOT / 'launch' / name), *arguments],
            env=environment, capture_output=True, text=True, timeout=timeout)
        calls = [json.loads(path.read_text()) for path in self.calls.iterdir()]
        return Result(run.returncode, run.stdout + run.stderr, [Call(**call) for call in calls])


# What `ros2 launch` does, without ros2cli.
RUNNER = textwrap.dedent('''\
    import sys
    import launch
    from launch.launch_description_sources import AnyLaunchDescriptionSource
    arguments = [tuple(argument.split(':=', 1)) for argument in sys.argv[2:]]
    service = launch.LaunchService()
    service.include_launch_description(launch.LaunchDescription([
        launch.actions.IncludeLaunchDescription(
            AnyLaunchDescriptionSource(sys.argv[1]), launch_arguments=arguments)]))
    sys.exit(service.run(shutdown_when_idle=True))
''')


class Result:
    """The outcome of one launch."""

    def __init__(self, code, output, calls):
        self.code, self.output, self.calls = code, output, calls

    def only(self, executable='ferros_node'):
        """Return the one call of an executable."""
        found = [call for call in self.calls if call.executable == executable]
        assert len(found) == 1, self.output
        return found[0]


def read_parameters(text):
    """Read a parameter file as rcl does, which ignores tags: launch_ros writes arrays as Python tuples."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor('tag:yaml.org,2002:python/tuple', lambda loader, node: loader.construct_sequence(node))
    return yaml.load(text, Loader)


class Call:
    """One command line, read as rcl reads it."""

    def __init__(self, executable, package, arguments, files, transports):
        self.executable, self.package, self.arguments = executable, package, arguments
        self.transports = transports
        self.remaps = dict(
            arguments[i + 1].split(':=', 1) for i, a in enumerate(arguments) if a in ('-r', '--remap'))
        self.log_levels = [arguments[i + 1] for i, a in enumerate(arguments) if a == '--log-level']
        self.parameters = {}
        for text in files:
            for content in read_parameters(text).values():
                self.parameters.update(content['ros__parameters'])


@pytest.fixture
def workspace(tmp_path):
    """Give an install folder of its own to each test."""
    return Workspace(tmp_path)


@needs_launch
def test_without_arguments_the_parameter_file_decides(workspace):
    """No default of the launch file overrides what the user wrote into the parameter file."""
    call = workspace.launch('ferros.launch.py').only()
    assert call.parameters == {'model': 'from_file', 'device': 'cpu'}
    assert call.remaps == {'__node': 'ferros', '__ns': '/'} or call.remaps == {'__node': 'ferros'}
    assert call.log_levels == ['info']


@needs_launch
def test_arguments_stand_above_the_parameter_file(workspace):
    """What is typed wins, with the type of the parameter."""
    call = workspace.launch(
        'ferros.launch.py', 'model:=facechannel', 'device:=cuda', 'autostart:=false', 'use_sim_time:=true',
        'publish_humans:=False', 'image_transport:=compressed', 'log_level:=debug').only()
    assert call.parameters == {
        'model': 'facechannel', 'device': 'cuda', 'autostart': False, 'use_sim_time': True, 'publish_humans': False,
        'image_transport': 'compressed'}
    assert call.log_levels == ['debug']


@needs_launch
def test_the_camera_topic_is_remapped_raw_and_compressed(workspace):
    """A remapping holds for one name only, so the compressed topic has its own."""
    call = workspace.launch('ferros.launch.py', 'image:=/head/image_raw', 'namespace:=robot', 'name:=faces').only()
    assert call.remaps == {
        '__node': 'faces', '__ns': '/robot',
        'image': '/head/image_raw', 'image/compressed': '/head/image_raw/compressed'}


@needs_launch
@pytest.mark.parametrize('argument, said', [
    ('detector:=middle_range', 'middle_range'),
    ('autostart:=maybe', "autostart is 'maybe'; it may be true or false"),
    ('params_file:=/nowhere.yaml', "params_file is '/nowhere.yaml', which is not there"),
])
def test_a_wrong_argument_stops_the_launch_and_is_named(workspace, argument, said):
    """No node runs on defaults that the user did not ask for."""
    result = workspace.launch('ferros.launch.py', argument)
    assert result.code != 0
    assert result.calls == []
    assert said in result.output


@needs_launch
@pytest.mark.parametrize('installed, driver', [
    ([('usb_cam', 'usb_cam_node_exe'), ('v4l2_camera', 'v4l2_camera_node')], 'usb_cam_node_exe'),
    ([('v4l2_camera', 'v4l2_camera_node')], 'v4l2_camera_node'),
    ([], 'ferros_camera'),
])
def test_the_camera_driver_is_the_one_that_is_installed(workspace, installed, driver):
    """The driver's pictures and the node's subscription meet on one topic."""
    for package, executable in installed:
        workspace.package(package, executable)
    result = workspace.launch(
        'ferros_with_camera.launch.py', 'video_device:=/dev/video2', 'framerate:=25', 'namespace:=head')
    camera, node = result.only(driver), result.only('ferros_node')
    assert len(result.calls) == 2
    assert node.remaps['image'] == 'image_raw'
    assert camera.remaps['__ns'] == node.remaps['__ns'] == '/head'
    if driver == 'ferros_camera':
        assert camera.arguments[:10] == [
            '--source', '/dev/video2', '--topic', 'image_raw', '--fps', '25', '--size', '640x480',
            '--frame-id', 'camera_color_optical_frame']
    else:
        assert camera.parameters['video_device'] == '/dev/video2'
    if driver == 'usb_cam_node_exe':
        assert (camera.parameters['image_width'], camera.parameters['framerate']) == (640, 25.0)
    if driver == 'v4l2_camera_node':
        assert (camera.parameters['image_size'], camera.parameters['time_per_frame']) == ([640, 480], [1, 25])


@needs_launch
@pytest.mark.parametrize('variable, value, transports', [
    (None, None, 'DEFAULT?sockets_size=4MB'),
    ('FASTDDS_BUILTIN_TRANSPORTS', 'UDPv4', 'UDPv4'),
    ('FASTDDS_DEFAULT_PROFILES_FILE', '/profiles.xml', None),
])
def test_the_camera_has_room_for_pictures_unless_the_user_says_otherwise(workspace, monkeypatch, variable, value, transports):
    """Fast DDS as it comes has less shared memory than a picture needs."""
    for name in ('FASTDDS_BUILTIN_TRANSPORTS', 'FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE'):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, value)
    workspace.package('usb_cam', 'usb_cam_node_exe')
    result = workspace.launch('ferros_with_camera.launch.py')
    assert result.only('usb_cam_node_exe').transports == transports


@needs_launch
def test_a_driver_that_is_not_installed_is_refused(workspace):
    """Asking for usb_cam without having it ends with its name."""
    result = workspace.launch('ferros_with_camera.launch.py', 'driver:=usb_cam')
    assert result.code != 0
    assert "driver is 'usb_cam', but this package is not installed" in result.output


@needs_launch
def test_one_of_several_nodes_publishes_for_the_robot(workspace):
    """Every camera has its node in its namespace, and the primary one alone has publish_humans."""
    result = workspace.launch(
        'ferros_multi_camera.launch.py', 'cameras:=front, rear,hand', 'primary:=rear', 'model:=facechannel')
    by_namespace = {call.remaps['__ns']: call for call in result.calls}
    assert set(by_namespace) == {'/front', '/rear', '/hand'}, result.output
    assert {ns: call.parameters['publish_humans'] for ns, call in by_namespace.items()} == {
        '/front': False, '/rear': True, '/hand': False}
    for call in result.calls:
        assert call.remaps['image'] == 'image_raw'
        assert call.parameters['model'] == 'facechannel'
        assert call.parameters['device'] == 'cpu'


@needs_launch
@pytest.mark.parametrize('primary, expected', [('', [True, False]), ('none', [False, False])])
def test_the_first_camera_is_primary_unless_none_is(workspace, primary, expected):
    """A robot with another face detector keeps its own list."""
    result = workspace.launch('ferros_multi_camera.launch.py', 'cameras:=a,b', f'primary:={primary}')
    by_namespace = {call.remaps['__ns']: call.parameters['publish_humans'] for call in result.calls}
    assert [by_namespace['/a'], by_namespace['/b']] == expected


@needs_launch
@pytest.mark.parametrize('arguments, said', [
    (['cameras:=front,front'], "cameras is 'front,front'"),
    (['cameras:=front,'], "cameras is 'front,'"),
    (['cameras:=front', 'primary:=rear'], "primary is 'rear'; it may be one of front, or none"),
])
def test_a_wrong_list_of_cameras_is_refused(workspace, arguments, said):
    """Two nodes of one name, or none that publishes, would go unnoticed."""
    result = workspace.launch('ferros_multi_camera.launch.py', *arguments)
    assert result.code != 0
    assert result.calls == []
    assert said in result.output


@needs_launch
def test_a_calibration_session_is_the_command_with_what_was_asked_for(workspace):
    """Each expression is an option of its own, in the order given."""
    call = workspace.launch(
        'calibrate.launch.py', 'person:=p7', 'expressions:=neutral, happy', 'node:=/head/ferros', 'face_id:=f3k9a',
        'check:=false', 'frames:=12').only('ferros')
    assert call.arguments == [
        'calibrate', 'p7', '--node', '/head/ferros', '--frames', '12', '--countdown', '3', '--class', 'neutral',
        '--class', 'happy', '--face', 'f3k9a', '--no-check']


LIFECYCLE_NODE = '''
import sys
import rclpy
from rclpy.lifecycle import LifecycleNode, TransitionCallbackReturn

class Node(LifecycleNode):
    def on_configure(self, state):
        log('configured')
        return TransitionCallbackReturn.SUCCESS
    def on_activate(self, state):
        log('activated')
        self.create_timer(0.5, lambda: sys.exit(0))
        return super().on_activate(state)

def log(word):
    with open({path!r}, 'a') as out:
        out.write(word + '\\n')

rclpy.init()
node = Node('unnamed')
node.declare_parameter('autostart', True)
log(f"autostart={{node.get_parameter('autostart').value}}")
rclpy.spin(node)
'''


@needs_launch
def test_lifecycle_events_bring_the_node_to_active(workspace, tmp_path):
    """With lifecycle_events:=true launch itself configures and activates a real lifecycle node."""
    pytest.importorskip('rclpy.lifecycle', reason='rclpy is not installed')
    path = tmp_path / 'transitions'
    workspace.package('ferros', 'ferros_node', body=LIFECYCLE_NODE.format(path=str(path)))
    result = workspace.launch('ferros.launch.py', 'lifecycle_events:=true', 'autostart:=true', 'namespace:=robot')
    assert path.read_text().split() == ['autostart=False', 'configured', 'activated'], result.output
