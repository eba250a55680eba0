#!/usr/bin/env bash
# Fetches ONNX Runtime (npm package onnxruntime-node, MIT licence) into node_modules beside this script. Nothing of it is run but
# the library libonnxruntime.so, by the benchmarks and by the tests of the ONNX export.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
command -v npm > /dev/null || { echo "npm is missing: apt-get install npm" >&2; exit 1; }
npm install --ignore-scripts --no-save --no-audit --no-fund --prefix . onnxruntime-node@1.30.0
find node_modules/onnxruntime-node/bin -name 'libonnxruntime.so*' -path '*linux*'
