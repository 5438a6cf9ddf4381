#!/bin/sh
# Runs the benchmarks, or the one that the arguments name; bench/README.md says what each measures and takes.
set -eu
. "$(dirname "$0")/environment.sh"
dotnet build bench/DreamFarm.Bench -c Release -v q -nologo
# Real weights, where they lie beside the repository.
if [ -z "${DREAMFARM_MODELS:-}" ] && [ -d ../shared/models ]; then
    DREAMFARM_MODELS=$(cd ../shared/models && pwd)
    export DREAMFARM_MODELS
fi
bench() { dotnet bench/DreamFarm.Bench/bin/Release/net10.0/DreamFarm.Bench.dll "$@"; }
if [ $# -gt 0 ]; then
    bench "$@"
else
    for name in gradients schemes tiles merge wire farm size store checkpoint poster; do bench "$name"; done
fi
