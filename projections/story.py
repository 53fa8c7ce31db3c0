"""The log in words: one line per event, and what differs between two moments."""

from __future__ import annotations

from evt.projections.status import rows, task_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.line import Event
    from evt.eventlog.state import State

# type -> words; {actor}, {subject} and every key of data may be used, missing ones are left out
_WORDS = {
    "ProjectStarted": "{actor} started project {subject}",
    "ProjectRevised": "{actor} revised the project",
    "ProjectPaused": "{actor} paused the project: {reason}",
    "ProjectResumed": "{actor} resumed the project",
    "ProjectEnded": "{actor} ended the project: {outcome}",
    "WorkerJoined": "{subject} joined as {role}",
    "WorkerLeft": "{subject} left: {note}",
    "TaskCreated": "{actor} created {subject}: {description}",
    "TaskRevised": "{actor} revised {subject}: {reason}",
    "TaskCancelled": "{actor} cancelled {subject}: {reason}",
    "Assigned": "{subject} goes to {worker} ({reason}), attempt {attempt}",
    "Heartbeat": "{actor} works on {subject}: {note}",
    "Completed": "{actor} completed {subject}, score {contextEfficiencyScore}",
    "Rejected": "the gate refused attempt {attempt} of {subject}",
    "Failed": "{actor} failed {subject}: {reason}",
    "TimedOut": "{worker} timed out on {subject} after {silentSeconds} s of silence",
    "LateResult": "a late {type} of attempt {attempt} of {subject} was kept",
    "Escalated": "{actor} asks about {subject} ({kind}): {question}",
    "Resolved": "{actor} answered {subject}: {action} {answer}",
    "Intervened": "an intervention ({kind}) on {subject}: {note}",
    "Reopened": "{actor} reopened {subject}: {defect}",
    "Reviewed": "{actor} reviewed {subject}: {verdict}",
    "ConflictDetected": "{subject} and {with} meet in {files} ({when})",
    "Noted": "{actor} noted on {subject}: {text}",
    "ServerStarted": "the server listens on {host}:{port}",
    "ServerStopped": "the server stopped: {reason}",
    "LogResumed": "the log goes on after {silentSeconds} s in which nobody watched",
    "SegmentSealed": "the segment is full, {next} follows",
    "TailQuarantined": "{bytes} torn bytes were put into quarantine: {file}",
    "SyncFailed": "a write at {sequence} may not have been synced",
}
_WIDTH = 160


class _Facts(dict):  # type: ignore[type-arg]  # `typing` is not loaded on this path
    def __missing__(self, key: str) -> str:
        return ""


def words(event: Event) -> str:
    """One event in one line of words, without its number and time."""
    facts = _Facts(event.data)
    facts["actor"], facts["subject"] = event.actor, event.subject or "the project"
    facts["event"] = event.type
    if isinstance(facts.get("files"), list):
        facts["files"] = ", ".join(map(str, facts["files"]))
    template = _WORDS.get(event.type, "{actor}: {event} {subject}")
    text = " ".join(template.format_map(facts).split())
    return text.rstrip(": ") if len(text) <= _WIDTH else text[: _WIDTH - 3] + "..."


def told(event: Event) -> str:
    """One line of the story: number, time of day, words."""
    return f"{event.sequence:>6}  {event.time[11:19]}  {words(event)}"


def difference(before: State, after: State) -> list[str]:
    """What changed between two moments, in words; empty if nothing did."""
    lines = []
    if before.head["last"] != after.head["last"]:
        lines.append(f"project: {before.head['last'] or 'none'} -> {after.head['last']}")
    if before.head["paused"] != after.head["paused"]:
        lines.append("paused" if after.head["paused"] else "no longer paused")
    old = {row["id"]: task_json(row) for row in rows(before)}
    if before.head["last"] != after.head["last"]:
        old = {}
    for row in rows(after):
        lines += _task_difference(old.get(row["id"]), task_json(row))
    for name in after.head["workers"]:
        was, now = name in before.head["seen"], name in after.head["seen"]
        if was != now:
            lines.append(f"{name}: {'joined' if now else 'left'}")
    new = len(after.head["questions"].keys() - before.head["questions"].keys())
    gone = len(before.head["questions"].keys() - after.head["questions"].keys())
    if new or gone:
        lines.append(f"questions: {new} new, {gone} answered")
    return lines


def _task_difference(old: dict[str, Any] | None, new: dict[str, Any]) -> list[str]:
    name, lines = new["id"], []
    if old is None:
        lines.append(f"{name}: new, {new['status']}")
        old = {**new, "status": "pending", "assignedTo": None}
    elif old["status"] != new["status"]:
        lines.append(f"{name}: {old['status']} -> {new['status']}")
    if old["assignedTo"] != new["assignedTo"]:
        lines.append(f"{name}: {old['assignedTo'] or 'nobody'} -> {new['assignedTo'] or 'nobody'}")
    if old["revision"] != new["revision"]:
        lines.append(f"{name}: revision {old['revision']} -> {new['revision']}")
    return lines
