"""Who acts: `--as`, else EVT_AS, else the engineer; a chat that forgot its name is asked."""

from __future__ import annotations

import os

from evt.eventlog.errors import Usage

MARKERS = ("CURSOR_AGENT", "CLAUDECODE", "CODEX_THREAD_ID", "EVT_SESSION")
ENGINEER = "engineer"
EVT = "evt"


def in_chat() -> bool:
    """Whether a chat host started this process."""
    return any(os.environ.get(name) for name in MARKERS)


def named(given: str | None) -> str | None:
    """The name that was said, on the command line or in EVT_AS."""
    if given is not None:
        return checked(given, "--as")
    name = os.environ.get("EVT_AS")
    return checked(name, "EVT_AS") if name else None


def checked(name: str, where: str) -> str:
    """The same name, if it can be one; raises Usage that says where it was given."""
    if not name or len(name) > 128 or not name.isprintable():
        raise Usage(f"{where} needs a name of 1-128 printable characters", "--as worker-A")
    if name == EVT:
        raise Usage(f"{where} cannot be {EVT}: that is how evt signs itself", "--as worker-A")
    return name


def actor(given: str | None, command: str) -> str:
    """Who acts in a writing verb; raises Usage inside a chat host without a name."""
    name = named(given)
    if name is not None:
        return name
    if in_chat():
        raise Usage(
            "say who you are: --as worker-B", f"{command} --as worker-B  # no name yet: evt join"
        )
    return ENGINEER


def via_chat(name: str) -> bool:
    """Whether the engineer's name is used from inside a chat."""
    return name == ENGINEER and in_chat()


def host() -> str | None:
    """Which chat host this is, by its marker."""
    environ = os.environ
    if environ.get("CURSOR_AGENT"):
        return "cursor"
    if environ.get("CLAUDECODE"):
        return "claude"
    return "codex" if environ.get("CODEX_THREAD_ID") else None
