"""Deliverables that are not as they were handed in: found at the end, by review and by verify."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.log.filelog import FileLog
    from evt.eventlog.state import State


def drifted(log: FileLog, state: State) -> list[tuple[str, str, str]]:
    """(task, path, what happened to it) of deliverables that are not as they were handed in.

    Of a path that several tasks handed in, the last one counts.
    """
    newest: dict[str, tuple[int, str, str | None, str]] = {}
    for name in state.task_ids():
        task = state.task(name)
        if task is None or task["status"] != "completed":
            continue
        tree = (task["workspace"] or {}).get("path")
        root = tree if tree and os.path.isdir(tree) else log.layout.root
        for one in task["deliverables"]:
            found = (task["completed"], name, one["sha256"], root)
            newest[one["path"]] = max(found, newest.get(one["path"], found), key=lambda f: f[0])
    changed = []
    for path, (_, name, before, root) in newest.items():
        now = _digest(root, path)
        if now != before:
            how = "is there again" if before is None else "was changed" if now else "is gone"
            changed.append((name, path, how))
    return sorted(changed)


def _digest(root: str, path: str) -> str | None:
    """sha256 of a file as it is now, None if it is not there as one."""
    from evt.validators.tree import Unusable, sight

    try:
        return sight(root, path).sha256 or "too large to be hashed"
    except (FileNotFoundError, Unusable):
        return None


def drifted_by_task(log: FileLog) -> dict[str, list[str]]:
    """Task -> what it handed in that is not as it was."""
    found: dict[str, list[str]] = {}
    for name, path, _ in drifted(log, log.state()):
        found.setdefault(name, []).append(path)
    return found
