"""The other side of the tests: a plain rclpy node. Prints one JSON object a line; ends when its input ends, with the tests."""
import array
import json
import os
import sys
import threading
import time

import rclpy
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from std_msgs.msg import String


# Less than the tests wait for a line: what is missing is told.
PATIENCE = 100


def say(**values):
    print(json.dumps(values), flush=True)


def qos(depth=10, transient_local=False):
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=depth, reliability=ReliabilityPolicy.RELIABLE,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if transient_local else DurabilityPolicy.VOLATILE)


def listen(node, topic, transient_local='0'):
    node.create_subscription(String, topic, lambda message: say(text=message.data), qos(10, transient_local == '1'))
    say(ready=True)
    rclpy.spin(node)


def talk(node, topic, *texts):
    publisher = node.create_publisher(String, topic, qos(10, True))
    for text in texts:
        publisher.publish(String(data=text))
    say(ready=True)
    rclpy.spin(node)


def images_in(node, topic, count):
    started = []
    received = []
    damaged = []

    def take(message):
        number = message.header.stamp.sec
        if number < 0:
            # Sent until somebody hears it; the film begins after that.
            if not started:
                started.append(True)
                say(started=True)
            return
        received.append(number)
        value = number & 0xff
        if len(message.data) != message.step * message.height or message.data[0] != value or message.data[-1] != value:
            damaged.append(number)

    # A history as long as the film: what a loaded machine handles late is not lost.
    node.create_subscription(Image, topic, take, qos(int(count)))
    say(ready=True)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and (not received or received[-1] < int(count) - 1):
        rclpy.spin_once(node, timeout_sec=0.1)
    say(received=len(received), distinct=len(set(received)), damaged=len(damaged), ordered=received == sorted(received))


def images_out(node, topic, count, fps, width, height):
    publisher = node.create_publisher(Image, topic, qos(int(count)))
    width, height = int(width), int(height)
    message = Image(height=height, width=width, encoding='rgb8', step=width * 3)
    message.header.frame_id = 'camera'
    say(ready=True)
    # The first sample after a match is lost to volatile readers of Cyclone: they synchronise with a writer of Fast DDS by
    # its next heartbeat, which comes with that sample and counts it as past. The film begins when the other side hears us.
    go = []
    node.create_subscription(String, topic + '_go', go.append, qos(1, True))
    message.header.stamp.sec = -1
    message.data = array.array('B', bytes(width * height * 3))
    while not go:
        publisher.publish(message)
        rclpy.spin_once(node, timeout_sec=0.2)
    start = time.monotonic()
    for number in range(int(count)):
        ahead = start + number / float(fps) - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        message.header.stamp.sec = number
        message.data = array.array('B', bytes([number & 0xff]) * (width * height * 3))
        publisher.publish(message)
    say(sent=int(count))

    # What is not acknowledged yet would go with the publisher.
    rclpy.spin(node)


def graph(node, wanted, topic):
    """Waits until the node `wanted` and a publisher and a subscription on `topic` are known, then tells what it sees."""
    node.create_publisher(String, 'from_rclpy', 10)
    node.create_subscription(String, 'to_rclpy', lambda _: None, 10)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        names = [name for name, _ in node.get_node_names_and_namespaces()]
        publishers = node.get_publishers_info_by_topic(topic)
        subscriptions = node.get_subscriptions_info_by_topic(topic)
        if wanted in names and publishers and subscriptions:
            time.sleep(0.5)
            break
        rclpy.spin_once(node, timeout_sec=0.05)
    publishers = node.get_publishers_info_by_topic(topic)
    subscriptions = node.get_subscriptions_info_by_topic(topic)
    say(nodes=sorted(f'{space} {name}' for name, space in node.get_node_names_and_namespaces()),
        topics={name: types for name, types in node.get_topic_names_and_types()},
        publisher=[f'{p.node_namespace} {p.node_name} {p.topic_type} RIHS01_{bytes(p.topic_type_hash.value).hex()} {p.qos_profile.reliability.name}' for p in publishers],
        subscription=[f'{s.node_namespace} {s.node_name} {s.qos_profile.durability.name}' for s in subscriptions])
    rclpy.spin(node)


def end_with_input():
    sys.stdin.read()
    os._exit(1)


def main():
    threading.Thread(target=end_with_input, daemon=True).start()
    role, name, *arguments = sys.argv[1:]
    rclpy.init(args=[])
    node = rclpy.create_node(name)
    try:
        {'listen': listen, 'talk': talk, 'images_in': images_in, 'images_out': images_out, 'graph': graph}[role](node, *arguments)
    except KeyboardInterrupt:
        pass


if __name__ == '__main__':
    main()
