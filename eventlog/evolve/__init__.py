"""The fold: `evolve(state, event)` applies one stored event.

It is total: every schema-valid event can be applied to every state. A contradiction is applied as
far as it has meaning and recorded (`anomalies`); unknown types are passed over. Log time, the clock
of every lease and duration, is counted here (docs/adr/0005-log-time.md).
"""

from __future__ import annotations

from evt.eventlog.catalog import SECOND, SILENT_STEP
from evt.eventlog.clock import line_us
from evt.eventlog.evolve import attempts, projects, questions, signs, tasks, workers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evt.eventlog.line import Event
    from evt.eventlog.state import State

SCHEMA_VERSION = 1  # of every type so far; a higher one was written by a newer evt
FOLD_VERSION = 6  # of the rows; a checkpoint of another version is not read


def _nothing_follows(state: State, event: Event) -> None:
    """Known, and only kept."""


_RULES: dict[str, Callable[[State, Event], None]] = {
    "ProjectStarted": projects.started,
    "ProjectRevised": projects.revised,
    "ProjectPaused": projects.paused,
    "ProjectResumed": projects.resumed,
    "ProjectEnded": projects.ended,
    "WorkerJoined": workers.joined,
    "WorkerLeft": workers.left,
    "TaskCreated": tasks.created,
    "TaskRevised": tasks.revised,
    "TaskCancelled": tasks.cancelled,
    "Assigned": attempts.assigned,
    "Heartbeat": signs.heartbeat,
    "Completed": attempts.completed,
    "Rejected": tasks.rejected,
    "Failed": attempts.failed,
    "TimedOut": signs.timed_out,
    "LateResult": tasks.late,
    "Escalated": questions.escalated,
    "Resolved": questions.resolved,
    "Intervened": signs.sign,
    "Reopened": tasks.reopened,
    "Reviewed": signs.sign,
    "ConflictDetected": tasks.conflict,
    "Noted": signs.sign,
    "ServerStarted": projects.server_started,
    "ServerStopped": projects.server_stopped,
    "LogResumed": projects.log_resumed,
    "SegmentSealed": _nothing_follows,
    "TailQuarantined": _nothing_follows,
    "SyncFailed": _nothing_follows,
}
_SILENT_US = SILENT_STEP * SECOND


def evolve(state: State, event: Event) -> None:
    """Apply the next line of the log to the state, in place."""
    head, time = state.head, event.time
    clock = line_us(event.recordedtime or time)
    step = clock - state.clock_us
    counts = step > 0 and state.sequence > 0 and not head["paused"]
    if counts and not (step > _SILENT_US and event.type == "LogResumed"):
        state.log_us += step
    state.clock_us = clock
    state.sequence += 1
    state.time = time
    seen = head["seen"].get(event.actor)
    if seen is not None:
        seen[0] = state.log_us
        seen[1] = time
    rule = _RULES.get(event.type)
    if rule is None or event.schemaversion > SCHEMA_VERSION:
        if event.critical or rule is not None:  # this evt may read on, but not write behind it
            head["newer"] = head["newer"] or state.sequence
    else:
        rule(state, event)


def evolve_each(state: State, events: Sequence[Event]) -> None:
    """Apply the next lines, one by one; `many.evolve_all` does the same to a million of them."""
    for event in events:
        evolve(state, event)
