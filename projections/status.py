"""State now, for eyes and for programs: the document `evt.status/1`.

Everything but `verdict` and `waitsFor` is a function of the log alone: times, never ages.
"""

from __future__ import annotations

from evt.eventlog.catalog import POLICY, SECOND
from evt.eventlog.decide.draft import log_now
from evt.eventlog.evolve.attempts import current
from evt.eventlog.waits import waits_for, wall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from evt.eventlog.rows import QuestionRow, TaskRow
    from evt.eventlog.state import State

SCHEMA = "evt.status/1"
SHOWN_AFTER_US = 60 * SECOND  # a tool call is shown as waiting when it takes so long
DATA_KEYS = (
    "type", "description", "context", "acceptance", "dependencies", "priority", "estimateSeconds",
)  # fmt: skip


def status(state: State, line_hash: str, now_us: int) -> dict[str, Any]:
    """The whole document."""
    log_us = log_now(state, now_us)
    conflicts = state.get(f"c/{state.head['last']}")
    anomalies = state.get("a")
    return {
        "schema": SCHEMA,
        "project": project(state),
        "sequence": state.sequence,
        "hash": line_hash,
        "time": state.time,
        "counts": counts(state),
        "tasks": [task_view(state, row, log_us) for row in rows(state)],
        "workers": [worker_view(state, name, log_us) for name in state.head["workers"]],
        "escalations": escalations(state),
        "conflicts": conflicts["list"] if conflicts else [],
        "server": state.head["server"],
        "anomalies": anomalies["list"] if anomalies else [],
    }


def project(state: State) -> dict[str, Any] | None:
    """The open or last project, with the policy in force."""
    if state.head["last"] is None:
        return None
    data = state.get(state.project_key())["data"]
    return {
        "name": state.head["last"],
        "goal": data.get("goal"),
        "phase": data.get("phase"),
        "policy": {**POLICY, "ignore": [], "targets": {}, **state.head["policy"]},
        "paused": state.head["paused"],
    }


def counts(state: State) -> dict[str, int]:
    """Tasks per status; `pending` includes `ready`."""
    by_status = state.head["counts"]
    return {
        "pending": by_status["pending"],
        "ready": state.head["ready"],
        **{name: count for name, count in by_status.items() if name != "pending"},
        "total": sum(by_status.values()),
    }


def rows(state: State) -> Iterable[TaskRow]:
    """The tasks of the project in order of creation."""
    for name in state.task_ids():
        row = state.task(name)
        if row is not None:
            yield row


def task_json(task: TaskRow) -> dict[str, Any]:
    """The task JSON: what was asked, and the reported fields."""
    data = task["data"]
    attempt = current(task)
    return {
        "id": task["id"],
        **{key: data[key] for key in DATA_KEYS if key in data},
        "revision": task["revision"],
        "status": task["status"],
        "assignedTo": attempt["worker"] if attempt and attempt["state"] != "lapsed" else None,
        "createdAt": task["at"],
        "completedAt": task["completedAt"],
    }


def task_view(state: State, task: TaskRow, log_us: int) -> dict[str, Any]:
    """One entry of `tasks`."""
    attempt = current(task)
    live = state.head["live"].get(task["id"])
    last = task["attempts"][-1] if task["attempts"] else None
    return {
        **task_json(task),
        "ready": task["rank"] is not None,
        "waitsFor": waits_for(state, task, log_us),
        "attempt": attempt["n"] if attempt else None,
        "leaseUntil": wall(state, live["until"]) if live else None,
        "lastSeen": last["lastAt"] if last else None,
        "progress": last["progress"] if last else None,
        "note": last["note"] if last else None,
        "tries": task["tries"],
        "refusals": last["refusals"] if last else 0,
    }


def worker_view(state: State, name: str, log_us: int) -> dict[str, Any]:
    """One entry of `workers`."""
    row = state.get(f"w/{name}")
    held = [task for task, live in state.head["live"].items() if live["worker"] == name]
    seen = state.head["seen"].get(name)
    return {
        "name": name,
        "role": row["role"],
        "host": row["host"],
        "joined": row["joined"],
        "task": held[0] if held else None,
        "verdict": verdict(state, name, log_us),
        "lastSeen": seen[1] if seen else row["at"],
        "completed": row["completed"],
        "scores": row["scores"],
    }


def verdict(state: State, name: str, log_us: int) -> str:
    """How a worker is doing: left, dead, waiting, working, quiet or idle.

    dead: its lease is over, or was, and it has not been heard since, whoever has the task now;
    waiting: in a tool call that may need the engineer's consent, for a while already; quiet: more
    than half of its lease has passed in silence; idle: without a task, inside `next --wait` or not.
    """
    head = state.head
    seen = head["seen"].get(name)
    if seen is None:
        return "left"
    live = [entry for entry in head["live"].values() if entry["worker"] == name]
    timed_out = 0 if live else state.get(f"w/{name}")["timedOut"]
    if any(entry["until"] <= log_us for entry in live) or (timed_out and seen[0] <= timed_out):
        return "dead"
    if any(entry["waiting"] and log_us - entry["waiting"] >= SHOWN_AFTER_US for entry in live):
        return "waiting"
    if live:
        left = max(entry["until"] for entry in live) - log_us
        return "quiet" if left < max(e["lease"] for e in live) * SECOND // 2 else "working"
    return "idle"


def escalations(state: State) -> list[dict[str, Any]]:
    """Open questions in order."""
    return [question_view(task["id"], question) for task, question in open_questions(state)]


def open_questions(state: State) -> list[tuple[TaskRow, QuestionRow]]:
    """Every open question with its task, in order."""
    found = []
    for question_id, name in state.head["questions"].items():
        task = state.task(name)
        for question in task["questions"] if task else ():
            if task and question["id"] == question_id:
                found.append((task, question))
    return sorted(found, key=lambda pair: pair[1]["sequence"])


def question_view(task: str, question: QuestionRow) -> dict[str, Any]:
    """One entry of `escalations`."""
    return {
        "id": question["id"],
        "task": task,
        "kind": question["kind"],
        "to": question["to"],
        "question": question["question"],
        "since": question["at"],
        "by": question["by"],
    }
