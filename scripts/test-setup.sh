#!/bin/sh
# Installs what only the tests need: independent implementations to compare with, and a PostgreSQL server.
set -eu
. "$(dirname "$0")/environment.sh"
. scripts/packages.sh

missing=
for module in grpc:python3-grpcio torch:python3-torch numpy:python3-numpy PIL:python3-pil; do
    /usr/bin/python3 -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('${module%%:*}') is None)" 2>/dev/null || missing="$missing ${module##*:}"
done
# What Google's own encoder writes, to read.
[ -x /usr/bin/protoc ] || missing="$missing protobuf-compiler"
# A server is started by the tests themselves.
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
# A clock that a test can move.
ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing="$missing libfaketime"

# offered PACKAGE: whether apt-get could install it.
offered() { LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'; }

# A new container's lists are empty.
[ -z "$missing" ] || offered postgresql || [ "$(id -u)" != 0 ] || apt-get update -q >/dev/null 2>&1 || true
# Ubuntu 24.04 has no PyTorch.
if offered postgresql; then
    wanted=$missing missing=
    for package in $wanted; do
        if offered "$package"; then
            missing="$missing $package"
        else
            say "There is no $package for this system: the tests that need it are skipped, and say so."
        fi
    done
fi
install_packages "$missing"
