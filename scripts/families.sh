#!/bin/sh
# Asks the package feed for each family of packages and writes families.props: official where the family restores
# and its native library loads, standin where not.
set -eu
. "$(dirname "$0")/environment.sh"

probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT

# restores FAMILY PACKAGE...: whether the official packages of a family, and all they depend on, can be had.
restores() {
    family=$1
    shift
    mkdir "$probe/$family"
    {
        echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework>'
        echo '<ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally><CentralPackageVersionsFileImported>true</CentralPackageVersionsFileImported>'
        echo '</PropertyGroup><ItemGroup>'
        printf '<PackageReference Include="%s" />\n' "$@"
        echo "</ItemGroup><Import Project=\"$PWD/PackageFamilies.targets\" /></Project>"
    } >"$probe/$family/Probe.csproj"
    dotnet restore "$probe/$family/Probe.csproj" >"$probe/$family/log" 2>&1 && return 0
    # A feed that does not answer says nothing about what it carries.
    if grep -q NU1301 "$probe/$family/log"; then
        if [ -e families.props ]; then
            say "The package feed does not answer; families.props stays as it is."
            exit 0
        fi
        grep -m1 NU1301 "$probe/$family/log" >&2
        fail "the package feed does not answer, so it cannot be asked which packages it carries"
    fi
    return 1
}

# loads FAMILY: whether the native library of a family that has one is for this processor, and the system's C++ runtime new enough for it.
loads() {
    case $1 in TorchSharp) ;; *) return 0 ;; esac
    case $(uname -sm) in
    'Linux x86_64') ;;
    Linux*)
        say "$1 has no native library for Linux on this processor, $(uname -m)."
        return 1
        ;;
    esac
    packages=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: *//')
    version=$(sed -n 's|^ *"TorchSharp/\([^"]*\)": {.*|\1|p' "$probe/$1/obj/project.assets.json" | head -1)
    library=$packages/torchsharp/$version/runtimes/linux-x64/native/libLibTorchSharp.so
    if LC_ALL=C ldd "$library" 2>&1 | grep -q 'version .* not found'; then
        say "$1 $version needs a newer C++ runtime than this system has."
        return 1
    fi
}

standins=
choose() {
    if restores "$@" && loads "$1"; then
        echo "    <${1}Family>official</${1}Family>"
    else
        standins="$standins $1"
        echo "    <${1}Family>standin</${1}Family>"
    fi
}

{
    echo "<Project>"
    echo "  <PropertyGroup>"
    choose Grpc Grpc.AspNetCore Grpc.AspNetCore.HealthChecks Grpc.AspNetCore.Server.Reflection Grpc.Core.Api Grpc.Net.Client Google.Protobuf
    choose Orleans Microsoft.Orleans.Server
    choose TorchSharp TorchSharp-cpu
    choose NetVips NetVips
    echo "  </PropertyGroup>"
    echo "</Project>"
} >"$probe/families.props"

# An unchanged file keeps its date, and builds stay incremental.
cmp -s "$probe/families.props" families.props || cp "$probe/families.props" families.props
if [ -n "$standins" ]; then
    say "Of these families stand-ins are taken, as the package feed lacks them or they do not run here:$standins."
else
    say "The package feed carries all families."
fi
