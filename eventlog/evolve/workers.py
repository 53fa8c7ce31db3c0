"""Names: who joined, who left, what becomes of what they held."""

from __future__ import annotations

from evt.eventlog.evolve.anomalies import anomaly
from evt.eventlog.evolve.attempts import current, release, settle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.eventlog.rows import TaskRow, WorkerRow
    from evt.eventlog.state import State


def joined(state: State, event: Event) -> None:
    """A name is taken, perhaps again; its parked tasks are its own."""
    name = event.subject or ""
    key = f"w/{name}"
    row: WorkerRow | None = state.edit(key)
    if row is None:
        state.head["workers"].append(name)
        row = {
            "name": name, "role": "", "host": None, "session": None, "joined": True,
            "sequence": state.sequence, "completed": 0, "scores": [], "at": event.time,
            "note": None,
        }  # fmt: skip
        state.put(key, row)
    row["role"], row["joined"] = event.data["role"], True
    row["host"], row["session"] = event.data.get("host"), event.data.get("session")
    row["at"] = event.time
    state.head["seen"][name] = [state.log_us, event.time]


def left(state: State, event: Event) -> None:
    """The name is given back; what it worked on is ready again, no try counted."""
    name = event.subject or ""
    row: WorkerRow | None = state.edit(f"w/{name}")
    if row is None or not row["joined"]:
        return anomaly(state, event, "WorkerLeft of a name that has not joined")
    row["joined"] = False
    row["at"] = state.head["seen"].pop(name, [0, event.time])[1]
    row["note"] = event.data.get("note")
    head = state.head
    held = [task for task, entry in head["live"].items() if entry["worker"] == name]
    held += [task for task, worker in head["lapsed"].items() if worker == name]
    for name_of_task in held:
        task: TaskRow | None = state.edit(state.task_key(name_of_task))
        if task is not None and current(task) is not None:
            release(state, task, "closed")
            settle(state, task, "pending")
    return None
