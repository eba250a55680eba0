"""Serializes and deserializes messages with rclpy, for comparison. One JSON request a line, one JSON answer a line."""

import base64
import importlib
import json
import math
import random
import struct
import sys

from rclpy.serialization import deserialize_message, serialize_message
from rosidl_parser.definition import (
    Array, BasicType, BoundedSequence, BoundedString, NamespacedType, UnboundedSequence, UnboundedString)

INTEGERS = {
    'int8': (-2**7, 2**7 - 1), 'uint8': (0, 2**8 - 1), 'char': (0, 2**8 - 1),
    'int16': (-2**15, 2**15 - 1), 'uint16': (0, 2**16 - 1),
    'int32': (-2**31, 2**31 - 1), 'uint32': (0, 2**32 - 1),
    'int64': (-2**63, 2**63 - 1), 'uint64': (0, 2**64 - 1),
}


def find(name):
    package, category, kind = name.split('/')
    module = importlib.import_module(f'{package}.{category}')
    if category == 'srv':
        service, part = kind.rsplit('_', 1)
        return getattr(getattr(module, service), part)
    return getattr(module, kind)


def find_namespaced(slot):
    return find('/'.join(slot.namespaced_name()))


def fields(cls):
    names = [n[1:] for n in cls.__slots__ if n != '_check_fields']
    return list(zip(names, cls.SLOT_TYPES))


def random_text(rng, most):
    text = ''.join(rng.choice('abcXYZ 0189_/äß€\U0001f600"\\') for _ in range(rng.randrange(0, 12)))
    while len(text.encode()) > most:
        text = text[:-1]
    return text


def random_value(rng, slot, depth):
    if isinstance(slot, BasicType):
        kind = slot.typename
        if kind == 'boolean':
            return rng.random() < 0.5
        if kind == 'octet':
            return bytes([rng.randrange(256)])
        if kind == 'float':
            return struct.unpack('f', struct.pack('f', rng.choice([0.0, -1.5, math.nan, math.inf, rng.uniform(-1e6, 1e6)])))[0]
        if kind == 'double':
            return rng.choice([0.0, -1.5, math.nan, -math.inf, rng.uniform(-1e300, 1e300)])
        low, high = INTEGERS[kind]
        return rng.choice([low, high, rng.randint(low, high)])
    if isinstance(slot, BoundedString):
        return random_text(rng, slot.maximum_size)
    if isinstance(slot, UnboundedString):
        return random_text(rng, 10**9)
    if isinstance(slot, NamespacedType):
        return random_message(rng, find_namespaced(slot), depth + 1)
    if isinstance(slot, Array):
        return [random_value(rng, slot.value_type, depth) for _ in range(slot.size)]
    most = slot.maximum_size if isinstance(slot, BoundedSequence) else 5
    return [random_value(rng, slot.value_type, depth) for _ in range(rng.randrange(0, min(most, 5 if depth < 2 else 2) + 1))]


def random_message(rng, cls, depth=0):
    message = cls()
    for name, slot in fields(cls):
        if name != 'structure_needs_at_least_one_member':
            setattr(message, name, random_value(rng, slot, depth))
    return message


def plain(value, slot):
    if isinstance(slot, (Array, BoundedSequence, UnboundedSequence)):
        return [plain(v, slot.value_type) for v in value]
    if isinstance(slot, NamespacedType):
        return as_json(value)
    if isinstance(slot, BasicType):
        if slot.typename == 'octet':
            return value[0]
        if slot.typename in ('float', 'double'):
            return float(value) if math.isfinite(value) else None
        if slot.typename == 'boolean':
            return bool(value)
        return int(value)
    return str(value)


def as_json(message):
    return {name: plain(getattr(message, name), slot) for name, slot in fields(type(message))
            if name != 'structure_needs_at_least_one_member'}


def answer(request):
    cls = find(request['type'])
    result = {}
    if request['op'] == 'random':
        message = random_message(random.Random(request['seed']), cls)
    elif request['op'] == 'echo':
        message = deserialize_message(base64.b64decode(request['cdr']), cls)
    else:
        message = cls()
        constants = {name: getattr(cls, name) for name in request['constants']}
        result['constants'] = {k: v[0] if isinstance(v, bytes) else v for k, v in constants.items()}
    result['cdr'] = base64.b64encode(bytes(serialize_message(message))).decode()
    result['json'] = as_json(message)
    return result


for line in sys.stdin:
    try:
        print(json.dumps(answer(json.loads(line))), flush=True)
    except Exception as error:  # The test shows it.
        print(json.dumps({'error': f'{type(error).__name__}: {error}'}), flush=True)
