"""What a host says to a hook: bounded JSON on stdin, of which nothing is taken for granted. Hot."""

from __future__ import annotations

import os
from select import POLLIN, poll

from evt.eventlog.errors import EvtError
from evt.eventlog.forms import is_path
from evt.eventlog.rawjson import loads_tolerant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

BYTES_MAX = 4 << 20  # a longer payload is read to its end, but not looked at
DRAINED_MAX = 64 << 20
FILES_MAX = 200
# Milliseconds without a byte after which stdin is taken for ended. Hosts write and close at once,
# before this process has even begun, but on a loaded machine a host may be a while behind it.
SILENT = 1000
# The same when what came may be whole: no host pauses behind a closing brace inside its payload.
WHOLE = 200
_BOM = b"\xef\xbb\xbf"
_OUTPUTS = ("tool_output", "tool_response", "result_json", "output")
_PATCHED = ("*** Add File: ", "*** Update File: ", "*** Delete File: ", "*** Move to: ")


def read_stdin() -> bytes:
    """All of stdin, or what there is of it when nothing more comes although nobody closed it.

    Empty if there is more than a hook should look at.
    """
    parts, size, silent = [], 0, SILENT
    ready = poll()
    ready.register(0, POLLIN)
    try:
        while size < DRAINED_MAX and ready.poll(silent) and (part := os.read(0, 1 << 16)):
            size += len(part)
            if size <= BYTES_MAX:
                parts.append(part)
            silent = WHOLE if part.rstrip()[-1:] == b"}" else SILENT
    except OSError:
        return b""
    return b"".join(parts) if size <= BYTES_MAX else b""


class Payload:
    """One message of a host; a key that is missing or of another kind reads as nothing."""

    __slots__ = ("_output", "data")

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self._output: str | None = None

    def text(self, *keys: str) -> str:
        """The first of these that is a text with something in it, else an empty one."""
        for key in keys:
            value = self.data.get(key)
            if isinstance(value, str) and value:
                return value
        return ""

    def count(self, key: str) -> int | None:
        """A whole number from 0 on, rounded if need be."""
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return round(value) if 0 <= value < 2**53 else None

    @property
    def session(self) -> str:
        """The conversation; hosts other than Cursor call it session."""
        return self.text("conversation_id", "session_id")

    @property
    def turn(self) -> str:
        """What tells one turn of a conversation from the next, if the host says."""
        return self.text("generation_id", "turn_id", "prompt_id")

    def folders(self) -> Iterator[str]:
        """Where the chat works, best first."""
        roots = self.data.get("workspace_roots")
        for root in roots if isinstance(roots, list) else ():
            if isinstance(root, str) and os.path.isabs(root):
                yield root
        if os.path.isabs(self.text("cwd")):
            yield self.text("cwd")
        yield os.getcwd()

    def output(self) -> str:
        """What a tool printed, as text, whatever it was wrapped in."""
        if self._output is None:
            found = [value for key in _OUTPUTS if (value := self.data.get(key))]
            self._output = "\n".join(_flat(found))
        return self._output

    def files(self) -> list[str]:
        """Absolute paths that this event says were changed."""
        names = [self.text("file_path")] if self.text("file_path") else []
        more = self.data.get("modified_files")
        names += [name for name in more if isinstance(name, str)] if isinstance(more, list) else []
        given = self.data.get("tool_input")
        if isinstance(given, dict):
            names += _written(self.text("tool_name"), given)
        here = self.text("cwd") or next(self.folders())
        return [os.path.join(here, name) for name in names[:FILES_MAX] if "\0" not in name]


def parse(raw: bytes) -> Payload | None:
    """The payload, None if it is empty, cut off, not JSON or not an object."""
    try:
        data = loads_tolerant(raw.removeprefix(_BOM))
    except EvtError:
        return None
    return Payload(data) if isinstance(data, dict) else None


def _flat(values: list[Any], depth: int = 6) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict) and depth:
            yield from _flat(list(value.values()), depth - 1)
        elif isinstance(value, list) and depth:
            yield from _flat(value, depth - 1)


def _written(tool: str, given: dict[str, Any]) -> list[str]:
    """The files that a writing tool was asked to write."""
    if tool == "apply_patch":
        patch = given.get("command") or given.get("input") or given.get("patch")
        lines = patch.splitlines() if isinstance(patch, str) else []
        return [line.partition(": ")[2] for line in lines if line.startswith(_PATCHED)]
    if tool not in WRITING:
        return []
    found = [given.get(key) for key in ("file_path", "path", "target_file", "notebook_path")]
    return [name for name in found if isinstance(name, str) and name][:1]


WRITING = frozenset(
    ("Write", "Edit", "MultiEdit", "NotebookEdit", "StrReplace", "Delete", "EditFile",
     "search_replace", "edit_file", "delete_file", "write")
)  # fmt: skip
# Tools that look and never ask for consent: no chat waits inside one of them.
LOOKING = frozenset(
    ("Read", "Grep", "Glob", "LS", "List", "SemanticSearch", "TodoWrite", "NotebookRead",
     "read_file", "grep", "glob", "list_dir", "codebase_search", "todo_write")
)  # fmt: skip


def inside(path: str, roots: list[str]) -> str | None:
    """The path relative to the first root that really holds it; None outside, in git, in evt."""
    real = os.path.realpath(path)
    for root in roots:
        base = os.path.realpath(root) + os.sep
        name = real[len(base) :] if real.startswith(base) else ""
        if name and is_path(name):
            return None if name.split(os.sep)[0] in (".git", ".evt") else name
    return None
