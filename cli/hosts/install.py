"""Writing the files of a host: what would change, then the change, then the way back.

A file that belongs to the user keeps every byte that is not evt's. What stood there before is kept
in `.evt/hosts.json`, so that undoing gives the same bytes back (`undo.py`).
"""

from __future__ import annotations

import difflib
import json
import os
import stat
from dataclasses import dataclass
from typing import Any

from evt.cli.hosts import texts
from evt.cli.hosts.files import Block, Entry, File, Merged, Whole
from evt.cli.hosts.jsonc import NotJson, Text
from evt.cli.hosts.stamps import version_in
from evt.cli.hosts.version import VERSION

BOM = "\ufeff"


@dataclass
class Change:
    """What becomes of one file.

    `what`: made, changed, same, kept (left alone; `why` says so), removed. `before` is None where
    there was no file, `after` where there will be none.
    """

    path: str
    what: str
    before: str | None = None
    after: str | None = None
    why: str = ""
    mode: int = 0o644

    def shown(self) -> str:
        """The difference as people read it, the whole of a new file left out."""
        changed = self.what in ("changed", "removed") and self.before != self.after
        if not changed or self.before is None:
            lines = (self.after or "").count("\n")
            more = f" ({lines} lines)" if self.what == "made" else ""
            return f"{self.what}: {self.path}{more}" + (f": {self.why}" if self.why else "")
        if self.after is None:
            return f"removed: {self.path}"
        return "".join(
            line if line.endswith("\n") else line + "\n"
            for line in difflib.unified_diff(
                self.before.splitlines(keepends=True), self.after.splitlines(keepends=True),
                self.path, self.path,
            )
        ).rstrip("\n")  # fmt: skip


def planned(root: str, file: File) -> Change:
    """What writing this file would change; raises nothing but OSError."""
    real = place(root, file.path)
    if real is None:
        return Change(file.path, "kept", why="it is a link that leads out of the repository")
    try:
        before = read(real)
    except (UnicodeDecodeError, IsADirectoryError):
        return Change(file.path, "kept", why=f"it is not a text; evt would add {_wanted(file)}")
    try:
        after = wanted(file, before)
    except NotJson as error:
        why = f"it cannot be read ({error}); add by hand: {_wanted(file)}"
        return Change(file.path, "kept", before, before, why)
    if after is None:
        edited = version_in(before or "") == VERSION
        why = "it was edited; delete it to have evt's again" if edited else "it is yours"
        return Change(file.path, "kept", before, before, why)
    mode = file.mode if isinstance(file, Whole) else 0o644
    if before == after and mode & 0o100 and not os.access(real, os.X_OK):
        return Change(file.path, "changed", before, after, "made executable", mode)
    what = "made" if before is None else "same" if before == after else "changed"
    return Change(file.path, what, before, after, mode=mode)


def _wanted(file: File) -> str:
    """What evt would put into a file, as JSON that can be merged into it by hand."""
    if not isinstance(file, Merged):
        return "its text"
    wanted: dict[str, Any] = {}
    for entry in file.entries:
        node: dict[str, Any] = wanted
        inner = entry.at if entry.key is not None else entry.at[:-1]
        for name in inner:
            node = node.setdefault(name, {})
        if entry.key is not None:
            node[entry.key] = entry.value
        else:
            node.setdefault(entry.at[-1], []).append(entry.value)
    return json.dumps(wanted, ensure_ascii=False)


def place(root: str, path: str) -> str | None:
    """Where a file really is, links followed; None outside the repository."""
    base = os.path.realpath(root)
    real = os.path.realpath(os.path.join(root, path))
    return real if real.startswith(base + os.sep) else None


def read(path: str) -> str | None:
    """The text of a file with its newlines as they are, None if there is none."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None


def wanted(file: File, before: str | None) -> str | None:
    """The text that the file should have; None if it is the user's own. Raises NotJson."""
    if isinstance(file, Whole):
        own = before is None or before == file.text
        return file.text if own or version_in(before or "") not in (None, VERSION) else None
    if isinstance(file, Block):
        return with_block(before, file.text)
    return with_entries(before, file.entries)


def with_block(before: str | None, block: str) -> str:
    """The text with the block in it, in the place of an older one or at the end."""
    if before is None:
        return block
    block = block.replace("\n", "\r\n") if "\r\n" in before else block
    span = block_span(before)
    if span is not None:
        return before[: span[0]] + block.rstrip("\r\n") + before[span[1] :]
    newline = "\r\n" if "\r\n" in before else "\n"
    gap = "" if not before else newline if before.endswith("\n") else newline * 2
    ending = block if before.endswith("\n") or not before else block.rstrip("\r\n")
    return before + gap + ending


def block_span(text: str) -> tuple[int, int] | None:
    """From the first marker to the end of the last, of a block of any version."""
    start, end = text.find("<!-- evt "), text.find(texts.END)
    return (start, end + len(texts.END)) if 0 <= start < end else None


def with_entries(before: str | None, entries: tuple[Entry, ...]) -> str:
    """The text with these values in it; the user's own are not touched. Raises NotJson."""
    bom = BOM if before and before.startswith(BOM) else ""
    body = (before or "").removeprefix(BOM)
    text = Text(body if body.strip() else "{}")
    for entry in entries:
        put(text, entry)
    ending = "" if body.strip() else "\n"
    return bom + text.text + ending


def put(text: Text, entry: Entry) -> None:
    """Add one value, or bring evt's older one up to date."""
    node = text.root.at(entry.at)
    if node is None or not node.children:
        text.add(entry.at, entry.key, entry.value)
        return
    if entry.key is not None:
        there = node.get(entry.key)
        if there is None:
            text.add(entry.at, entry.key, entry.value)
        elif there.value != entry.value and is_ours(there.value):
            text.replace(there, entry.value)
        return
    mine = [child for child in node.children if is_ours(child.value)]
    if not mine:
        text.add(entry.at, None, entry.value)
    elif mine[0].value != entry.value:
        text.replace(mine[0], entry.value)


def is_ours(value: object) -> bool:
    """Whether a value in somebody's settings is one that evt wrote: it runs evt's script."""
    if isinstance(value, str):
        return "/scripts/evt-run.sh" in value
    if isinstance(value, dict):
        return any(is_ours(inner) for inner in value.values())
    return isinstance(value, list) and any(is_ours(inner) for inner in value)


def write(root: str, change: Change) -> None:
    """Make it so: whole or not at all, links and modes kept; raises OSError."""
    real = place(root, change.path)
    if real is None or change.what in ("same", "kept"):
        return
    if change.after is None:
        os.unlink(real)
        return
    os.makedirs(os.path.dirname(real), exist_ok=True)
    try:
        mode = stat.S_IMODE(os.stat(real).st_mode) | change.mode & 0o111
    except FileNotFoundError:
        mode = change.mode
    temporary = f"{real}.{os.getpid()}.tmp"
    try:
        with open(temporary, "w", encoding="utf-8", newline="") as file:
            file.write(change.after)
        os.chmod(temporary, mode)
        os.rename(temporary, real)
    except OSError:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
