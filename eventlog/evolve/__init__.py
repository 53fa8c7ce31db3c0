"""The fold: `evolve(state, event)` applies one stored event.

It is total: every schema-valid event can be applied to every state. A contradiction is applied as
far as it has meaning and recorded (`anomalies`); unknown types are passed over. Log time, the clock
of every lease and duration, is counted here (docs/adr/0005-log-time.md).
"""

from __future__ import annotations

from evt.eventlog.catalog import SECOND, SILENT_STEP
from evt.eventlog.clock import us
from evt.eventlog.evolve import attempts, projects, questions, tasks, workers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from evt.eventlog.line import Event
    from evt.eventlog.state import State

SCHEMA_VERSION = 1  # of every type so far; a higher one was written by a newer evt
FOLD_VERSION = 1  # of the rows; a checkpoint of another version is not read

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
    "Heartbeat": attempts.heartbeat,
    "Completed": attempts.completed,
    "Rejected": tasks.rejected,
    "Failed": attempts.failed,
    "TimedOut": attempts.timed_out,
    "LateResult": tasks.late,
    "Escalated": questions.escalated,
    "Resolved": questions.resolved,
    "Intervened": attempts.sign,
    "Reopened": tasks.reopened,
    "ConflictDetected": tasks.conflict,
    "Noted": attempts.sign,
    "ServerStarted": projects.server_started,
    "ServerStopped": projects.server_stopped,
    "LogResumed": projects.log_resumed,
}
_NOTHING_FOLLOWS = ("Reviewed", "SegmentSealed", "TailQuarantined", "SyncFailed")
_SILENT_US = SILENT_STEP * SECOND


def evolve(state: State, event: Event) -> None:
    """Apply the next line of the log to the state, in place."""
    head = state.head
    clock = us(event.recordedtime or event.time)
    step = clock - state.clock_us
    counts = step > 0 and state.sequence > 0 and not head["paused"]
    if counts and not (step > _SILENT_US and event.type == "LogResumed"):
        state.log_us += step
    state.clock_us = clock
    state.sequence += 1
    state.time = event.time
    seen = head["seen"].get(event.actor)
    if seen is not None:
        seen[0] = state.log_us
        seen[1] = event.time
    rule = _RULES.get(event.type)
    if rule is not None:
        rule(state, event)
    elif event.critical and event.type not in _NOTHING_FOLLOWS:
        head["newer"] = head["newer"] or state.sequence
    if event.schemaversion > SCHEMA_VERSION:
        head["newer"] = head["newer"] or state.sequence
