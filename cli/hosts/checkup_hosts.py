"""What `evt doctor` looks at for each host: texts, hooks, which evt they find, what they did."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

from evt.cli.hosts import install
from evt.cli.hosts.checkup import Finding, finding, ok, run_quietly
from evt.cli.hosts.checkup_lists import ALLOWLISTS, asks, of_allowlists
from evt.cli.hosts.files import CURSOR_EVENTS, RUN, File, Merged, Whole, files
from evt.cli.hosts.jsonc import NotJson, Text
from evt.cli.hosts.patience import proven
from evt.cli.hosts.shapes import HOSTS
from evt.cli.hosts.stamps import version_in
from evt.cli.hosts.version import VERSION
from evt.eventlog.errors import EvtError
from evt.eventlog.log.layout import Layout

FOLDERS = {"cursor": ".cursor", "claude": ".claude", "codex": ".codex"}
NAMES = {"cursor": "Cursor", "claude": "Claude Code", "codex": "Codex"}
# Beyond those that evt uses; a name that Cursor does not know voids the whole file.
KNOWN_TO_CURSOR = {
    *CURSOR_EVENTS, "subagentStart", "subagentStop", "postToolUseFailure", "beforeShellExecution",
    "afterShellExecution", "beforeMCPExecution", "afterMCPExecution", "beforeReadFile",
    "afterAgentResponse", "afterAgentThought", "beforeTabFileRead", "afterTabFileEdit",
}  # fmt: skip
BARE = {"PATH": "/usr/bin:/bin"}  # what an editor may have that was started from a menu
KEPT = ("HOME", "XDG_DATA_HOME")
INSTALL = "pipx install evtlog  (or: uv tool install evtlog; or set EVT_BIN)"


def of_hosts(root: str, evt_folder: str) -> Iterator[Finding]:
    """Everything about the hosts that are set up in a work tree."""
    there = [host for host in HOSTS if any(_is_there(root, file) for file in files(host))]
    if not there:
        yield finding("warning", "no_host", "no chat host is set up in this work tree",
                      "evt init --cursor  # or --claude, --codex")  # fmt: skip
    for host in there:
        yield from _files(root, host)
        yield from _found(root, host)
        yield from _fired(evt_folder, host)
        yield from _waited(evt_folder, host)
        if asks(root, host):
            said = f"{NAMES[host]} asks before each evt command"
            how = f"evt init --{host}  says what to add to {ALLOWLISTS[host][0]}"
            yield finding("warning", "asks", said, how)
    yield from of_allowlists(root)


def _is_there(root: str, file: File) -> bool:
    return isinstance(file, Whole) and os.path.exists(os.path.join(root, file.path))


def _script(host: str) -> str:
    return f"{FOLDERS[host]}/scripts/{RUN}"


def _files(root: str, host: str) -> Iterator[Finding]:
    """Are the files as this evt would write them?"""
    again = f"evt init --{host}"
    bad = 0
    for file in files(host):
        change = install.planned(root, file)
        if change.what == "same":
            continue
        bad += 1
        if change.what == "made":
            yield finding("warning", "missing", f"{file.path} is missing", again)
        elif change.before == change.after and change.what == "changed":
            said = f"{file.path} cannot be run: its hooks fail"
            yield finding("error", "not_executable", said, f"chmod +x {file.path}")
        elif change.what == "kept":
            yield finding("warning", "kept", f"{file.path}: {change.why}", "see docs/hosts")
        else:
            version = version_in(change.before or "")
            old = f" (evt {version}, this is {VERSION})" if version not in (None, VERSION) else ""
            yield finding("warning", "old", f"{file.path} is not what this evt writes{old}", again)
    yield from _hooks(root, host)
    if not bad:
        yield ok("files", f"{NAMES[host]}: texts, hooks and scripts are those of evt {VERSION}")


def _hooks(root: str, host: str) -> Iterator[Finding]:
    """Is there any hook that can fire?"""
    (path,) = (file.path for file in files(host) if isinstance(file, Merged) and _has_hooks(file))
    try:
        text = install.read(os.path.join(root, path)) or "{}"
        hooks = Text(text.removeprefix(install.BOM)).root.get("hooks")
    except (NotJson, UnicodeDecodeError):
        yield finding("error", "not_json", f"{path} is not JSON: no hook fires",
                      f"mend it, or: evt init --{host} --undo, then evt init --{host}")  # fmt: skip
        return
    if hooks is None or not install.is_ours(hooks.value):
        yield finding("error", "no_hooks", f"{path} has no hook of evt", f"evt init --{host}")
        return
    for name, node in zip(hooks.keys or [], hooks.children, strict=False):
        if host != "cursor" or name in KNOWN_TO_CURSOR:
            continue
        said = f"{path} names {name}: a Cursor without it ignores the whole file"
        level = "error" if install.is_ours(node.value) else "warning"
        yield finding(level, "unknown_event", said, f"take {name} out, then: evt init --cursor")


def _has_hooks(file: Merged) -> bool:
    return any(entry.at[:1] == ("hooks",) for entry in file.entries)


def _found(root: str, host: str) -> Iterator[Finding]:
    """Which evt do the hooks find, with hardly any environment, and with this one?"""
    words = ["/bin/sh", os.path.join(root, _script(host)), "--where"]
    bare = {**BARE, **{name: os.environ[name] for name in KEPT if name in os.environ}}
    where = run_quietly(words, root, bare)
    name = NAMES[host]
    if not where:
        where = run_quietly(words, root)
        level = "warning" if where else "error"
        when = "when the editor lacks your PATH" if where else "anywhere"
        yield finding(level, "evt_not_found", f"{name}: its hooks find no evt {when}", INSTALL)
    if not where:
        return
    said = run_quietly([where, "--version"], root) or "nothing"
    if said == f"evt {VERSION}":
        yield ok("found", f"{name}: its hooks find {where}")
        return
    said = f"{where} says {said}, this is evt {VERSION}"
    yield finding("warning", "other_version", said, "keep one evt, or set EVT_BIN")


def _fired(evt_folder: str, host: str) -> Iterator[Finding]:
    """Has a hook of this host left its event in the log?"""
    needle = b'"tags":["chat"],"extra":{"worker":'
    last = b""
    try:
        layout = Layout(evt_folder)
        for segment in layout.segments():
            with open(layout.segment(segment), "rb") as file:
                for line in file:
                    if needle in line and f'"host":"{host}"'.encode() in line:
                        last = line
    except (OSError, EvtError):
        return
    if last:
        event = json.loads(last)
        yield ok(
            "fired", f"{NAMES[host]}: a hook fired when {event['actor']} joined, {event['time']}"
        )
        return
    yield finding("warning", "not_fired", f"{NAMES[host]}: no hook has been seen firing yet",
                  "open a chat, say: Connect as worker; then evt doctor again. If it stays so, "
                  "look at the hooks in the settings of the host")  # fmt: skip


def _waited(evt_folder: str, host: str) -> Iterator[Finding]:
    """How long has this host been seen to let a stop hook wait?"""
    longest, killed = proven(evt_folder, host)
    name = NAMES[host]
    if killed is not None:
        said = f"{name}: a stop hook was killed after {killed:.0f} s of waiting"
        less = max(1, round(killed * 0.8))
        yield finding("warning", "hook_killed", said,
                      f"set EVT_HOOK_WAIT={less} where {name} is started")  # fmt: skip
    if longest:
        yield ok("waited", f"{name}: a stop hook was let wait {longest:.1f} s")
