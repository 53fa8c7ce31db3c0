"""Dependencies in decisions: what may wait for what, and who is told when it cannot."""

from __future__ import annotations

from evt.eventlog.catalog import FINAL
from evt.eventlog.errors import Refusal
from evt.eventlog.evolve.questions import blocking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.rows import TaskRow

SHOWN = 20


def check_dependencies(draft: Draft, task: str, needed: list[str]) -> None:
    """Refuse unknown ids, one twice, one that never will be completed, and a cycle."""
    known_ones = _needed_before(draft, task)
    for name in needed:
        if needed.count(name) > 1:
            raise Refusal(4, "wrong_state", f"{task} names {name} twice", task=task)
        row = draft.state.task(name)
        if name != task and row is None:
            raise Refusal(
                4, "not_found", f"{task} depends on {name}, which is not there",
                f"create {name} first", task=task,
            )  # fmt: skip
        if row is not None and row["status"] == "cancelled" and name not in known_ones:
            raise Refusal(
                4, "wrong_state", f"{task} depends on {name}, which is cancelled: it would wait "
                "for ever", f"leave {name} out, or create it anew under another id", task=task,
            )  # fmt: skip
    came_from = dict.fromkeys(needed, task)
    known = draft.state.task(task) is not None  # nobody waits for a new one but, wrongly, itself
    todo = [name for name in needed if known or name == task]
    while todo:
        name = todo.pop()
        if name == task:
            raise Refusal(4, "wrong_state", _cycle(came_from, task), task=task)
        row = draft.state.task(name)
        for other in row["data"].get("dependencies", ()) if row is not None else ():
            if other not in came_from:
                came_from[other] = name
                todo.append(other)


def _needed_before(draft: Draft, task: str) -> list[str]:
    row = draft.state.task(task)
    return row["data"].get("dependencies", []) if row is not None else []


def _cycle(came_from: dict[str, str], task: str) -> str:
    path = [task]
    while (name := came_from[path[-1]]) != task:
        path.append(name)
    return "these would wait for each other: " + " -> ".join([task, *reversed(path)])


def waiting(draft: Draft, task: TaskRow) -> list[str]:
    """Tasks that cannot go on without this one."""
    rows = [draft.state.task(name) for name in task["dependants"]]
    return [row["id"] for row in rows if row is not None and row["status"] not in FINAL]


def tell_of_failed(draft: Draft, needed: list[str]) -> None:
    """What waits from now on for a task that has failed waits in vain: ask, if nobody did."""
    for name in needed:
        task = draft.task(name)
        if task["status"] == "failed" and not blocking(task):
            tell_dependants(draft, task)


def tell_dependants(draft: Draft, task: TaskRow) -> None:
    """One question that lists what waits in vain."""
    names = waiting(draft, task)
    if names:
        draft.add(
            "Escalated",
            task["id"],
            {
                "kind": "blocked",
                "question": f"{task['id']} is {task['status']}, but these wait for it: "
                + ", ".join(names[:SHOWN])
                + (", ..." if names[SHOWN:] else "")
                + (". Cancel" if task["status"] == "cancelled" else ". Revive it, cancel")
                + " them, or let them go on without it?",
                "to": "coordinator",
                "details": {"waiting": names[:1000]},
            },
            caused=task["attempts"][-1]["id"] if task["attempts"] else None,
        )
