"""The robot around FerRos: a plain rclpy node with a camera, which hears the affect topic and looks at the graph.

Takes one JSON object a line on standard input, {"do": ..., ...}; says one JSON object a line on standard output:
{"affect": ...} and {"adaptation": ...} for every message heard, and {"done": ..., ...} when an order is carried out.
"""
import array
import importlib
import json
import sys
import threading
import time

import rclpy
from ferros_msgs.msg import AdaptationStatus, FaceAffectArray
from rcl_interfaces.srv import GetParameters
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.time import Time
from sensor_msgs.msg import CompressedImage, Image

OUT = threading.Lock()

# Seconds after which something is amiss, on a machine that is starved, too.
LONG = 120

# Pictures that may be without an answer before the next one waits: the node leaves some out, and some are lost.
AHEAD = 4

# Seconds that the next picture waits at most.
PATIENCE = 1

# Answers to the last picture of a film that are waited for.
ENOUGH = 5


def say(**values):
    with OUT:
        print(json.dumps(values), flush=True)


def qos(depth, reliable=True):
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=depth,
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT)


def plain(value):
    """A message as what JSON can say."""
    if hasattr(value, 'get_fields_and_field_types'):
        return {name: plain(getattr(value, name)) for name in value.get_fields_and_field_types()}
    if isinstance(value, (list, tuple, array.array)):
        return [plain(item) for item in value]
    if isinstance(value, float) and value != value:
        return None
    return value


def nanoseconds(stamp):
    return stamp.sec * 1_000_000_000 + stamp.nanosec


def read_pictures(file, width, height):
    """The pictures of a file of raw pixels."""
    with open(file, 'rb') as stream:
        data = stream.read()
    size = width * height * 3
    return [array.array('B', data[i:i + size]) for i in range(0, len(data), size)]


