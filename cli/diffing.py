"""How files differ, for the conflict that a command is about to raise: both sides, in short."""

from __future__ import annotations

import os

from evt.cli.worktrees import changes, files_root
from evt.eventlog.clock import now_us
from evt.eventlog.decide import decide

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.commands import Emit
    from evt.eventlog.log.filelog import FileLog
    from evt.eventlog.state import State


def show_sides(log: FileLog, command: Emit) -> None:
    """Put into a command how the files differ that it will be found to conflict in.

    Asked before the lock is taken: git is slow. Where the other side works in a tree of its own,
    both are named.
    """
    state = log.state()
    root = files_root(log.layout)
    for event in decide(command, state, now_us()).events:
        if event.type == "ConflictDetected":
            files = event.data["files"]
            found = changes(root, files)
            others = [_tree(state, name, root) for name in (event.subject, event.data["with"])]
            for worker, tree in filter(None, others):
                if worker == command.actor:
                    continue
                theirs = changes(tree, files)
                found = {
                    path: f"{command.actor} {found[path]}, {worker} {theirs.get(path, '?')}"
                    for path in found
                }
            command.diff |= found


def _tree(state: State, name: str | None, root: str) -> tuple[str, str] | None:
    """(worker, work tree) of a task whose worker joined from another tree that is still there."""
    task = state.task(name or "")
    worker = task["attempts"][-1]["worker"] if task and task["attempts"] else ""
    row = state.get(f"w/{worker}")
    tree: str | None = (row["workspace"] or {}).get("path") if row else None
    return (worker, tree) if tree and tree != root and os.path.isdir(tree) else None
