#!/bin/sh
# Renders the pictures of docs/gallery.md with the very commands that the page shows; `gallery.sh 5a logits` those alone that
# contain one of these words.
set -eu
. "$(dirname "$0")/environment.sh"
log=artifacts/gallery.log
mkdir -p docs/gallery artifacts
commands=$(grep '^bin/dreamfarm render ' docs/gallery.md)
if [ $# -gt 0 ]; then
    words=$(printf '%s\n' "$@")
    commands=$(echo "$commands" | grep -F -e "$words") || fail "no command of docs/gallery.md contains $*"
fi
all=$(echo "$commands" | wc -l)
number=0
echo "$commands" | while IFS= read -r command; do
    number=$((number + 1))
    say "$number of $all: $command"
    # The shell reads the command as it does when somebody copies it from the page.
    eval "$command" </dev/null 2>"$log" || fail "$(tail -n 1 "$log")"
done
say "docs/gallery: $(find docs/gallery -type f | wc -l) pictures, $(du -ck docs/gallery/* | tail -n 1 | cut -f 1) kB"
