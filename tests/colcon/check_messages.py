# Copyright The FerRos authors
# SPDX-License-Identifier: Apache-2.0
"""
Checks that ferros_msgs as built by colcon has exactly the fields, in order, that the documentation promises.

Field order is part of the contract: a peer that was built against another order reads garbage without an error.
"""

import sys

from rclpy.serialization import deserialize_message, serialize_message

import ferros_msgs.msg
import ferros_msgs.srv

OUTCOME = 'success:boolean message:string'
EXPECTED = {
    'msg/FaceAffect':
        'face_id:string person_id:string adapted:boolean roi:sensor_msgs/RegionOfInterest detection_confidence:float '
        'keypoints:sequence<float> expression:string confidence:float probabilities:sequence<float> arousal:float '
        'valence:float sequence_length:uint8',
    'msg/FaceAffectArray':
        'header:std_msgs/Header model:string classes:sequence<string> faces:sequence<ferros_msgs/FaceAffect> '
        'latency:builtin_interfaces/Duration',
    'msg/PersonInfo':
        'person_id:string samples:uint32 expressions:sequence<string> adapted:builtin_interfaces/Time active:boolean',
    'msg/AdaptationStatus':
        'stamp:builtin_interfaces/Time person_id:string state:uint8 collected:uint32 requested:uint32 step:uint32 '
        'steps:uint32 loss:float message:string',
    'srv/Adapt_Request':
        'person_id:string face_id:string expression:string has_affect:boolean arousal:float valence:float '
        'frames:uint32 timeout:builtin_interfaces/Duration',
    'srv/Adapt_Response':
        'success:boolean activated:boolean message:string samples:uint32 loss_before:float loss_after:float '
        'accuracy_before:float accuracy_after:float duration:builtin_interfaces/Duration',
    'srv/SelectPerson_Request': 'person_id:string face_id:string',
    'srv/SelectPerson_Response': OUTCOME,
    'srv/ListPersons_Request': '',
    'srv/ListPersons_Response': 'persons:sequence<ferros_msgs/PersonInfo>',
    'srv/ForgetPerson_Request': 'person_id:string',
    'srv/ForgetPerson_Response': OUTCOME,
    'srv/UndoAdaptation_Request': 'person_id:string',
    'srv/UndoAdaptation_Response': OUTCOME,
}
CONSTANTS = {'IDLE': 0, 'COLLECTING': 1, 'TRAINING': 2, 'DONE': 3, 'FAILED': 4}


def class_of(name):
    """Find the Python class of an interface's part."""
    kind, _, type_name = name.partition('/')
    if kind == 'msg':
        return getattr(ferros_msgs.msg, type_name)
    service, _, part = type_name.partition('_')
    return getattr(getattr(ferros_msgs.srv, service), part)


def fields_of(message_type):
    """List the fields in order, each with its type."""
    return ' '.join(f'{name}:{kind}' for name, kind in message_type.get_fields_and_field_types().items()
                    if name != 'structure_needs_at_least_one_member')


def main():
    """Compare every interface; return the number of differences."""
    wrong = 0
    for name, expected in EXPECTED.items():
        found = fields_of(class_of(name))
        if found != expected:
            print(f'{name}\n  expected {expected}\n  found    {found}')
            wrong += 1
    found = {key: getattr(ferros_msgs.msg.AdaptationStatus, key, None) for key in CONSTANTS}
    if found != CONSTANTS:
        print(f'msg/AdaptationStatus: the states are {found}, expected {CONSTANTS}')
        wrong += 1

    # The type support of the sourced middleware loads and carries a message there and back.
    affect = ferros_msgs.msg.FaceAffectArray(model='m', classes=['neutral'])
    affect.faces = [ferros_msgs.msg.FaceAffect(face_id='f3k9a', arousal=0.5, probabilities=[1.0])]
    if deserialize_message(serialize_message(affect), ferros_msgs.msg.FaceAffectArray) != affect:
        print('msg/FaceAffectArray: what was serialized is not what came back')
        wrong += 1
    return wrong


if __name__ == '__main__':
    sys.exit(min(main(), 1))
