"""An rclpy node that the tests talk to: an order and its arguments in argv, one JSON object a line out."""

import hashlib
import json
import os
import sys
import threading
import time

import rclpy
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from std_msgs.msg import String
from std_srvs.srv import Empty, SetBool, Trigger


# In seconds; less than the tests wait for a line.
PATIENCE = 100.0


def tell(**what):
    print(json.dumps(what), flush=True)


def profile(text):
    """reliable|best_effort,volatile|transient_local,depth"""
    reliability, durability, depth = text.split(",")
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=int(depth),
        reliability=ReliabilityPolicy[reliability.upper()],
        durability=DurabilityPolicy[durability.upper()],
    )


def image(number, width, height):
    message = Image()
    message.header.stamp.sec = number
    message.header.frame_id = "camera"
    message.height, message.width = height, width
    message.encoding = "rgb8"
    message.step = width * 3
    message.data = bytes([number % 256]) * (width * height * 3)
    return message


def hear_strings(node, topic, qos):
    node.create_subscription(String, topic, lambda m: tell(heard=m.data), profile(qos))
    tell(ready=True)
    rclpy.spin(node)


def say_strings(node, topic, qos, *texts):
    """Publishes the texts round and round, so that whoever joins hears them."""
    publisher = node.create_publisher(String, topic, profile(qos))
    tell(ready=True)
    while True:
        for text in texts:
            publisher.publish(String(data=text))
            time.sleep(0.02)


def say_once(node, topic, qos, *texts):
    publisher = node.create_publisher(String, topic, profile(qos))
    for text in texts:
        publisher.publish(String(data=text))
    tell(ready=True)
    rclpy.spin(node)


def hear_images(node, topic, qos):
    def heard(m):
        tell(number=m.header.stamp.sec, size=len(m.data), sha256=hashlib.sha256(m.data).hexdigest(), encoding=m.encoding, width=m.width)

    node.create_subscription(Image, topic, heard, profile(qos))
    tell(ready=True)
    rclpy.spin(node)


def say_images(node, topic, qos, width, height, rate, wait_for_match="yes", count="endless"):
    publisher = node.create_publisher(Image, topic, profile(qos))
    tell(ready=True)
    while wait_for_match == "yes" and publisher.get_subscription_count() == 0:
        time.sleep(0.01)
    pictures = [image(n, int(width), int(height)) for n in range(8)]
    number = 0
    begin = time.monotonic()
    while count == "endless" or number < int(count):
        publisher.publish(pictures[number % 8])
        number += 1
        time.sleep(max(0.0, begin + number / float(rate) - time.monotonic()))
    rclpy.spin(node)


def serve(node, prefix):
    def set_bool(request, response):
        tell(request=request.data)
        response.success = request.data
        response.message = "grüße, 世界: " + ("an" if request.data else "aus")
        return response

    node.create_service(SetBool, prefix + "/set_bool", set_bool)
    node.create_service(Empty, prefix + "/empty", lambda request, response: response)

    # Ready when the client's readers are known here: before that, the RMW drops responses (after 100 ms).
    replies = ["rr" + prefix + name + "Reply" for name in ("/set_bool", "/empty")]
    end = time.monotonic() + PATIENCE
    while not all(node.get_subscriptions_info_by_topic(reply, True) for reply in replies) and time.monotonic() < end:
        time.sleep(0.01)
    tell(ready=True)
    rclpy.spin(node)


def call(node, prefix, times):
    """Calls set_bool with alternating values, then empty once."""
    client = node.create_client(SetBool, prefix + "/set_bool")
    empty = node.create_client(Empty, prefix + "/empty")
    if not client.wait_for_service(PATIENCE) or not empty.wait_for_service(PATIENCE):
        tell(error="service not found")
        return
    for i in range(int(times)):
        future = client.call_async(SetBool.Request(data=i % 2 == 0))
        rclpy.spin_until_future_complete(node, future, timeout_sec=PATIENCE)
        result = future.result()
        tell(success=result.success, message=result.message) if result else tell(error="no answer")
    future = empty.call_async(Empty.Request())
    rclpy.spin_until_future_complete(node, future, timeout_sec=PATIENCE)
    tell(empty=future.result() is not None)


def graph(node, topic):
    """Tells the graph whenever a line comes in."""
    publisher = node.create_publisher(String, topic + "/from_peer", profile("best_effort,volatile,3"))
    subscription = node.create_subscription(String, topic + "/to_peer", lambda m: None, profile("reliable,transient_local,4"))
    service = node.create_service(Trigger, topic + "/trigger", lambda q, r: r)
    threading.Thread(target=rclpy.spin, args=(node,), daemon=True).start()
    tell(ready=True)
    for _ in sys.stdin:
        infos = node.get_publishers_info_by_topic(topic + "/from_us") + node.get_subscriptions_info_by_topic(topic + "/to_us")
        tell(
            nodes=[f"{ns.rstrip('/')}/{name}" for name, ns in node.get_node_names_and_namespaces()],
            topics={name: types for name, types in node.get_topic_names_and_types()},
            services={name: types for name, types in node.get_service_names_and_types()},
            endpoints=[
                {
                    "node": f"{i.node_namespace.rstrip('/')}/{i.node_name}",
                    "type": i.topic_type,
                    "hash": str(i.topic_type_hash),
                    "reliability": i.qos_profile.reliability.name,
                    "durability": i.qos_profile.durability.name,
                    "gid": bytes(i.endpoint_gid).hex(),
                }
                for i in infos
            ],
        )
    del publisher, subscription, service


def tool(node):
    """Calls, hears and sets what it is told to; see tool.py."""
    import tool as tools

    tools.run(node)


def end_with_input():
    sys.stdin.read()
    os._exit(1)


def main():
    order, *arguments = sys.argv[1:]

    # Input ends with the process of the tests, however that ends: nobody must be left talking in the domain.
    if order not in ("graph", "tool"):
        threading.Thread(target=end_with_input, daemon=True).start()
    rclpy.init()
    node = rclpy.create_node("peer", namespace="/tests")
    try:
        globals()[order](node, *arguments)
    except KeyboardInterrupt:
        pass


main()
