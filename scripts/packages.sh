# Sourced. install_packages NAMES: installs Debian packages, or says how.
install_packages() {
    [ -n "$1" ] || return 0
    command -v apt-get >/dev/null || fail "these libraries are missing, under the names they have on Debian:$1"
    [ "$(id -u)" = 0 ] || fail "these packages are missing: run \`sudo apt-get install$1\` and then this again"
    mkdir -p artifacts
    say "Installing$1 ..."
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # a list of names
    { apt-get install -y -q --no-install-recommends $1 || { apt-get update -q && apt-get install -y -q --no-install-recommends $1; }; } >artifacts/apt.log 2>&1 ||
        { tail -5 artifacts/apt.log >&2; fail "apt-get could not install$1 (see artifacts/apt.log)"; }
}
