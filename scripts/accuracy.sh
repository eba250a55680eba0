#!/usr/bin/env bash
# Measures every shipped affect network on FER+ valid and writes the tables of docs/accuracy.md between their markers.
#
#   scripts/accuracy.sh FERPLUS_FOLDER        some minutes on two cores
#
# THREADS=n measures n pictures at the same time; FERROS names another program than ./ferros.
# The rows on CK+ come from docs/accuracy/ckplus/NETWORK.json, which `ferros crossvalidate --out` wrote (copy them there).
# Needs python3. Measurements that are newer than the weights are not repeated; they lie in artifacts/accuracy.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
[ $# -eq 1 ] && [ -f "$1/labels.csv" ] || { echo "usage: scripts/accuracy.sh FERPLUS_FOLDER (with labels.csv, valid/)" >&2; exit 2; }
data=$1
threads=${THREADS:-$(nproc)}
results=$root/artifacts/accuracy
mkdir -p "$results"

# measure NAME WEIGHTS ARGUMENTS...: one evaluation into NAME.json, unless it is there already.
measure() {
    local name=$1 weights=$root/models/$2.safetensors
    shift 2
    [ "$results/$name.json" -nt "$weights" ] && return
    echo "$name" >&2
    ${FERROS:-"$root/ferros"} evaluate --weights "$weights" --data "$data" --dataset ferplus --threads "$threads" --json "$@" < /dev/null > "$results/$name.tmp"
    mv "$results/$name.tmp" "$results/$name.json"
}

while read -r model frame; do
    for protocol in majority crossentropy all; do
        measure "$model.$protocol" "$model" --protocol "$protocol"
    done
    measure "$model.mirrored" "$model" --protocol majority --mirrored
    if [ -n "$frame" ]; then
        measure "$model.films" "$model" --protocol majority --corrupt --frame-weights "$root/models/$frame.safetensors"
    fi
done < <("$root/scripts/accuracy_tables.py" --models)
"$root/scripts/accuracy_tables.py"
