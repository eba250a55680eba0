"""Type hashes of a package's interface files, computed by ROS's own tools. Arguments: package folder, package name."""

import json
import pathlib
import sys
import tempfile

import rosidl_adapter
from ament_index_python.packages import get_package_share_directory
from rosidl_generator_type_description import generate_type_hash

folder, package = pathlib.Path(sys.argv[1]), sys.argv[2]
share = pathlib.Path(get_package_share_directory('std_msgs')).parent
with tempfile.TemporaryDirectory() as name:
    output = pathlib.Path(name)
    tuples = []
    for file in sorted([*folder.glob('msg/*.msg'), *folder.glob('srv/*.srv')]):
        relative = file.relative_to(folder)
        rosidl_adapter.convert_to_idl(folder, package, relative, output)
        tuples.append(f'{output}:{relative.with_suffix(".idl")}')
    arguments = output / 'arguments.json'
    arguments.write_text(json.dumps({
        'package_name': package, 'output_dir': str(output), 'idl_tuples': tuples,
        'include_paths': [f'{p.name}:{p}' for p in share.iterdir() if p.is_dir()]}))
    hashes = {}
    for file in generate_type_hash(str(arguments)):
        for entry in json.loads(pathlib.Path(file).read_text())['type_hashes']:
            hashes[entry['type_name']] = entry['hash_string']
print(json.dumps(hashes))
