"""Why a task is not given out now, in words: for `next`, for status, for the inbox."""

from __future__ import annotations

from evt.eventlog.catalog import PASSED_SECONDS, PASSED_TIMES, SECOND
from evt.eventlog.clock import iso
from evt.eventlog.evolve.attempts import current, held_by

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.rows import TaskRow
    from evt.eventlog.state import State


def holder(task: TaskRow) -> str | None:
    """Worker of the open attempt."""
    attempt = current(task)
    return attempt["worker"] if attempt else None


def overlap(state: State, task: TaskRow) -> str | None:
    """`task-002: output a.md held by worker-B`, if an attempt holds an output of this task."""
    met = held_by(state, task)
    if met is None:
        return None
    other = state.task(met[0])
    who = (holder(other) if other else None) or "nobody, but parked"
    return f"{met[0]}: output {met[1]} held by {who}"


def backoff(state: State, task: TaskRow, log_us: int) -> str | None:
    """Until when a task that failed is not given out, as a time of the clock."""
    if task["backoff"] <= log_us:
        return None
    return f"backoff until {wall(state, task['backoff'])}"


def wall(state: State, until_us: int) -> str:
    """A log time still to come as a time of the clock: a function of the log alone."""
    return iso(state.clock_us + until_us - state.log_us)


def waits_for(state: State, task: TaskRow, log_us: int) -> list[str]:
    """All reasons why a pending task is not given out at this log time."""
    if task["status"] != "pending":
        return []
    reasons = []
    for name in task["data"].get("dependencies", ()):
        other = state.task(name)
        status = other["status"] if other else "unknown"
        if status != "completed":
            who = holder(other) if other else None
            reasons.append(f"{name}: {status}" + (f" by {who}" if who else ""))
    for reason in (overlap(state, task), backoff(state, task, log_us)):
        if reason:
            reasons.append(reason)
    return reasons


def protected(task: TaskRow, log_us: int) -> bool:
    """Passed over often or long enough: lower ranks no longer take its outputs."""
    return task["passed"] >= PASSED_TIMES or (
        task["passedUs"] > 0 and log_us - task["passedUs"] >= PASSED_SECONDS * SECOND
    )
