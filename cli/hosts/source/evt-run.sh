#!/bin/sh
# Finds evt and runs it: an editor that was started from a menu has not your PATH, and a committed
# file may name no path of your machine. POSIX shell and nothing else: no jq, no coreutils, no PATH
# needed. Without evt it prints {} and exits 0, so that no chat is stopped.
#
#   evt-run.sh hook cursor stop      what hooks.json calls
#   evt-run.sh --where               prints which evt it would run

here=${0%/*}
[ "$here" = "$0" ] && here=.
root=$here/../..

found=
try() {
    [ -z "$found" ] && [ -f "$1" ] && [ -x "$1" ] && found=$1
}

[ -n "$EVT_BIN" ] && try "$EVT_BIN"
try "$root/.venv/bin/evt"
[ -z "$found" ] && found=$(command -v evt 2>/dev/null)
if [ -n "$HOME" ]; then
    data=${XDG_DATA_HOME:-$HOME/.local/share}
    try "$HOME/.local/bin/evt"
    [ -n "$UV_TOOL_BIN_DIR" ] && try "$UV_TOOL_BIN_DIR/evt"
    try "${UV_TOOL_DIR:-$data/uv/tools}/evtlog/bin/evt"
    [ -n "$PIPX_BIN_DIR" ] && try "$PIPX_BIN_DIR/evt"
    try "${PIPX_HOME:-$data/pipx}/venvs/evtlog/bin/evt"
    try "$HOME/.local/pipx/venvs/evtlog/bin/evt"
fi

if [ "$1" = --where ]; then
    [ -n "$found" ] && echo "$found"
    [ -n "$found" ]
    exit
fi
if [ -z "$found" ]; then
    echo "evt was not found: pip install evtlog, or set EVT_BIN" >&2
    echo '{}'
    exit 0
fi
[ "$1" = mcp ] && cd "$root"
exec "$found" "$@"
