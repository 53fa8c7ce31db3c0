"""Attempts: assigned, failed, completed. What keeps them alive in between is in `signs.py`."""

from __future__ import annotations

from evt.eventlog.catalog import FINAL, OPEN_ATTEMPT, PASSED_TIMES, SECOND
from evt.eventlog.evolve.anomalies import anomaly
from evt.eventlog.evolve.graph import completed as dependency_completed
from evt.eventlog.evolve.ready import index, ranked
from evt.eventlog.overlap import first_meeting, outputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.eventlog.rows import AttemptRow, Live, QuestionRow, Row, TaskRow
    from evt.eventlog.state import State


def policy(state: State, key: str) -> int:
    """The value in force: the project's, else the default."""
    value: int = state.head["policy"][key]
    return value


def attempt_of(task: TaskRow, n: object) -> AttemptRow | None:
    """The attempt with this number, None if there was none."""
    for attempt in reversed(task["attempts"]):
        if attempt["n"] == n:
            return attempt
    return None


def current(task: TaskRow) -> AttemptRow | None:
    """The attempt that is open, lapsed included."""
    if task["attempts"] and task["attempts"][-1]["state"] in OPEN_ATTEMPT:
        return task["attempts"][-1]
    return None


def settle(state: State, task: TaskRow, status: str) -> None:
    """Move the task to a status; counts and the ready index follow."""
    counts = state.head["counts"]
    counts[task["status"]] -= 1
    counts[status] += 1
    if (task["status"], status) != ("assigned", "in-progress"):
        task["since"] = state.sequence
    task["status"] = status
    index(state, task)


def release(state: State, task: TaskRow, how: str) -> None:
    """End the open attempt, if there is one, and take the task off every list of attempts."""
    attempt = current(task)
    if attempt is not None:
        attempt["state"] = how
    head = state.head
    head["live"].pop(task["id"], None)
    head["lapsed"].pop(task["id"], None)
    head["parked"].pop(task["id"], None)


def live(state: State, task: TaskRow, lease: int, free: int = 0) -> None:
    """Let the lease of the last attempt start now; `free` in seconds, 0 = for its worker only."""
    attempt = task["attempts"][-1]
    entry: Live = {
        "until": state.log_us + lease * SECOND,
        "lease": lease,
        "worker": attempt["worker"],
        "n": attempt["n"],
        "free": state.log_us + free * SECOND if free else 0,
        "waiting": 0,
    }
    state.head["live"][task["id"]] = entry


def assigned(state: State, event: Event) -> None:
    """A handoff: whoever held the task before is fenced off."""
    task: TaskRow | None = state.edit(state.task_key(event.subject))
    if task is None or task["status"] in FINAL:
        return anomaly(state, event, "Assigned of a task that is not open")
    data = event.data
    if data["attempt"] != (task["attempts"][-1]["n"] if task["attempts"] else 0) + 1:
        anomaly(state, event, "the attempt number is not the next one")
    if task["rank"] is not None:
        _pass_over(state, task)
    release(state, task, "closed")
    own = event.actor == data["worker"]
    task["attempts"].append(
        {
            "n": data["attempt"], "worker": data["worker"], "id": event.id,
            "sequence": state.sequence, "at": event.time, "begin": state.log_us,
            "reason": data["reason"], "state": "assigned", "last": state.log_us,
            "spoke": state.log_us, "lastAt": event.time if own else None,
            "revision": task["revision"], "told": state.sequence, "refusals": 0, "refused": {},
            "findings": [], "handed": [], "late": [], "failed": 0, "score": None,
            "progress": None, "note": None, "touched": [], "foreign": [],
        }
    )  # fmt: skip
    task["backoff"] = task["passed"] = task["passedUs"] = 0
    live(state, task, data["leaseSeconds"])
    settle(state, task, "assigned")


def _pass_over(state: State, task: TaskRow) -> None:
    """Count for better ranks, held back only by an overlap, that this one came first."""
    for entry in ranked(state):
        if entry == task["rank"]:
            return
        other = state.task(entry[3])
        if other and other["passed"] < PASSED_TIMES and held_by(state, other):
            other = state.edit(state.task_key(entry[3]))
            other["passedUs"] = other["passedUs"] or state.log_us
            other["passed"] += 1


def held_by(state: State, task: TaskRow) -> tuple[str, str] | None:
    """(task, output) of a live or parked attempt that the outputs of this task meet."""
    mine = outputs(task["data"])
    if mine:
        for name in (*state.head["live"], *state.head["parked"]):
            other = state.task(name)
            if other is not None and name != task["id"]:
                met = first_meeting(mine, outputs(other["data"]))
                if met is not None:
                    return name, met
    return None


def failed(state: State, event: Event) -> None:
    """The worker gave the attempt up."""
    task: TaskRow | None = state.edit(state.task_key(event.subject))
    attempt = attempt_of(task, event.data["attempt"]) if task else None
    if task is None or attempt is None or attempt["state"] not in OPEN_ATTEMPT:
        return anomaly(state, event, "Failed of an attempt that is not open")
    attempt["failed"] = state.sequence
    was = attempt["state"]
    release(state, task, "closed")
    tried(task, attempt["worker"])
    if task["status"] == "escalated":
        state.head["parked"][task["id"]] = ""
    if was == "lapsed":
        return None  # its try was counted by TimedOut, and others may have been offered the task
    task["tries"] += 1
    if was == "parked":
        return None
    if not event.data.get("retryable", True):
        settle(state, task, "failed")
    else:
        task["backoff"] = state.log_us + backoff(task["tries"]) * SECOND
        settle(state, task, "pending")
    return None


def backoff(tries: int) -> int:
    """Seconds before a task that failed is given out again."""
    return int(min(300, 10 * 2 ** min(tries - 1, 5)))


def tried(task: TaskRow, worker: str) -> None:
    """The task was taken from this worker: it comes last when it is given out again."""
    if worker not in task["last"]:
        task["last"].append(worker)


def completed(state: State, event: Event) -> None:
    """The task is done; its questions close, its dependants have one dependency less."""
    task: TaskRow | None = state.edit(state.task_key(event.subject))
    if task is None or task["status"] == "completed":
        return anomaly(state, event, "Completed of a task that is completed or unknown")
    data = event.data
    unscored = data.get("unscored", False)
    attempt = attempt_of(task, data["attempt"])
    release(state, task, "closed")
    if attempt is None:
        anomaly(state, event, "Completed of an attempt that never was")
    else:
        attempt["state"] = "completed"
        _score(state, attempt["worker"], None if unscored else data["contextEfficiencyScore"])
    for question in task["questions"]:
        close(state, question)
    task["completed"], task["completedAt"] = state.sequence, event.time
    task["score"] = None if unscored else data["contextEfficiencyScore"]
    task["deliverables"], task["notes"] = data["deliverables"], data.get("notes")
    task["workspace"] = data.get("workspace")
    task["suspect"] = False
    settle(state, task, "completed")
    return dependency_completed(state, task)


def close(state: State, question: QuestionRow, answer: Row | None = None) -> None:
    """The question is over with the event at hand; `answer` is the data of a Resolved."""
    if not question["resolved"]:
        question["resolved"] = state.sequence
        if answer is not None:
            question["action"], question["answer"] = answer["action"], answer.get("answer")
        state.head["questions"].pop(question["id"], None)


def _score(state: State, worker: str, score: int | None) -> None:
    row: Row | None = state.edit(f"w/{worker}")
    if row is not None:
        row["completed"] += 1
        if score is not None:
            row["scores"].append(score)
