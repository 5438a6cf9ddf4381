#!/bin/sh
# Asks the package feed for each family of packages and writes families.props: official where the family restores,
# standin where it does not.
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

standins=
choose() {
    if restores "$@"; then
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
    say "The package feed lacks these families; their stand-ins are taken:$standins."
else
    say "The package feed carries all families."
fi
