# Sourced by the other scripts: what dotnet needs where the environment says nothing, as under `env -i`.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
export PATH="${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}"
cd "$(dirname "$0")/.."

# Without a home folder, what dotnet and NuGet keep goes under artifacts/.
if [ -z "${HOME:-}" ] || [ ! -w "$HOME" ]; then
    export HOME="$PWD/artifacts/home"
    mkdir -p "$HOME"
fi

say() { echo "$*" >&2; }

fail() {
    say "$0: $*"
    exit 1
}

command -v dotnet >/dev/null || fail "dotnet is missing: install the .NET 10 SDK (https://dotnet.microsoft.com/download)"
case $(dotnet --version) in
1[0-9].*) ;;
*) fail "the .NET SDK is $(dotnet --version): version 10 or later is needed" ;;
esac
