"""What `evt doctor` finds in allowlists of hosts: may chats run evt, may they delete the log?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase

from evt.cli.hosts import install
from evt.cli.hosts.checkup import Finding, finding
from evt.cli.hosts.jsonc import NotJson, Text

ALLOWLISTS = {
    "cursor": (".cursor/permissions.json",),
    "claude": (".claude/settings.json", ".claude/settings.local.json"),
    "codex": (),
}
CLEANING = ("git clean -fdx", "git clean -xdf", "git clean -f -d -x", "git clean")


def of_allowlists(root: str) -> Iterator[Finding]:
    """Whether any list lets chats delete the log; those of hosts that evt is not set up for too."""
    for host, paths in ALLOWLISTS.items():
        for path in paths:
            for entry in _entries(root, path):
                if any(_allows(host, entry, command) for command in CLEANING):
                    said = f"{path} lets chats run {entry!r}: git clean -fdx deletes the log"
                    yield finding("error", "git_clean", said, f"take it out of {path}")


def asks(root: str, host: str) -> bool:
    """Whether the host asks before each evt command, as far as its files say."""
    entries = [entry for path in ALLOWLISTS[host] for entry in _entries(root, path)]
    return bool(ALLOWLISTS[host]) and not any(
        _allows(host, entry, "evt next --as worker-A") for entry in entries
    )


def _entries(root: str, path: str) -> list[str]:
    try:
        text = install.read(os.path.join(root, path))
        value = Text(text.removeprefix(install.BOM)).root.value if text else {}
    except (NotJson, UnicodeDecodeError, OSError):
        return []
    return list(_texts(_lists(value)))


def _allows(host: str, entry: str, command: str) -> bool:
    """Whether an entry covers a command: in Cursor by its beginning, else by a pattern."""
    entry = entry.strip()
    if host == "cursor":
        start = entry.rstrip("*").rstrip()
        return bool(entry) and (command.startswith(start) or start.startswith("git clean "))
    if entry in ("Bash", "*"):
        return True
    if not entry.startswith("Bash("):
        return False
    inner = entry.removeprefix("Bash(").removesuffix(")").strip()
    pattern = inner.replace(":*", "*")
    return fnmatchcase(command, pattern) or fnmatchcase(command + " ", pattern)


def _lists(value: object) -> object:
    """The part of a settings file that allows something."""
    if not isinstance(value, dict):
        return []
    permissions = value.get("permissions")
    allowed = permissions.get("allow", []) if isinstance(permissions, dict) else []
    return [value.get("terminalAllowlist", []), allowed]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
