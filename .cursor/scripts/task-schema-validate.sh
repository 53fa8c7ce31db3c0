#!/bin/bash
# evt 0.1.0, written by evt init
# Checks task files: bash .cursor/scripts/task-schema-validate.sh tasks/*.json  (the default)
# Prints one line per file, "✓ Valid task schema: FILE" or what is wrong with it; exit 0 if all are
# valid, else 1. Needs evt (see evt-run.sh) and nothing else.

here=${0%/*}
[ "$here" = "$0" ] && here=.

[ $# -eq 0 ] && set -- tasks/*.json
if ! evt=$(. "$here/evt-run.sh" --where); then
    echo "evt was not found: pip install evtlog, or set EVT_BIN" >&2
    exit 1
fi
status=0
for file in "$@"; do
    if error=$("$evt" schema task --check "$file" 2>&1); then
        echo "✓ Valid task schema: $file"
    else
        echo "✗ $file: ${error#evt: }"
        status=1
    fi
done
exit $status
