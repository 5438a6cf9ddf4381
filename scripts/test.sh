#!/bin/sh
# Builds everything and runs the test projects one after another (or those named as arguments, such as Imaging). The
# last line is "N passed, N failed", with ", N skipped" behind it if any were.
set -u
. "$(dirname "$0")/environment.sh"
[ -e families.props ] || fail "run \`make setup\` first"

results=artifacts/tests
rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0 skipped=0
# The slowest project takes a fifth of this on two cores.
limit=2700

dotnet build DreamFarm.sln -c Release -v q -nologo || fail "the build failed"

for project in tests/*/*.csproj; do
    name=$(basename "$project" .csproj)
    if [ $# -gt 0 ]; then
        case " $* " in *" $(echo "$name" | sed 's/^DreamFarm\.//; s/\.Tests$//') "*) ;; *) continue ;; esac
    fi
    log=$results/$name.log
    timeout --kill-after=10 $limit dotnet "tests/$name/bin/Release/net10.0/$name.dll" -noColor -longRunning 120 >"$log" 2>&1
    status=$?
    # "Name  Total: 50, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.1s"
    set_counts=$(sed -n 's/.*Total: \([0-9]*\), Errors: \([0-9]*\), Failed: \([0-9]*\), Skipped: \([0-9]*\),.*Time: \(.*\)$/total=\1 errors=\2 bad=\3 left=\4 time=\5/p' "$log" | tail -1)
    if [ -z "$set_counts" ]; then
        # It crashed, or was killed, or has no test.
        total=1 errors=0 bad=1 left=0 time="no summary, exit code $status"
        if [ $status -eq 124 ] || [ $status -eq 137 ]; then
            stuck=$(sed -n "s/.*\[Long Running Test\] '\(.*\)', Elapsed.*/\1/p" "$log" | tail -1)
            echo "    ${stuck:-$name} [FAIL]: it still ran when $name was killed, as after $limit s" >>"$log"
        fi
    else
        eval "$set_counts"
        bad=$((bad + errors))
        total=$((total + errors))
        [ $status -eq 0 ] || [ $bad -gt 0 ] || { bad=1 total=$((total + 1)); }
    fi
    [ $bad -eq 0 ] || cat "$log"
    passed=$((passed + total - bad - left)) failed=$((failed + bad)) skipped=$((skipped + left))
    echo "$name: $((total - bad - left)) passed, $bad failed, $left skipped ($time)"
    # What was not shown is said.
    [ $left -eq 0 ] || grep -F '[SKIP]' -A 1 "$log" | sed 's/^/    /'
done

[ $skipped -eq 0 ] || echo "$skipped skipped"
# Whoever sees only the end of the output learns which, and why.
[ $failed -eq 0 ] || grep -hF '[FAIL]' -A 6 "$results"/*.log
echo "$passed passed, $failed failed" | tee "$results/summary"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
