#!/usr/bin/env bash
# Builds the shim and its native test under AddressSanitizer, and runs the test.
exec "$(dirname "${BASH_SOURCE[0]}")/build.sh" --asan
