"""rclpy's subscription, measured as Receiving.cs measures ours: receive.py TOPIC PICTURES."""
import json
import sys
import time

import rclpy
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image

WARM_UP = 90
topic, pictures = sys.argv[1], int(sys.argv[2])
latencies = []
heard = first = last = 0
processor = 0.0


def picture(message):
    global heard, first, last, processor
    now = time.time_ns()
    index = heard - WARM_UP
    heard += 1
    if index >= pictures:
        return
    if index == -1:
        first = int(message.header.frame_id) + 1
        processor = time.process_time()
    if index < 0:
        return
    latencies.append(now - message.header.stamp.sec * 1_000_000_000 - message.header.stamp.nanosec)
    last = int(message.header.frame_id)
    if index == pictures - 1:
        processor = time.process_time() - processor


rclpy.init()
node = rclpy.create_node('benchmark_viewer')
subscription = node.create_subscription(Image, topic, picture, QoSProfile(depth=5))
executor = rclpy.executors.SingleThreadedExecutor()
executor.add_node(node)
while len(latencies) < pictures:
    executor.spin_once()
print(json.dumps({'latencies': latencies, 'processor': processor, 'allocated': None, 'lost': last - first + 1 - pictures}))
