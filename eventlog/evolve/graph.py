"""Which task waits for which: open dependencies, dependants, the chain that waits."""

from __future__ import annotations

from evt.eventlog.catalog import CHAIN_MAX
from evt.eventlog.evolve.ready import index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.rows import TaskRow
    from evt.eventlog.state import State


def link(state: State, task: TaskRow) -> list[str]:
    """Enter the task with its dependencies; returns the ids that are not known."""
    unknown = []
    task["open"] = 0
    for name in task["data"].get("dependencies", ()):
        needed = state.edit(state.task_key(name))
        if needed is None:
            unknown.append(name)
            task["open"] += 1
            continue
        if task["id"] not in needed["dependants"]:
            needed["dependants"].append(task["id"])
        task["open"] += needed["status"] != "completed"
        _lengthen(state, needed, task["chain"] + 1)
    return unknown


def unlink(state: State, task: TaskRow) -> None:
    """Take the task out of its dependencies, before they change or when it ends."""
    for name in task["data"].get("dependencies", ()):
        needed = state.edit(state.task_key(name))
        if needed is not None and task["id"] in needed["dependants"]:
            needed["dependants"].remove(task["id"])
            _shorten(state, needed)


def _lengthen(state: State, task: TaskRow, chain: int) -> None:
    """Raise the chain of the task and of what it waits for; stops where nothing grows."""
    todo = [(task, chain)]
    while todo:
        row, chain = todo.pop()
        chain = min(chain, CHAIN_MAX)
        if chain <= row["chain"]:
            continue
        row["chain"] = chain
        index(state, row)
        for name in row["data"].get("dependencies", ()):
            needed = state.edit(state.task_key(name))
            if needed is not None:
                todo.append((needed, chain + 1))


def _shorten(state: State, task: TaskRow) -> None:
    """Count the chain anew after a dependant went, and so on upwards while it changes."""
    todo = [task]
    while todo:
        row = todo.pop()
        waiting = [state.task(name) for name in row["dependants"]]
        chain = 1 + max((other["chain"] for other in waiting if other), default=0)
        if min(chain, CHAIN_MAX) == row["chain"]:
            continue
        row["chain"] = min(chain, CHAIN_MAX)
        index(state, row)
        for name in row["data"].get("dependencies", ()):
            needed = state.edit(state.task_key(name))
            if needed is not None:
                todo.append(needed)


def completed(state: State, task: TaskRow) -> None:
    """One dependency less for everything that waits for the task."""
    _shift(state, task, -1)


def reopened(state: State, task: TaskRow) -> None:
    """One more; what already started is marked suspect."""
    _shift(state, task, 1)


def _shift(state: State, task: TaskRow, by: int) -> None:
    for name in task["dependants"]:
        other = state.edit(state.task_key(name))
        if other is not None:
            other["open"] += by
            started = other["status"] in ("assigned", "in-progress", "escalated", "completed")
            other["suspect"] = by > 0 and started
            index(state, other)
