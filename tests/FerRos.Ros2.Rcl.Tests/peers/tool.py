"""What ros2's command-line tools do, in one rclpy node: calls any service, hears any topic, works on parameters.

Takes one JSON object a line on standard input, {"do": ..., ...}, and answers each with one on standard output:
{"answer": ...} or {"error": ...}. Times out after PATIENCE seconds, with an error.
"""

import array
import importlib
import json
import sys
import threading
import time

import rclpy
from rclpy.executors import MultiThreadedExecutor
from rclpy.lifecycle import LifecycleNode, TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.parameter_client import AsyncParameterClient
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy

PATIENCE = 100.0
# Until a question is asked again.
ANSWER = 5.0


def load(name):
    """The class of package/kind/Name."""
    package, kind, cls = name.split("/")
    return getattr(importlib.import_module(f"{package}.{kind}"), cls)


def plain(value):
    """A message as what JSON knows; of very long arrays, such as pixels, their length."""
    if hasattr(value, "get_fields_and_field_types"):
        return {field: plain(getattr(value, field)) for field in value.get_fields_and_field_types()}
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, array.array) and len(value) > 4096:
        return {"length": len(value)}
    if isinstance(value, (list, tuple, array.array)):
        return [plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


def fill(message, values):
    """Sets fields from what JSON gave."""
    for field, value in values.items():
        if isinstance(value, dict):
            fill(getattr(message, field), value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            package, cls = message.get_fields_and_field_types()[field].removeprefix("sequence<").split(">")[0].split("/")
            setattr(message, field, [fill(load(f"{package}/msg/{cls}")(), item) for item in value])
        else:
            setattr(message, field, value)
    return message


class Managed(LifecycleNode):
    """A managed node whose callbacks answer what they are told to, one after the other."""

    def __init__(self, name, results):
        super().__init__(name, namespace="/tests")
        self.results = results

    def next(self, _):
        result = self.results.pop(0)
        if result == "THROW":
            raise RuntimeError("as told")
        return getattr(TransitionCallbackReturn, result)

    on_configure = on_cleanup = on_activate = on_deactivate = on_shutdown = on_error = next


class Tool:
    def __init__(self, node):
        self.node = node
        self.executor = MultiThreadedExecutor(4)
        self.executor.add_node(node)
        self.messages = {}
        self.clients = {}
        self.parameter_clients = {}
        self.managed = None
        threading.Thread(target=self.executor.spin, daemon=True).start()

    def wait(self, condition, what):
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(what)
            time.sleep(0.005)

    def result(self, future, what):
        done = threading.Event()
        future.add_done_callback(lambda _: done.set())
        if not done.wait(PATIENCE):
            raise TimeoutError(what)
        return plain(future.result())

    def ask(self, question, what):
        """Asks what changes nothing, and again where no answer comes: a server drops answers to clients that it finds too late."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            done = threading.Event()
            future = question()
            future.add_done_callback(lambda _: done.set())
            if done.wait(ANSWER):
                return plain(future.result())
        raise TimeoutError(what)

    def prepare(self, type, name):
        """Makes the client of a service and waits until the service is there."""
        client = self.clients.get(name)
        if client is None:
            client = self.clients[name] = self.node.create_client(load(type), name)
        self.wait(client.service_is_ready, f"no service {name}")
        return {}

    def call(self, type, name, request=None, again=False):
        """Calls a service once it is there; where it may be asked again, until it answers."""
        self.prepare(type, name)
        client, service = self.clients[name], load(type)
        if again:
            return self.ask(lambda: client.call_async(fill(service.Request(), request or {})), f"no answer from {name}")
        return self.result(client.call_async(fill(service.Request(), request or {})), f"no answer from {name}")

    def hear(self, type, topic, depth=100, reliable=True, latched=False):
        """Listens from now on; returns once a publisher is there."""
        heard = self.messages.setdefault(topic, [])
        qos = QoSProfile(
            history=HistoryPolicy.KEEP_LAST, depth=depth,
            reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
            durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE)
        self.node.create_subscription(load(type), topic, lambda message: heard.append(plain(message)), qos)
        self.wait(lambda: self.node.count_publishers(topic) > 0, f"no publisher on {topic}")
        time.sleep(0.3)
        return {}

    def heard(self, topic, count=1):
        """All that was heard, once there is so much of it, and forgets it."""
        messages = self.messages[topic]
        self.wait(lambda: len(messages) >= count, f"{len(messages)} of {count} messages on {topic}")
        time.sleep(0.2)
        taken = messages[:]
        del messages[:len(taken)]
        return taken

    def parameters(self, node, method, **arguments):
        """A method of rclpy's parameter client; parameters to set are {name: value}."""
        client = self.parameter_clients.get(node)
        if client is None:
            client = self.parameter_clients[node] = AsyncParameterClient(self.node, node)
            self.wait(client.services_are_ready, f"no parameter services of {node}")
            # The last of its clients: who answers it has found all of them, and what was made before.
            self.ask(lambda: client.set_parameters_atomically([]), f"no answer from {node}")
        if "parameters" in arguments:
            arguments["parameters"] = [Parameter(name, value=value) for name, value in arguments["parameters"].items()]
        return self.result(getattr(client, method)(**arguments), f"no answer to {method}")

    def endpoints(self, topic):
        """QoS of the publishers and subscriptions on a topic, times in nanoseconds."""
        def policies(info):
            qos = info.qos_profile
            return {
                "node": info.node_name, "reliability": qos.reliability.name, "durability": qos.durability.name, "liveliness": qos.liveliness.name,
                "deadline": qos.deadline.nanoseconds, "lifespan": qos.lifespan.nanoseconds, "lease": qos.liveliness_lease_duration.nanoseconds}
        return {
            "publishers": [policies(info) for info in self.node.get_publishers_info_by_topic(topic)],
            "subscriptions": [policies(info) for info in self.node.get_subscriptions_info_by_topic(topic)]}

    def graph(self):
        return {
            "nodes": sorted(f"{space.rstrip('/')}/{name}" for name, space in self.node.get_node_names_and_namespaces()),
            "topics": dict(self.node.get_topic_names_and_types()),
            "services": dict(self.node.get_service_names_and_types())}

    def manage(self, name, results):
        """Starts a managed node of rclpy's own, whose callbacks give these results; the one before goes."""
        if self.managed is not None:
            self.executor.remove_node(self.managed)
            self.managed.destroy_node()
        self.managed = Managed(name, results)
        self.executor.add_node(self.managed)
        return {}


def run(node):
    tool = Tool(node)
    print(json.dumps({"answer": "ready"}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            said = {"answer": getattr(tool, order.pop("do"))(**order)}
        except Exception as error:  # What went wrong is told to the test.
            said = {"error": repr(error)}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    rclpy.init(args=[])
    run(rclpy.create_node(sys.argv[1]))
