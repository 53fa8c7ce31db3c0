"""Signs of life: what keeps an attempt alive, and what follows when they stop. All in log time.

The last sign sets the lease: what it asks for, else the default. Only the gate may ask beyond
`maxLeaseSeconds`; an open socket alone counts for `maxSilentSeconds`, then somebody has to speak.
"""

from __future__ import annotations

from evt.eventlog.catalog import OPEN_ATTEMPT, SECOND, SIGN_EVERY
from evt.eventlog.evolve.anomalies import anomaly
from evt.eventlog.evolve.attempts import current, live, policy, release, settle, tried
from evt.eventlog.evolve.touching import owners

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.eventlog.rows import AttemptRow, Live, Row, TaskRow, WorkerRow
    from evt.eventlog.state import State

TOUCHED_MAX = 200
UNHEARD = ("gate", "socket")  # signs that evt gives by itself: nobody reads what they are answered


def heartbeat(state: State, event: Event) -> None:
    """The lease starts anew, a lapsed attempt lives again."""
    head, data, log_us = state.head, event.data, state.log_us
    task: TaskRow | None = state.edit(f"t/{head['last']}/{event.subject}")
    if task is None or not task["attempts"] or task["attempts"][-1]["n"] != data["attempt"]:
        return anomaly(state, event, "Heartbeat of a superseded attempt")
    attempt = task["attempts"][-1]
    if attempt["state"] not in OPEN_ATTEMPT:
        return anomaly(state, event, "Heartbeat of an attempt that is over")
    source = data.get("source")
    attempt["last"] = log_us
    if source != "socket":
        attempt["spoke"] = log_us
    attempt["lastAt"] = event.time
    if source not in UNHEARD:
        attempt["revision"] = task["revision"]
        attempt["told"] = state.sequence
    if "note" in data:
        attempt["note"] = data["note"]
    if "progress" in data:
        attempt["progress"] = data["progress"]
    if "touched" in data:
        _touch(state, task, attempt, data["touched"])
    entry = head["live"].get(event.subject or "")
    if entry is None:
        entry = revive(state, task) if attempt["state"] == "lapsed" else None
        if entry is None:
            return None
    elif attempt["state"] == "assigned":
        attempt["state"] = "running"
        settle(state, task, "in-progress")
    entry["lease"] = lease = _lease(state, data, source)
    entry["until"] = log_us + lease * SECOND
    entry["waiting"] = (entry["waiting"] or log_us) if source == "waiting" else 0
    entry["free"] = 0
    if source == "socket":
        silent = attempt["spoke"] + policy(state, "maxSilentSeconds") * SECOND
        entry["until"] = min(entry["until"], silent)
    return None


def _touch(state: State, task: TaskRow, attempt: AttemptRow, files: list[str]) -> None:
    """Remember the files; those that are another attempt's are marked there as well."""
    for name, _, met in owners(state, task["id"], attempt["n"], files):
        foreign = state.edit(state.task_key(name))["attempts"][-1]["foreign"]
        foreign += [[task["id"], path] for path in met if [task["id"], path] not in foreign]
        del foreign[TOUCHED_MAX:]
    known = attempt["touched"]
    known += [path for path in files if path not in known]
    del known[TOUCHED_MAX:]


def _lease(state: State, data: Row, source: str | None) -> int:
    asked: int | None = data.get("leaseSeconds")
    if asked is None:
        key = "waitingSeconds" if source == "waiting" else "heartbeatTimeoutSeconds"
        return policy(state, key)
    return asked if source == "gate" else min(asked, policy(state, "maxLeaseSeconds"))


def sign(state: State, event: Event) -> None:
    """Any other event of the holder about its task; it keeps alive, but brings nothing back."""
    name = event.subject
    if name is None:
        return
    head = state.head
    entry = head["live"].get(name)
    holder = entry["worker"] if entry else head["lapsed"].get(name) or head["parked"].get(name)
    if holder != event.actor:
        return
    task: TaskRow = state.edit(state.task_key(name))
    attempt = task["attempts"][-1]
    attempt["last"] = attempt["spoke"] = state.log_us
    attempt["lastAt"] = event.time
    if entry is not None:
        entry["lease"] = lease = policy(state, "heartbeatTimeoutSeconds")
        entry["until"] = state.log_us + lease * SECOND
        entry["waiting"] = entry["free"] = 0


def revive(state: State, task: TaskRow) -> Live | None:
    """A lapsed attempt gave a sign of life: it is open again, so it counts as no try.

    While its task is parked so is the attempt; there is no lease then.
    """
    attempt = task["attempts"][-1]
    state.head["lapsed"].pop(task["id"], None)
    task["tries"] = max(0, task["tries"] - 1)
    if task["status"] == "escalated":
        attempt["state"] = "parked"
        state.head["parked"][task["id"]] = attempt["worker"]
        return None
    attempt["state"] = "running"
    live(state, task, policy(state, "heartbeatTimeoutSeconds"))
    settle(state, task, "in-progress")
    return state.head["live"][task["id"]]


def timed_out(state: State, event: Event) -> None:
    """The lease was over: the attempt lapses and the task is ready for anyone."""
    task: TaskRow | None = state.edit(state.task_key(event.subject))
    entry = state.head["live"].get(event.subject or "")
    if task is None or entry is None or entry["n"] != event.data["attempt"] or not current(task):
        return anomaly(state, event, "TimedOut of an attempt that is not live")
    worker: WorkerRow | None = state.edit(f"w/{entry['worker']}")
    if worker is not None:
        worker["timedOut"] = state.log_us
    release(state, task, "lapsed")
    state.head["lapsed"][task["id"]] = entry["worker"]
    task["tries"] += 1
    tried(task, entry["worker"])
    return settle(state, task, "pending")


def beat_is_due(state: State, task: TaskRow, source: str, log_us: int) -> bool:
    """Whether a Heartbeat that evt appends by itself would say something: one every 15 s does.

    One that begins or ends waiting is never held back, nor the first one after an answer. With a
    lease of less than 30 s it is one every half lease.
    """
    attempt = task["attempts"][-1]
    entry = state.head["live"].get(task["id"])
    if entry is None:
        return attempt["state"] == "lapsed"
    if entry["free"] or (entry["waiting"] > 0) != (source == "waiting"):
        return True
    return log_us - attempt["last"] >= min(SIGN_EVERY * SECOND, entry["lease"] * SECOND // 2)
