"""Questions: an escalation parks the task, its answer brings it back or ends it."""

from __future__ import annotations

from evt.eventlog.catalog import ADVICE, FIRST_TO_COORDINATOR, RESUMED_LEASE
from evt.eventlog.evolve.anomalies import anomaly
from evt.eventlog.evolve.attempts import (
    attempt_of,
    close,
    current,
    live,
    policy,
    release,
    settle,
    tried,
)  # fmt: skip
from evt.eventlog.evolve.signs import revive, sign
from evt.eventlog.evolve.tasks import cancel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.eventlog.rows import QuestionRow, Row, TaskRow
    from evt.eventlog.state import State


def addressee(kind: str) -> str:
    """Who is asked first."""
    return "coordinator" if kind in FIRST_TO_COORDINATOR else "engineer"


def blocking(task: TaskRow) -> list[QuestionRow]:
    """Open questions that keep the task parked."""
    return [q for q in task["questions"] if not q["resolved"] and q["kind"] not in ADVICE]


def escalated(state: State, event: Event) -> None:
    """A question; blocking kinds park a task that is not over."""
    task: TaskRow | None = state.edit(state.task_key(event.subject))
    if task is None:
        return anomaly(state, event, "Escalated of an unknown task")
    data = event.data
    task["questions"].append(
        {
            "id": event.id, "sequence": state.sequence, "kind": data["kind"],
            "to": data.get("to") or addressee(data["kind"]), "question": data["question"],
            "at": event.time, "log": state.log_us, "by": event.actor,
            "attempt": data.get("attempt", 0), "resolved": 0, "action": None, "answer": None,
            "other": data.get("with"), "files": data.get("files", []),
        }
    )  # fmt: skip
    state.head["questions"][event.id] = task["id"]
    if data["kind"] in ADVICE:
        return sign(state, event)
    asking, details = attempt_of(task, data.get("attempt")), data.get("details")
    if asking is not None and data["kind"] == "untrusted" and isinstance(details, dict):
        score = details.get("contextEfficiencyScore")
        asking["score"] = score if type(score) is int else asking["score"]
    if task["status"] in ("pending", "assigned", "in-progress"):
        _park(state, event, task)
        return None
    attempt = current(task)
    if attempt and attempt["state"] == "lapsed" and attempt["worker"] == event.actor:
        revive(state, task)
    return None


def _park(state: State, event: Event, task: TaskRow) -> None:
    attempt = current(task)
    if attempt is not None and attempt["state"] == "lapsed":
        if event.data.get("attempt") == attempt["n"]:
            task["tries"] = max(0, task["tries"] - 1)  # it is open again, so it counts as no try
        else:
            attempt = None  # it timed out and somebody else asks: nobody holds it until it is back
    if attempt is not None and attempt["worker"] == event.actor:
        attempt["last"] = attempt["spoke"] = state.log_us
        attempt["lastAt"] = event.time
    state.head["live"].pop(task["id"], None)
    state.head["lapsed"].pop(task["id"], None)
    state.head["parked"][task["id"]] = attempt["worker"] if attempt else ""
    if attempt is not None:
        attempt["state"] = "parked"
    settle(state, task, "escalated")


def resolved(state: State, event: Event) -> None:
    """The answer to one question, or the acceptance of a late result."""
    task: TaskRow | None = state.edit(state.task_key(event.subject))
    if task is None:
        return anomaly(state, event, "Resolved of an unknown task")
    data = event.data
    if "late" in data:
        task["tries"] = 0
        return None  # the Completed in the same batch does the rest
    question = next((q for q in task["questions"] if q["id"] == data.get("escalation")), None)
    if question is None or question["resolved"]:
        return anomaly(state, event, "Resolved of a question that is not open")
    close(state, question, data)
    if data["action"] == "resume":
        if question["kind"] not in ADVICE and not blocking(task):
            _resume(state, task)
    elif task["status"] in ("escalated", "failed"):
        _answer_all(state, task, data)
    for question in task["questions"]:
        if question["resolved"] == state.sequence and question["other"]:
            _begin_anew(state, task["id"], question["other"], question["files"])
    return sign(state, event)


def _begin_anew(state: State, one: str, other: str, files: list[str]) -> None:
    """What the two touched of these files was answered: only what they touch from now on counts."""
    for mine, theirs in ((one, other), (other, one)):
        row: TaskRow | None = state.edit(state.task_key(mine))
        if row is not None and row["attempts"]:
            attempt = row["attempts"][-1]
            attempt["foreign"] = [
                [name, path]
                for name, path in attempt["foreign"]
                if name != theirs or path not in files
            ]


def _answer_all(state: State, task: TaskRow, data: Row) -> None:
    action = data["action"]
    if action == "accept" and task["status"] == "failed":
        return
    for question in task["questions"]:
        close(state, question, data)
    if action == "cancel":
        return cancel(state, task)
    task["tries"] = 0
    if action == "reassign":
        attempt = current(task)
        if attempt is not None:
            tried(task, attempt["worker"])
        release(state, task, "closed")
        task["backoff"] = state.log_us  # from now on, but for the grace its last worker waits
        settle(state, task, "pending")


def _resume(state: State, task: TaskRow) -> None:
    """Active again for its worker, who gets a while to notice; without one, ready for anyone."""
    if task["status"] not in ("escalated", "failed"):
        return
    task["tries"] = task["backoff"] = 0
    attempt = current(task)
    if attempt is None:
        release(state, task, "closed")
        settle(state, task, "pending")
        return
    state.head["parked"].pop(task["id"], None)
    if attempt["state"] == "lapsed":  # and did not come back: its worker may, others as well
        state.head["lapsed"][task["id"]] = attempt["worker"]
        settle(state, task, "pending")
        return
    attempt["state"] = "running" if attempt["lastAt"] else "assigned"
    attempt["refused"] = {}
    lease = max(RESUMED_LEASE, policy(state, "heartbeatTimeoutSeconds"))
    live(state, task, lease, free=policy(state, "parkedGraceSeconds"))
    settle(state, task, "in-progress" if attempt["lastAt"] else "assigned")
