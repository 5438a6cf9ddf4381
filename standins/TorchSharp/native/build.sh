#!/bin/sh
# build.sh OUTPUT: compiles the shim against the system's libtorch, or the one under $LIBTORCH (with include/ and lib/).
# A libtorch built with the old C++ ABI needs LIBTORCH_CXX11_ABI=0.
set -e
output=$1
source=$(dirname "$0")/shim.cpp
if [ -n "$LIBTORCH" ]; then
    flags="-I$LIBTORCH/include -I$LIBTORCH/include/torch/csrc/api/include -L$LIBTORCH/lib -Wl,-rpath,$LIBTORCH/lib"
else
    flags="-I/usr/include/torch/csrc/api/include"
    if [ ! -e /usr/include/ATen/ATen.h ]; then
        echo "The headers of libtorch are missing: install libtorch-dev (make setup does), or set LIBTORCH to an unpacked libtorch." >&2
        exit 1
    fi
fi
mkdir -p "$(dirname "$output")"
# Compiled beside its place and moved there, so that a build that is cut short leaves no half library.
${CXX:-g++} -std=c++17 -O2 -fPIC -shared -fvisibility=hidden "-D_GLIBCXX_USE_CXX11_ABI=${LIBTORCH_CXX11_ABI:-1}" \
    "$source" -o "$output.$$" $flags -Wl,--no-as-needed -ltorch -ltorch_cpu -lc10
mv "$output.$$" "$output"
