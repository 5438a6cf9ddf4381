#!/bin/sh
# Runs the benchmarks; arguments choose some of them.
set -eu
. "$(dirname "$0")/environment.sh"
exec dotnet run --project bench/DreamFarm.Bench -c Release -- "$@"
