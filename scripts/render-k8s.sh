#!/bin/sh
# render-k8s.sh [FOLDER [VALUES]]: renders helm/dreamfarm into k8s/, or another folder, with its default values, or other whole ones. With
# helm, or else with kubectl, whose output templates are of the same engine: the chart uses nothing beyond it.
set -eu
. "$(dirname "$0")/environment.sh"

out=${1:-k8s}
chart=helm/dreamfarm
values=${2:-$chart/values.yaml}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if command -v helm >/dev/null; then
    render() { helm template dreamfarm "$chart" -f "$values" --show-only "templates/$1" | sed '/^# Source: /d'; }
elif command -v kubectl >/dev/null; then
    {
        printf 'apiVersion: dreamfarm/v1\nkind: Input\nmetadata: {name: input}\n'
        printf 'Release: {Name: dreamfarm, Service: Helm, Namespace: default}\n'
        sed -n 's/^name: \(.*\)/Chart:\n  Name: \1/p; s/^appVersion: \(.*\)/  AppVersion: \1/p' "$chart/Chart.yaml"
        printf 'Values:\n'
        sed 's/^/  /' "$values"
    } >"$work/input.yaml"
    render() {
        cat "$chart/templates/_helpers.tpl" "$chart/templates/$1" >"$work/template"
        kubectl label --local -f "$work/input.yaml" rendered=yes -o go-template-file="$work/template"
    }
else
    fail "neither helm nor kubectl is there to render $chart"
fi

mkdir -p "$out"
for template in serviceaccount services coordinator workers; do
    {
        echo "# Rendered from $chart by scripts/render-k8s.sh; change that, not this."
        render "$template.yaml" | sed '/./,$!d'
    } >"$work/manifest"
    mv "$work/manifest" "$out/$template.yaml"
done
say "$out/ is rendered."
