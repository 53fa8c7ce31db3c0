"""A decision being made: the events so far, already applied to a copy of the state."""

from __future__ import annotations

from evt.eventlog.catalog import COORDINATOR, ENGINEER, MARGIN, NOBODY_WATCHING, ROLES, SECOND
from evt.eventlog.clock import iso
from evt.eventlog.errors import Refusal
from evt.eventlog.evolve import evolve
from evt.eventlog.ids import event_id
from evt.eventlog.line import Event

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.commands import Command
    from evt.eventlog.rows import AttemptRow, TaskRow
    from evt.eventlog.state import State


class Draft:
    """Events to append, and the state as it will be once they are.

    A rule that refuses raises `Refusal`; what it appended since the last `keep()` is dropped then.
    """

    __slots__ = ("command", "events", "kept", "now_us", "number", "state", "swept")

    def __init__(self, command: Command, state: State, now_us: int) -> None:
        self.command = command
        self.state = state.overlay()
        self.now_us = now_us
        self.events: list[Event] = []
        self.kept = 0
        self.swept = 0  # events before the command's own
        self.number = 0

    @property
    def log_us(self) -> int:
        """Log time now, in microseconds."""
        return log_now(self.state, self.now_us)

    def add(
        self,
        type: str,
        subject: str | None,
        data: dict[str, Any],
        *,
        actor: str = "evt",
        id: str | None = None,
        caused: str | None = None,
        project: str | None = None,
    ) -> Event:
        """Append one event; `project` only where the open one is not meant."""
        event = Event(
            id or event_id(self.command.seed, self.number),
            type,
            actor,
            data,
            subject=subject,
            correlationid=project or self.state.head["project"],
            causationid=caused,
        )
        self.number += 1
        if self.command.viachat and actor == self.command.actor:
            event.viachat = True
        now = iso(self.now_us)
        event.time = max(self.state.time, now)
        if event.time != now:
            event.recordedtime = now
        self.events.append(event)
        evolve(self.state, event)
        return event

    def keep(self) -> None:
        """What was appended so far stays even if the command is refused."""
        self.kept = len(self.events)

    def task(self, name: str | None) -> TaskRow:
        """The task, which must be there."""
        if not name:
            raise Refusal(2, "usage", "this type needs a task", "evt status")
        task = self.state.task(name)
        if task is None:
            raise Refusal(4, "not_found", f"there is no task {name}", "evt status", task=name)
        return task

    def changed(self, task: TaskRow) -> TaskRow:
        """The row as it is after the events so far."""
        row = self.state.task(task["id"])
        return row if row is not None else task


def log_now(state: State, now_us: int) -> int:
    """Log time at a clock reading: it stands still while paused, and while nobody watches."""
    if state.head["paused"] or not state.sequence or unwatched(state, now_us):
        return state.log_us
    return state.log_us + max(0, now_us - state.clock_us)


def unwatched(state: State, now_us: int) -> int:
    """Microseconds of silence if it was longer than any live lease could explain, else 0.

    Nothing expires then; the next writer or waiter appends a LogResumed first.
    """
    if state.head["paused"] or not state.sequence:
        return 0
    leases = [entry["lease"] for entry in state.head["live"].values()]
    limit = (max(leases) if leases else NOBODY_WATCHING) + MARGIN
    silent = now_us - state.clock_us
    return silent if silent > limit * SECOND else 0


def seconds(us: int) -> float:
    """Microseconds as seconds, to the millisecond."""
    return round(us / SECOND, 3)


def leads(state: State, actor: str) -> bool:
    """Whether this name may create, revise, cancel, resolve and reopen."""
    if actor in ROLES:
        return True
    row = state.get(f"w/{actor}")
    return bool(row and row["joined"] and row["roles"] == [COORDINATOR])


def must_lead(draft: Draft, what: str) -> None:
    """Refuse a worker what is for the engineer and the coordinator."""
    actor = draft.command.actor
    if not leads(draft.state, actor):
        raise Refusal(
            4, "not_allowed", f"{actor} may not {what}: that is for engineer and coordinator",
            f"evt emit Escalated TASK --question '...' --as {actor}",
        )  # fmt: skip


def must_not_be_in_a_chat(draft: Draft, what: str) -> None:
    """Refuse the engineer inside a chat: these decisions are for a terminal."""
    if draft.command.viachat and draft.command.actor == ENGINEER:
        raise Refusal(
            4, "not_allowed", f"the engineer may not {what} from inside a chat",
            "run the same command in a terminal of your own",
        )  # fmt: skip


def must_be_engineer(draft: Draft, what: str) -> None:
    """Refuse everybody else."""
    actor = draft.command.actor
    if actor != ENGINEER:
        raise Refusal(
            4, "not_allowed", f"{actor} may not {what}: that is for the engineer",
            f"evt emit Noted --text '...' --as {actor}",
        )  # fmt: skip


def must_have_joined(draft: Draft) -> None:
    """Refuse a name that has not joined, or left."""
    actor = draft.command.actor
    row = draft.state.get(f"w/{actor}")
    if row is None or not row["joined"]:
        if row is None and actor in ROLES:
            raise Refusal(
                4, "not_allowed", f"{actor} does not work on tasks: say which worker you are",
                "evt join  # hands out a name; then say it: --as worker-A",
            )  # fmt: skip
        what = "has left" if row else "has not joined"
        raise Refusal(4, "not_allowed", f"{actor} {what}", f"evt join {actor}")


def next_hint(draft: Draft) -> str:
    """What the caller does whose call came too late."""
    actor = draft.command.actor
    return "evt status" if actor in ROLES else f"evt next --as {actor}"


def must_be_open(draft: Draft) -> None:
    """Refuse what needs an open project."""
    if draft.state.head["project"] is None:
        raise Refusal(
            4, "wrong_state", "no project is open",
            "evt init --project NAME",
        )  # fmt: skip


def cause(attempt: AttemptRow | None) -> str | None:
    """Event id of the Assigned that an attempt began with."""
    return attempt["id"] if attempt else None
