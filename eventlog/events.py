"""The vocabulary: the data of every event type, strict and complete; nothing else is written.

A key without a default must be there. The generator turns these models into the tables that hot
verbs check with (`generate.py`); loaded at run time only to explain a refusal and for schemas.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from evt.eventlog import events_log, events_project, events_task
from evt.eventlog.events_fields import (
    Amount,
    Count,
    Data,
    EventId,
    Name,
    Path,
    Positive,
    Score,
    Sha256,
    Text,
    absent,
)
from evt.eventlog.events_task import TaskFields
from evt.eventlog.vocabulary import EVENT_TYPES

Kind = Literal["blocked", "conflict", "gate", "attempts", "untrusted", "drift", "context"]
Conflict = Literal["assigned", "edited", "completed", "drifted"]


class Workspace(Data):
    """Where a worker works."""

    path: Text = absent()
    branch: Text = absent()
    head: Text = absent()


class WorkerJoined(Data):
    """A name is taken."""

    role: Literal["coordinator", "worker"]
    host: Literal["cursor", "claude", "codex", "script", "human"] = absent()
    session: Text = absent()
    workspace: Workspace = absent()


class WorkerLeft(Data):
    """A name is given back."""

    reason: Text = absent()
    note: Text = absent()


class TaskRevised(Data):
    """Fields of a task are different now."""

    changed: TaskFields
    reason: Text
    loosened: bool = absent()


class TaskCancelled(Data):
    """The task is not wanted any more."""

    reason: Text


class Assigned(Data):
    """An attempt begins."""

    worker: Name
    attempt: Positive
    reason: Literal["claimed", "assigned", "reassigned"]
    lease_seconds: Positive


class Window(Data):
    """How full a chat's context window is."""

    tokens: Count = absent()
    size: Count = absent()


class Heartbeat(Data):
    """A sign of life."""

    attempt: Positive
    note: Text = absent()
    progress: Annotated[int | float, Field(ge=0, le=1)] = absent()
    touched: Annotated[list[Path], Field(max_length=200)] = absent()
    lease_seconds: Positive = absent()
    source: Literal["report", "hook", "gate", "socket", "waiting"] = absent()
    window: Window = absent()


class Deliverable(Data):
    """A file as handed in; sha256 null: deleted."""

    path: Path
    sha256: Sha256 | None = absent()
    bytes: Count | None = absent()


class Signals(Data):
    """What the context efficiency is computed from."""

    vague_scope: bool = absent()
    rules: Count = absent()
    clarifications: Count = absent()
    issues: list[Text] = absent()


class Result(Data):
    """What one check found; `more`: how many findings were left out behind this one."""

    check: Text
    verdict: Literal["passed", "failed", "manual", "untrusted", "error"]
    message: Annotated[str, Field(max_length=500)]
    path: Path = absent()
    line: Count = absent()
    tail: Annotated[str, Field(max_length=4096)] = absent()
    more: Count = absent()
    distribution: Text = absent()
    version: Text = absent()


Results = Annotated[list[Result], Field(max_length=201)]


class Attested(Data):
    """How the worker checked a criterion that no program can; counted from 1."""

    criterion: Positive
    how: Text


class Completed(Data):
    """The work passed the gate."""

    attempt: Positive
    deliverables: list[Deliverable]
    context_efficiency_score: Score
    signals: Signals = absent()
    rubric_score: Score = absent()
    notes: Text = absent()
    results: Results = absent()
    attested: list[Attested] = absent()
    revision: Positive = absent()
    workspace: Workspace = absent()
    accepted_by: Name = absent()
    overridden: Text = absent()
    unscored: bool = absent()  # its worker never gave a score: the one that is there means nothing


class Rejected(Data):
    """The gate refused what was handed in."""

    attempt: Positive
    results: Results
    deliverables: list[Deliverable] = absent()
    context_efficiency_score: Score = absent()


class Failed(Data):
    """The worker gives the attempt up."""

    attempt: Positive
    reason: Text
    retryable: bool = absent()


class TimedOut(Data):
    """No sign of life for longer than the lease."""

    worker: Name
    attempt: Positive
    last_seen: Text
    silent_seconds: Amount


class LateResult(Data):
    """A report that came when its attempt no longer counted."""

    attempt: Positive
    type: Text = absent()
    deliverables: list[Deliverable] = absent()
    notes: Text = absent()
    context_efficiency_score: Score = absent()


class Escalated(Data):
    """A question that somebody has to answer."""

    kind: Kind
    question: Text
    to: Literal["coordinator", "engineer"] = absent()
    attempt: Positive = absent()
    with_: Text = absent(alias="with")
    files: list[Path] = absent()
    conflict: EventId = absent()
    details: Any = absent()


class Resolved(Data):
    """The answer; to a question, or to work that came late."""

    ONE_OF = ("escalation", "late")
    action: Literal["resume", "reassign", "cancel", "accept"]
    answer: Text = absent()
    escalation: EventId = absent()
    late: EventId = absent()


class Intervened(Data):
    """The engineer had to step in."""

    kind: Literal["prompt", "edit", "debug", "setup", "other"]
    minutes: Amount = absent()
    estimated: bool = absent()
    note: Text = absent()


class Reopened(Data):
    """What was completed has a defect."""

    defect: Text
    escaped: bool


class Reviewed(Data):
    """The engineer looked at what was delivered."""

    verdict: Literal["accepted", "reopened"]
    minutes: Amount = absent()
    note: Text = absent()


class ConflictDetected(Data):
    """Two tasks met in the same files."""

    with_: Text = Field(alias="with")
    files: list[Path]
    when: Conflict


class Noted(Data):
    """Anything worth keeping."""

    text: Text
    tags: list[Text] = absent()
    extra: Any = absent()


_KNOWN = {**vars(events_log), **vars(events_project), **vars(events_task), **globals()}
MODELS: dict[str, type[Data]] = {name: _KNOWN[name] for name in EVENT_TYPES}
