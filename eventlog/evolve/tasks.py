"""Tasks from creation to their end, and what is noted about their attempts."""

from __future__ import annotations

from evt.eventlog.catalog import OPEN_ATTEMPT
from evt.eventlog.digest import sha256_hex
from evt.eventlog.evolve import graph
from evt.eventlog.evolve.anomalies import anomaly
from evt.eventlog.evolve.attempts import attempt_of, close, current, release, settle
from evt.eventlog.evolve.ready import index
from evt.eventlog.evolve.signs import revive, sign
from evt.eventlog.rawjson import dumps
from evt.eventlog.state import ORDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.line import Event
    from evt.eventlog.rows import TaskRow
    from evt.eventlog.state import State

FINDINGS_MAX, SHORT, HANDED_MAX = 5, 200, 50  # findings, characters of one, files kept


def created(state: State, event: Event) -> None:
    """A new task, ready or waiting for its dependencies."""
    name, key = event.subject, state.task_key(event.subject)
    if state.head["project"] is None or name is None or state.get(key) is not None:
        return anomaly(state, event, "TaskCreated without a project or a name, or of a known task")
    head = state.head
    number = sum(head["counts"].values())
    head["counts"]["pending"] += 1
    order = f"o/{head['last']}/{number // ORDER}"
    if number % ORDER == 0:
        state.put(order, {"ids": []})
    state.edit(order)["ids"].append(name)
    task: TaskRow = {
        "id": name, "sequence": state.sequence, "at": event.time,
        "data": {**event.data}, "revision": event.data.get("revision", 1), "status": "pending",
        "open": 0, "dependants": [], "rank": None, "chain": 1, "tries": 0, "backoff": 0,
        "attempts": [], "last": [], "questions": [], "passed": 0, "passedUs": 0, "completed": 0,
        "completedAt": None, "score": None, "deliverables": [], "notes": None, "workspace": None,
        "suspect": False, "reopened": 0, "since": state.sequence,
    }  # fmt: skip
    state.put(key, task)
    for unknown in graph.link(state, task):
        anomaly(state, event, f"unknown dependency {unknown}")
    return index(state, task)


def revised(state: State, event: Event) -> None:
    """Fields of the task change; the worker is told on its next call."""
    task: TaskRow | None = state.edit(state.task_key(event.subject))
    if task is None:
        return anomaly(state, event, "TaskRevised of an unknown task")
    changed = event.data["changed"]
    if "dependencies" in changed:
        graph.unlink(state, task)
    task["data"] = {**task["data"], **changed}
    task["revision"] += 1
    if "dependencies" in changed:
        for unknown in graph.link(state, task):
            anomaly(state, event, f"unknown dependency {unknown}")
    index(state, task)
    return sign(state, event)


def cancelled(state: State, event: Event) -> None:
    """The task ends unfinished; its attempt and its questions close."""
    task: TaskRow | None = state.edit(state.task_key(event.subject))
    if task is None or task["status"] in ("completed", "cancelled"):
        return anomaly(state, event, "TaskCancelled of a task that is over or unknown")
    return cancel(state, task)


def cancel(state: State, task: TaskRow) -> None:
    """End the task as cancelled."""
    release(state, task, "closed")
    for question in task["questions"]:
        close(state, question)
    settle(state, task, "cancelled")
    graph.unlink(state, task)


def reopened(state: State, event: Event) -> None:
    """A task that was over is pending again; after the end of its project this only counts."""
    head = state.head
    if head["project"] is None or event.correlationid not in (None, head["project"]):
        return None
    task: TaskRow | None = state.edit(state.task_key(event.subject))
    if task is None or task["status"] not in ("completed", "failed"):
        return anomaly(state, event, "Reopened of a task that is not over")
    was = task["status"]
    task["tries"] = task["backoff"] = task["completed"] = 0
    task["completedAt"] = task["score"] = None
    task["reopened"] = state.sequence
    for question in task["questions"]:
        close(state, question)
    settle(state, task, "pending")
    if was == "completed":
        graph.reopened(state, task)
    return None


def refusal_set(results: list[dict[str, Any]]) -> str:
    """Digest of the (check, verdict, path) set of a refusal."""
    seen = sorted({(r["check"], r["verdict"], r.get("path") or "") for r in results})
    return sha256_hex(dumps([list(item) for item in seen]))[:16]


def rejected(state: State, event: Event) -> None:
    """The gate refused a report; a lapsed attempt lives again."""
    task: TaskRow | None = state.edit(state.task_key(event.subject))
    attempt = attempt_of(task, event.data["attempt"]) if task else None
    if task is None or attempt is None or attempt["state"] not in OPEN_ATTEMPT:
        return anomaly(state, event, "Rejected of an attempt that is not open")
    digest = refusal_set(event.data["results"])
    attempt["refusals"] += 1
    attempt["score"] = event.data.get("contextEfficiencyScore", attempt["score"])
    attempt["refused"][digest] = attempt["refused"].get(digest, 0) + 1
    attempt["findings"] = _in_short(event.data["results"])
    attempt["handed"] = [d["path"] for d in event.data.get("deliverables", ())][:HANDED_MAX]
    if attempt["state"] == "lapsed" and attempt is current(task):
        revive(state, task)
    return None


def _in_short(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first findings that were not passed, for whoever goes on with the task."""
    found = [r for r in results if r["verdict"] != "passed"][:FINDINGS_MAX]
    return [
        {key: r[key][:SHORT] for key in ("check", "verdict", "message", "path") if key in r}
        for r in found
    ]


def late_digest(kind: str | None, deliverables: list[dict[str, Any]] | None, notes: object) -> str:
    """What makes two late reports of one attempt the same: type, files by name, words."""
    paths = None if deliverables is None else [d["path"] for d in deliverables]
    return sha256_hex(dumps([kind, paths, notes]))[:16]


def late(state: State, event: Event) -> None:
    """A report of a superseded attempt: kept once, changes nothing."""
    task: TaskRow | None = state.edit(state.task_key(event.subject))
    data = event.data
    attempt = attempt_of(task, data["attempt"]) if task else None
    if attempt is None:
        return anomaly(state, event, "LateResult of an attempt that never was")
    attempt["late"].append(
        late_digest(data.get("type"), data.get("deliverables"), data.get("notes"))
    )
    attempt["score"] = data.get("contextEfficiencyScore", attempt["score"])
    return None


def conflict(state: State, event: Event) -> None:
    """Two tasks met in files."""
    key = f"c/{state.head['last']}"
    if state.get(key) is None:
        state.put(key, {"list": []})
    data = event.data
    state.edit(key)["list"].append(
        {
            "task": event.subject, "with": data["with"], "files": data["files"],
            "when": data["when"], "sequence": state.sequence,
        }
    )  # fmt: skip
