"""Projects and their policy: every number that an engineer may turn, with its range."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from evt.eventlog.catalog import POLICY
from evt.eventlog.events_fields import (
    Amount,
    Data,
    Name,
    Number,
    Path,
    Positive,
    Score,
    Text,
    absent,
)
from evt.eventlog.events_task import Acceptance

Seconds = Annotated[int, Field(ge=1, le=86_400)]
SecondsOrNone = Annotated[int, Field(ge=0, le=86_400)]


class Policy(Data):
    """ProjectStarted.policy; what is left out has the default of the page."""

    heartbeat_timeout_seconds: Seconds = POLICY["heartbeatTimeoutSeconds"]
    max_lease_seconds: Seconds = POLICY["maxLeaseSeconds"]
    pickup_seconds: Seconds = POLICY["pickupSeconds"]
    waiting_seconds: Seconds = POLICY["waitingSeconds"]
    max_silent_seconds: Seconds = POLICY["maxSilentSeconds"]
    max_attempts: Positive = POLICY["maxAttempts"]
    max_refusals: Positive = POLICY["maxRefusals"]
    parked_grace_seconds: SecondsOrNone = POLICY["parkedGraceSeconds"]
    idle_waits: Positive = POLICY["idleWaits"]
    low_score: Score = POLICY["lowScore"]
    ignore: list[Path] = Field(default_factory=list)
    targets: dict[str, Number] = Field(default_factory=dict)


class Baseline(Data):
    """What the same work cost without evt."""

    serial_seconds: Amount = absent()
    debug_minutes: Amount = absent()


class ProjectFields(Data):
    """What a project has besides its name."""

    goal: Text = absent()
    phase: Annotated[int, Field(ge=1, le=4)] = absent()
    policy: Policy = absent()
    baseline: Baseline = absent()
    acceptance: Acceptance = absent()


class ProjectStarted(ProjectFields):
    """Work towards one goal begins."""

    name: Name


class ProjectRevised(ProjectFields):
    """Some of what was started is different now."""

    name: Name = absent()
    note: Text = absent()


class ProjectPaused(Data):
    """No work is given out, and no time counts."""

    reason: Text = absent()


class ProjectResumed(Data):
    """Work goes on."""


class ProjectEnded(Data):
    """Nothing more is to be done."""

    outcome: Literal["done", "abandoned"]
    note: Text = absent()
