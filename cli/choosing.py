"""What the choice of a task needs to know from outside the log: reading sizes, merges of trees."""

from __future__ import annotations

import os

from evt.cli.worktrees import conflicts, files_root, to_merge
from evt.eventlog.clock import now_us
from evt.eventlog.decide.choosing import candidates, low_scored
from evt.eventlog.decide.draft import log_now
from evt.eventlog.waits import backoff, overlap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.commands import Next
    from evt.eventlog.log.layout import Layout
    from evt.eventlog.rows import TaskRow
    from evt.eventlog.state import State

BYTES_PER_TOKEN = 4
ENOUGH = 8  # tasks that this caller can take: so many others may be quicker meanwhile


def inform(command: Next, state: State, layout: Layout) -> None:
    """Put into the command what this caller's work tree says about the ready tasks."""
    root = files_root(layout)
    names = candidates(state)
    command.sizes = None
    if low_scored(state, command.actor):
        command.sizes = {name: _tokens(root, state.task(name)) for name in names}
    command.excluded = {}
    log_us, found = log_now(state, now_us()), 0
    for name in names:
        task = state.task(name)
        if task is None or backoff(state, task, log_us) or overlap(state, task):
            continue
        why = _unmergeable(state, task, root)
        if why is not None:
            command.excluded[name] = why
        else:
            found += 1
            if found == ENOUGH:
                return


def _tokens(root: str, task: TaskRow | None) -> int:
    """Bytes / 4 of the files that a task makes its worker read."""
    from evt.validators.tree import expand

    context = task["data"].get("context", {}) if task else {}
    size = 0
    for glob in (*context.get("targetFiles", ()), *context.get("relevantRules", ())):
        for path in expand(root, glob):
            try:
                size += os.stat(os.path.join(root, path)).st_size
            except OSError:
                pass  # not there yet: nothing to read
    return size // BYTES_PER_TOKEN


def _unmergeable(state: State, task: TaskRow, root: str) -> str | None:
    """Why what the dependencies committed elsewhere cannot be merged cleanly into this tree."""
    for need in to_merge(state, task, root):
        why = conflicts(root, need["commit"])
        if why is not None:
            return f"{need['task']}: {why}"
    return None
