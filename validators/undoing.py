"""How a change that should not be there is taken back: not every change by `git checkout`."""

from __future__ import annotations

import os
import shlex

from evt.validators.gitview import in_commit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.validators.work import Work


class Undoing:
    """What takes back a change of this work; asks git once, and only if it is asked itself."""

    __slots__ = ("_commit", "_in_commit", "_kept", "_root", "_was")

    def __init__(self, work: Work) -> None:
        baseline: dict[str, Any] = work.baseline or {}
        self._root = work.root
        self._commit: str = baseline.get("head") or ""
        self._was: dict[str, Any] = baseline.get("files", {})
        self._kept = baseline.get("kept", {})
        self._in_commit: frozenset[str] | None = None

    def is_new(self, path: str) -> bool:
        """Whether the path was not there when the task was assigned."""
        if path in self._was:
            return self._was[path] is None
        return path not in self._kept and path not in self._committed()

    def how(self, path: str) -> str:
        """What to do, in words and with the call."""
        if self.is_new(path):
            return "delete it"
        if path in self._was or path not in self._committed():
            return "give it the content that it had then (that was never committed)"
        there = os.path.lexists(os.path.join(self._root, path))
        said = "undo the change" if there else "bring it back"
        return f"{said} (git checkout {self._commit[:12]} -- {shlex.quote(path)})"

    def _committed(self) -> frozenset[str]:
        if self._in_commit is None:
            found = in_commit(self._root, self._commit) if self._commit else []
            self._in_commit = frozenset(found)
        return self._in_commit
