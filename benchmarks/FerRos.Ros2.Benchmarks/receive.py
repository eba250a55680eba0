"""rclpy's subscription, measured as Receiving.cs measures ours: receive.py TOPIC PICTURES reliable|best_effort."""
import json
import sys
import time

import rclpy
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image

WARM_UP = 90
topic, pictures, reliability = sys.argv[1], int(sys.argv[2]), sys.argv[3]
latencies = []
first = None
warm = over = False
processor = 0.0


def picture(message):
    global first, warm, over, processor
    now = time.time_ns()
    number = int(message.header.frame_id)
    if first is None:
        first = number + WARM_UP
    if over or number < first:
        return
    over = number >= first + pictures
    if not over:
        latencies.append(now - message.header.stamp.sec * 1_000_000_000 - message.header.stamp.nanosec)
    if over or not warm:
        processor = time.process_time() - processor
    warm = True


rclpy.init()
node = rclpy.create_node('benchmark_viewer')
qos = QoSProfile(depth=5, reliability=ReliabilityPolicy[reliability.upper()])
subscription = node.create_subscription(Image, topic, picture, qos)
executor = rclpy.executors.SingleThreadedExecutor()
executor.add_node(node)
while not over:
    executor.spin_once()
print(json.dumps({'latencies': latencies, 'processor': processor, 'allocated': None}))
