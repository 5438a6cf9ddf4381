#!/bin/sh
# bin/dreamfarm: starts the program beside it. Where windows are computed, jemalloc takes malloc's place if it is installed:
# it keeps a window's memory for the next one, where malloc hands it back to the kernel and waits for fresh, zeroed pages.
here=$(dirname "$(readlink -f "$0")")
case "${1:-}" in
render | worker)
    if [ -z "${LD_PRELOAD:-}" ]; then
        for library in /usr/lib/*/libjemalloc.so.2 /usr/lib64/libjemalloc.so.2; do
            [ -e "$library" ] || continue
            # Nothing is handed back by itself: idle lanes see to it. Large blocks are kept like small ones.
            export LD_PRELOAD="$library" MALLOC_CONF="${MALLOC_CONF:-dirty_decay_ms:-1,muzzy_decay_ms:-1,oversize_threshold:0}"
            break
        done
    fi
    ;;
train)
    # All processors work on one sum here. Threads that wait for each other by spinning, as is usual, make it ten times slower on a machine
    # that does something else besides.
    export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-PASSIVE}"
    ;;
esac
exec "$here/dreamfarm-program" "$@"
