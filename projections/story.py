"""The log in words: one line per event."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event

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
