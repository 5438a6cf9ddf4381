#!/bin/sh
# The fault test in its long form: DREAMFARM_FAULTS faults in the clear and as many over TLS (default 250), by the schedule of
# DREAMFARM_SEED (default 1).
set -u
. "$(dirname "$0")/environment.sh"
[ -e families.props ] || fail "run \`make setup\` first"

dotnet build tests/DreamFarm.Farm.Tests -c Release -v q -nologo || fail "the build failed"
DREAMFARM_FAULTS=${DREAMFARM_FAULTS:-250} exec dotnet tests/DreamFarm.Farm.Tests/bin/Release/net10.0/DreamFarm.Farm.Tests.dll \
    -noColor -class DreamFarm.Farm.Tests.FaultTests -showLiveOutput
