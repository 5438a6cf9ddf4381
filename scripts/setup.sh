#!/bin/sh
# Installs what is missing, chooses the families of packages, builds, and leaves bin/dreamfarm.
set -eu
. "$(dirname "$0")/environment.sh"

scripts/families.sh

missing=
# needs PACKAGE COMMAND...: notes a Debian package that the command does not find.
needs() {
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
library() { ldconfig -p | grep -q "$1" || ls /usr/lib/*/"$1" /usr/local/lib/"$1"; }
libtorch() { [ -n "${LIBTORCH:-}" ] || [ -e /usr/include/ATen/ATen.h ]; }
lane_blas() { [ -n "${LIBTORCH:-}" ] || ls /usr/lib/*/openblas-openmp/libopenblas.so.0; }

needs libvips42 library libvips.so.42
if grep -q '<TorchSharpFamily>standin' families.props; then
    needs g++ command -v "${CXX:-g++}"
    needs libtorch-dev libtorch
    # One lane is one thread: the OpenMP build of OpenBLAS keeps to the one that libtorch is told. The serial build takes
    # no locks: lanes that multiply at the same time then spoil each other's products.
    needs libopenblas0-openmp lane_blas
fi
# Keeps the memory of windows, where malloc would fetch it anew from the kernel for each.
needs libjemalloc2 library libjemalloc.so.2
. scripts/packages.sh
install_packages "$missing"

say "Building ..."
rm -rf artifacts/bin
dotnet publish src/DreamFarm.Cli -c Release -o artifacts/bin -v q -nologo
mv artifacts/bin/dreamfarm artifacts/bin/dreamfarm-program
cp scripts/dreamfarm.sh artifacts/bin/dreamfarm
# The old build is replaced at once, so that there is always one that works.
rm -rf bin
mv artifacts/bin bin
say "bin/dreamfarm is ready: try \`make demo\`."
