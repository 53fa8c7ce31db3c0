"""Data as a caller may send it, where that is not as it is stored: evt adds keys, and evidence.

A type that is not here is asked for exactly as it is stored.
"""

from __future__ import annotations

from typing import Literal

from evt.eventlog.events import (
    Assigned,
    Attested,
    Escalated,
    Failed,
    Heartbeat,
    Kind,
    Reopened,
    Signals,
)
from evt.eventlog.events_fields import Data, Name, Path, Positive, Score, TaskId, Text, absent
from evt.eventlog.events_project import ProjectFields
from evt.eventlog.events_task import Task, TaskFields


class ProjectStartedRequest(ProjectFields):
    """The name may come as the subject."""

    name: Name = absent()


class TaskCreatedRequest(Task):
    """A task JSON as it stands; the id may come as the subject."""

    id: TaskId = absent()
    type: Text = absent()


class TaskRevisedRequest(Data):
    """Whether it loosened the acceptance is for evt to say."""

    changed: TaskFields
    reason: Text


class AssignedRequest(Assigned):
    """The number of the attempt is evt's."""

    attempt: Positive = absent()
    reason: Literal["claimed", "assigned", "reassigned"] = absent()
    lease_seconds: Positive = absent()


class HeartbeatRequest(Heartbeat):
    """Without attempt: the actor's only one."""

    attempt: Positive = absent()


class NamedFile(Data):
    """A deliverable before evt looked at it."""

    path: Path


class CompletedRequest(Data):
    """A claim; what is evidence for it evt gathers itself."""

    ANY_OF = ("contextEfficiencyScore", "signals")
    attempt: Positive = absent()
    deliverables: list[Path | NamedFile] = absent()
    context_efficiency_score: Score = absent()
    signals: Signals = absent()
    notes: Text = absent()
    attested: list[Attested] = absent()


class FailedRequest(Failed):
    """Without attempt: the actor's only one."""

    attempt: Positive = absent()


class EscalatedRequest(Escalated):
    """Kind blocked unless it says otherwise."""

    kind: Kind = absent()


class ReopenedRequest(Reopened):
    """Not escaped unless it says so."""

    escaped: bool = absent()


REQUESTS: dict[str, type[Data]] = {
    "ProjectStarted": ProjectStartedRequest,
    "TaskCreated": TaskCreatedRequest,
    "TaskRevised": TaskRevisedRequest,
    "Assigned": AssignedRequest,
    "Heartbeat": HeartbeatRequest,
    "Completed": CompletedRequest,
    "Failed": FailedRequest,
    "Escalated": EscalatedRequest,
    "Reopened": ReopenedRequest,
}
