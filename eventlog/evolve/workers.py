"""Names: who joined, who left, what becomes of what they held."""

from __future__ import annotations

from evt.eventlog.catalog import TAKEOVER
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
            "name": name, "role": "", "roles": [], "host": None, "session": None, "joined": True,
            "sequence": state.sequence, "completed": 0, "scores": [], "at": event.time,
            "note": None, "workspace": None, "timedOut": 0,
        }  # fmt: skip
        state.put(key, row)
    row["role"], row["joined"] = event.data["role"], True
    if row["role"] not in row["roles"]:
        row["roles"].append(row["role"])
    row["host"], row["session"] = event.data.get("host"), event.data.get("session")
    row["workspace"], row["at"] = event.data.get("workspace"), event.time
    state.head["seen"][name] = [state.log_us, event.time]


def left(state: State, event: Event) -> None:
    """The name is given back; what it worked on is ready again, no try counted.

    Parked tasks wait for their answer without a worker, unless the name is being taken over.
    """
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
    for task_name in held:
        task = _closed(state, task_name, row["note"])
        if task is not None:
            settle(state, task, "pending")
    if event.data.get("reason") != TAKEOVER:
        parked = head["parked"]
        for task_name in [task for task in parked if _holder(state, task) == name]:
            _closed(state, task_name, row["note"])
            parked[task_name] = ""
    return None


def _holder(state: State, name: str) -> str | None:
    """Worker of the open attempt of a parked task, one that timed out included."""
    task = state.task(name)
    attempt = current(task) if task is not None else None
    return attempt["worker"] if attempt is not None else None


def _closed(state: State, name: str, note: str | None) -> TaskRow | None:
    """The task whose open attempt ends here; the last words of its worker stay with it."""
    task: TaskRow | None = state.edit(state.task_key(name))
    attempt = current(task) if task is not None else None
    if task is None or attempt is None:
        return None
    attempt["note"] = note or attempt["note"]
    release(state, task, "closed")
    return task
