#!/bin/sh
# Trains the built-in network from nothing, puts its weights in place of the committed ones, and measures them on pictures
# that the training has not seen. SEED and EPOCHS change the recipe. An interrupted training goes on where it was.
set -eu
. "$(dirname "$0")/environment.sh"
[ -e families.props ] || scripts/families.sh
weights=out/motif.safetensors
commit=$(git rev-parse HEAD)
if [ -n "$(git status --porcelain -- src training standins)" ]; then
    say "$0: there are changes that are not committed; the weights' metadata will say so."
    commit="$commit with changes"
fi
mkdir -p out
dotnet build training/DreamFarm.Motifs -c Release -v q -nologo
# As in dreamfarm.sh: threads that wait without spinning.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-PASSIVE}"
motifs() { dotnet training/DreamFarm.Motifs/bin/Release/net10.0/DreamFarm.Motifs.dll "$@"; }

motifs train -o "$weights" --seed "${SEED:-1}" ${EPOCHS:+--epochs "$EPOCHS"} --commit "$commit"
motifs measure "$weights"
cp "$weights" src/DreamFarm.Networks/Motif/motif.safetensors
say "src/DreamFarm.Networks/Motif/motif.safetensors is new: build again to dream with it."