class Robot:
    def __init__(self, node):
        self.node = node
        self.camera = None
        self.film = None
        self.answers = threading.Condition()
        self.answered = []

    def hear_adaptation(self, topic):
        """Hears what came before too: the topic is latched."""
        latched = QoSProfile(
            history=HistoryPolicy.KEEP_LAST, depth=1, reliability=ReliabilityPolicy.RELIABLE, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.node.create_subscription(AdaptationStatus, topic, lambda message: say(adaptation=plain(message)), latched)
        return {}

    def call(self, service, type, request, timeout=2 * LONG):
        """Calls a service and returns its response; type as in ferros_msgs/srv/Adapt."""
        package, _, name = type.split('/')
        cls = getattr(importlib.import_module(package + '.srv'), name)
        client = self.node.create_client(cls, service)
        try:
            if not client.wait_for_service(LONG):
                raise TimeoutError(f'no service {service}')
            done = threading.Event()
            future = client.call_async(cls.Request(**request))
            future.add_done_callback(lambda _: done.set())
            if not done.wait(timeout):
                raise TimeoutError(f'no answer from {service}')
            return {'response': plain(future.result())}
        finally:
            self.node.destroy_client(client)

    def hear(self, topic):
        self.node.create_subscription(FaceAffectArray, topic, self.affect, qos(100))

    def affect(self, message):
        say(affect={
            'frame': message.header.frame_id,
            'stamp': nanoseconds(message.header.stamp),
            'model': message.model,
            'classes': list(message.classes),
            'latency': nanoseconds(message.latency),
            'faces': [{
                'id': face.face_id, 'person': face.person_id, 'adapted': face.adapted,
                'roi': [face.roi.x_offset, face.roi.y_offset, face.roi.width, face.roi.height],
                'detection': face.detection_confidence, 'keypoints': list(face.keypoints),
                'expression': face.expression, 'confidence': face.confidence, 'probabilities': list(face.probabilities),
                'arousal': face.arousal, 'valence': face.valence, 'length': face.sequence_length,
            } for face in message.faces],
        })
        with self.answers:
            self.answered.append(nanoseconds(message.header.stamp))
            self.answers.notify_all()

    def wait_for_answers(self, first, count, seconds):
        """Waits until so many pictures with this stamp or a later one have been answered; whether they have."""
        with self.answers:
            return self.answers.wait_for(lambda: sum(stamp >= first for stamp in self.answered) >= count, seconds)

    def start_camera(self, topic, reliable=True, compressed=False):
        if self.camera is not None:
            self.node.destroy_publisher(self.camera)
        self.camera = self.node.create_publisher(CompressedImage if compressed else Image, topic, qos(5, reliable))
        end = time.monotonic() + LONG
        # One that has just gone may be known still.
        while self.camera.get_subscription_count() != 1 and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.3)
        return {'subscriptions': self.camera.get_subscription_count()}

    def stop_camera(self):
        self.node.destroy_publisher(self.camera)
        self.camera = None
        return {}

    def play(self, file, frame, width, height, encoding='bgr8', fps=30.0, seconds=None):
        """
        Publishes the pictures of a file of raw pixels, one after the other; the last is held until the time is over.

        Begins when the node has answered to the first picture. Time is that of the stamps: where the node cannot keep up, the
        film runs slower, and the node sees the same pictures.
        """
        pictures = read_pictures(file, width, height)
        message = Image(width=width, height=height, step=width * 3, encoding=encoding)
        with self.answers:
            self.answered.clear()
        message.data = pictures[0]
        stamps = [self.publish(message, frame)]
        end = time.monotonic() + LONG
        while not self.wait_for_answers(stamps[0], 1, 0.2) and time.monotonic() < end:
            stamps.append(self.publish(message, frame))
        start = time.monotonic()
        first = self.node.get_clock().now().nanoseconds
        film = []
        number = 0
        while number < max(len(pictures), int((seconds or 0) * fps)) or (
                not self.wait_for_answers(film[len(pictures) - 1], ENOUGH, 0) and time.monotonic() < end):
            if number >= AHEAD:
                self.wait_for_answers(film[number - AHEAD], 1, PATIENCE)
            ahead = start + number / fps - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
            else:
                # What is late is not made up for in a burst, of which the node would take the last picture only.
                start -= ahead
            message.data = pictures[min(number, len(pictures) - 1)]
            film.append(self.publish(message, frame, first + int(number * 1e9 / fps)))
            number += 1
        self.wait_for_answers(film[-1], 1, PATIENCE)
        return {'stamps': stamps + film, 'last_new': film[len(pictures) - 1]}

    def start_film(self, file, frame, width, height, encoding='bgr8', fps=30.0):
        """Publishes the pictures of a file of raw pixels again and again, until stop_film; slower where the node cannot keep up."""
        pictures = read_pictures(file, width, height)
        end = threading.Event()
        with self.answers:
            self.answered.clear()

        def run():
            start = time.monotonic()
            number = 0
            stamps = []
            while not end.is_set():
                if number >= AHEAD:
                    self.wait_for_answers(stamps[-AHEAD], 1, PATIENCE)
                ahead = start + number / fps - time.monotonic()
                if ahead > 0:
                    time.sleep(ahead)
                else:
                    # A machine that cannot keep up shows fewer pictures, not all of them in a burst.
                    start -= ahead
                message = Image(width=width, height=height, step=width * 3, encoding=encoding, data=pictures[number % len(pictures)])
                stamps.append(self.publish(message, frame))
                number += 1

        thread = threading.Thread(target=run, daemon=True)
        self.film = (end, thread)
        thread.start()
        return {}

    def stop_film(self):
        end, thread = self.film
        end.set()
        thread.join()
        self.film = None
        return {}

    def bad(self, frame, times=3, size=0, **fields):
        """Publishes a picture as described, right or wrong, with so many octets, some times."""
        for _ in range(times):
            self.publish(Image(data=array.array('B', bytes(size)), **fields), frame)
            time.sleep(0.05)
        return {}

    def files(self, frame, files, cut=None, times=3):
        """Publishes files, or their first octets, as compressed pictures."""
        for number in range(times):
            with open(files[number % len(files)], 'rb') as stream:
                data = stream.read()[:cut]
            self.publish(CompressedImage(format='jpeg', data=array.array('B', data)), frame)
            time.sleep(0.05)
        return {}

    def publish(self, message, frame, stamp=None):
        """Publishes a picture with a stamp in nanoseconds, or that of the clock; returns it."""
        stamp = stamp or self.node.get_clock().now().nanoseconds
        message.header.stamp = Time(nanoseconds=stamp).to_msg()
        message.header.frame_id = frame
        self.camera.publish(message)
        return stamp

    def graph(self, node, topic):
        """What is known once the node and its publisher are there."""
        end = time.monotonic() + LONG
        while time.monotonic() < end and not (
                node in [name for name, _ in self.node.get_node_names_and_namespaces()] and self.node.get_publishers_info_by_topic(topic)):
            time.sleep(0.05)
        time.sleep(1)
        return {
            'nodes': sorted(space.rstrip('/') + '/' + name for name, space in self.node.get_node_names_and_namespaces()),
            'topics': {name: types for name, types in self.node.get_topic_names_and_types()},
            'qos': [[p.qos_profile.reliability.name, p.qos_profile.durability.name] for p in self.node.get_publishers_info_by_topic(topic)],
        }

    def parameters(self, node, names):
        client = self.node.create_client(GetParameters, node + '/get_parameters')
        if not client.wait_for_service(LONG):
            return {'values': None}
        done = threading.Event()
        future = client.call_async(GetParameters.Request(names=names))
        future.add_done_callback(lambda _: done.set())
        if not done.wait(LONG):
            return {'values': None}
        values = future.result().values
        return {'values': [{1: v.bool_value, 2: v.integer_value, 3: v.double_value, 4: v.string_value}.get(v.type) for v in values]}


def main():
    name, affect = sys.argv[1:]
    rclpy.init(args=[])
    node = rclpy.create_node(name)
    robot = Robot(node)
    robot.hear(affect)
    threading.Thread(target=rclpy.spin, args=(node,), daemon=True).start()
    say(done='start')
    for line in sys.stdin:
        order = json.loads(line)
        do = order.pop('do')
        try:
            say(done=do, **getattr(robot, do)(**order))
        except Exception as error:  # What went wrong is told to the test.
            say(done=do, error=repr(error))


if __name__ == '__main__':
    main()
