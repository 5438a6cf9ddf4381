#!/bin/sh
# Runs the benchmarks that take minutes, or the one that the arguments name (poster takes long).
set -eu
. "$(dirname "$0")/environment.sh"
dotnet build bench/DreamFarm.Bench -c Release -v q -nologo
bench() { dotnet bench/DreamFarm.Bench/bin/Release/net10.0/DreamFarm.Bench.dll "$@"; }
if [ $# -gt 0 ]; then
    bench "$@"
else
    for name in gradients merge farm size; do bench "$name"; done
fi
