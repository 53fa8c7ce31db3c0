"""The way back from `evt init --cursor` and the like.

`.evt/hosts.json` holds per file what stood there before and what evt made of it. If the file is
still as evt left it, the bytes from before come back. If it was edited since, the two differences
are put together line by line; where they touch each other, evt's own values, known by the script
that they run, are taken out of the text and the rest stays. A file of evt's that somebody edited is
left alone.
"""

from __future__ import annotations

import json
import os
from difflib import SequenceMatcher
from typing import Any

from evt.cli.hosts import install
from evt.cli.hosts.files import Block, Entry, File, Merged, Whole
from evt.cli.hosts.install import Change
from evt.cli.hosts.jsonc import NotJson, Text

NAME = "hosts.json"


class Memory:
    """What was there before, of one work tree; kept beside the log, as a cache may be deleted."""

    def __init__(self, evt_folder: str, root: str) -> None:
        self.path = os.path.join(evt_folder, NAME)
        self.root = os.path.realpath(root)
        try:
            with open(self.path, encoding="utf-8") as file:
                everything = json.load(file)
        except (OSError, ValueError):
            everything = {}
        self._all: dict[str, Any] = everything if isinstance(everything, dict) else {}

    @property
    def files(self) -> dict[str, Any]:
        """path -> {"before": text or None, "after": text, "folders": [made for it]}."""
        found: dict[str, Any] = self._all.setdefault(self.root, {})
        return found

    def keep(self, file: File, change: Change) -> None:
        """Remember how a file was, evt's own parts left out, before it is changed."""
        known = self.files.get(change.path)
        before = _stood_before(file, known, change.before)
        folders = known["folders"] if known else _missing_folders(self.root, change.path)
        self.files[change.path] = {"before": before, "after": change.after, "folders": folders}

    def save(self) -> None:
        """Write it down; raises OSError."""
        if not self.files:
            del self._all[self.root]
        if not self._all:
            if os.path.exists(self.path):
                os.unlink(self.path)
            return
        temporary = f"{self.path}.{os.getpid()}.tmp"
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(self._all, file, ensure_ascii=False, indent=1)
        os.chmod(temporary, 0o600)
        os.rename(temporary, self.path)


def _stood_before(file: File, known: dict[str, Any] | None, now: str | None) -> str | None:
    """What stood there before evt came, as far as that can be said of what stands there now."""
    if now is None:
        return None
    if isinstance(file, Whole):  # it is evt's own, or it would not be changed
        return known["before"] if known else None
    try:
        without, sure = _without(file, known, now)
    except NotJson:
        return now
    return without if sure else now


def _missing_folders(root: str, path: str) -> list[str]:
    """Folders that have to be made for a file, outermost first."""
    parts = path.split("/")[:-1]
    names = ["/".join(parts[: number + 1]) for number in range(len(parts))]
    return [name for name in names if not os.path.isdir(os.path.join(root, name))]


def planned(memory: Memory, root: str, file: File) -> Change:
    """What undoing would make of this file."""
    real = install.place(root, file.path)
    if real is None:
        return Change(file.path, "kept", why="it is a link that leads out of the repository")
    try:
        now = install.read(real)
    except (UnicodeDecodeError, IsADirectoryError):
        return Change(file.path, "kept", why="it is not a text")
    if now is None:
        return Change(file.path, "same")
    known = memory.files.get(file.path)
    try:
        after, sure = _without(file, known, now)
    except NotJson as error:
        return Change(file.path, "kept", now, now, f"it cannot be read ({error})")
    if not sure:
        return Change(file.path, "kept", now, now, "it was edited since, or is yours")
    what = "removed" if after is None else "same" if after == now else "changed"
    return Change(file.path, what, now, after)


def _without(file: File, known: dict[str, Any] | None, now: str) -> tuple[str | None, bool]:
    """The text without what evt put in (None: no file), and whether that can be said."""
    if known is not None:
        if now == known["after"]:
            return known["before"], True
        back = taken_back(known, now)
        if back is not None and _reads(file, back):
            return back, True
    if isinstance(file, Whole):
        return None, known is None and now == file.text
    if isinstance(file, Block):
        return _without_block(now), True
    if not now.removeprefix(install.BOM).strip():
        return now, True
    return without_entries(now, file.entries), True


def _reads(file: File, text: str) -> bool:
    """Whether the text is still what such a file has to be."""
    if not isinstance(file, Merged):
        return True
    try:
        Text(text.removeprefix(install.BOM))
    except NotJson:
        return False
    return True


def taken_back(known: dict[str, Any], now: str) -> str | None:
    """What evt did, undone in a text that was edited since; None if the two touch each other."""
    if known["before"] is None:
        return None
    after = known["after"].splitlines(keepends=True)
    ours = _edits(after, known["before"].splitlines(keepends=True))
    theirs = _edits(after, now.splitlines(keepends=True))
    edits = sorted([*ours, *theirs], key=lambda edit: (edit[0], edit[1]))
    lines, at = [], 0
    for number, (start, end, new) in enumerate(edits):
        if start < at or (number and edits[number - 1][:2] == (start, end)):
            return None
        lines += after[at:start] + new
        at = end
    return "".join(lines + after[at:])


def _edits(old: list[str], new: list[str]) -> list[tuple[int, int, list[str]]]:
    """Ranges of old lines and what stands there instead."""
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(a, b, new[c:d]) for tag, a, b, c, d in codes if tag != "equal"]


def _without_block(text: str) -> str | None:
    span = install.block_span(text)
    if span is None:
        return text
    before, after = text[: span[0]], text[span[1] :]
    newline = "\r\n" if "\r\n" in text else "\n"
    rest = before.rstrip("\r\n") + (newline if before.strip() else "") + after.lstrip("\r\n")
    return rest if rest.strip() else None


def without_entries(now: str, entries: tuple[Entry, ...]) -> str | None:
    """The JSON without evt's values, and without containers that are empty then; None: nothing."""
    bom = install.BOM if now.startswith(install.BOM) else ""
    text = Text(now.removeprefix(install.BOM))
    for entry in entries:
        _take_out(text, entry)
    if bom + text.text == now:
        return now
    left = text.root.value
    if not isinstance(left, dict) or not any(key != "version" for key in left):
        return None
    return bom + text.text


def _take_out(text: Text, entry: Entry) -> None:
    node = text.root.at(entry.at)
    if node is None or (node.keys is None) != (entry.key is None):
        return
    for index in range(len(node.children)):
        named = node.keys is None or node.keys[index] == entry.key
        if named and install.is_ours(node.children[index].value):
            text.remove(node, index)
            _take_empty(text, entry.at)
            return


def _take_empty(text: Text, path: tuple[str, ...]) -> None:
    """Take away containers that have nothing in them any more, from the inside out."""
    while path:
        node, outer = text.root.at(path), text.root.at(path[:-1])
        if node is None or outer is None or node.children:
            return
        text.remove(outer, (outer.keys or []).index(path[-1]))
        path = path[:-1]


def clear(memory: Memory, path: str) -> None:
    """Forget a file that was given back, and remove the folders that were made for it."""
    known = memory.files.pop(path, None)
    for name in reversed(known["folders"] if known else []):
        try:
            os.rmdir(os.path.join(memory.root, name))
        except OSError:
            return  # something is in it: somebody's
