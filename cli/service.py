"""The way in for every door (shell, hooks, MCP, server): give a command to the log, get a reply."""

from __future__ import annotations

from evt.eventlog.clock import now_us
from evt.eventlog.commands import Emit
from evt.eventlog.decide import decide
from evt.eventlog.decide.draft import log_now
from evt.eventlog.decision import Refused
from evt.eventlog.errors import Refusal
from evt.eventlog.evolve.attempts import policy
from evt.eventlog.evolve.signs import beat_is_due
from evt.eventlog.log.lookup import line_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.commands import Command
    from evt.eventlog.decision import Decision
    from evt.eventlog.log.backend import Appended
    from evt.eventlog.log.filelog import FileLog
    from evt.eventlog.rows import AttemptRow
    from evt.eventlog.state import State


class Reply:
    """What came of an accepted command: receipts in order, `result` of the rule, state after it."""

    __slots__ = ("receipts", "result", "state")

    def __init__(
        self, receipts: list[dict[str, Any]], result: dict[str, Any], state: State
    ) -> None:
        self.receipts = receipts
        self.result = result
        self.state = state


def submit(log: FileLog, command: Command) -> Reply:
    """Decide and append under the lock; raises Refusal with the receipts of what was kept."""
    if isinstance(command, Emit) and _may_conflict(command):
        from evt.cli.diffing import show_sides

        show_sides(log, command)
    done = log.transact(lambda state, clock_us: _decided(command, state, clock_us))
    _trees(log, done)
    own = [receipt.document() for receipt in done.receipts[done.decision.own :]]
    outcome = done.decision.outcome
    if isinstance(outcome, Refused):
        facts = dict(outcome.facts)
        if own:
            facts["receipts"] = own
        hint = outcome.hint or "evt status"
        raise Refusal(outcome.exit, outcome.code, outcome.message, hint, **facts)
    repeated = [_stored(log, sequence) for sequence in outcome.repeated]
    receipts = sorted(repeated + own, key=lambda receipt: receipt["sequence"])
    return Reply(receipts, outcome.result, done.state)


def _may_conflict(command: Emit) -> bool:
    """Whether this could be found to conflict in files."""
    handed_in = command.type == "Completed" and command.verdict is not None
    return handed_in or "touched" in command.data or bool(command.drifted)


def _decided(command: Command, state: State, clock_us: int) -> Decision:
    """The verdict of the gate must still hold when it counts."""
    if isinstance(command, Emit) and command.verdict is not None:
        command.verdict.must_hold()
    return decide(command, state, clock_us)


def _trees(log: FileLog, done: Appended) -> None:
    """Checks that compare with the tree at Assigned need it kept, until the task has ended."""
    for event in done.decision.events:
        if event.type not in _TREE_EVENTS:
            continue
        from evt.cli.gate import forget_tree, remember_tree

        task = done.state.task(event.subject or "")
        if task is not None and event.type == "Assigned":
            remember_tree(log, done.state, task)
        elif task is not None:
            forget_tree(log, done.state, task)


_TREE_EVENTS = frozenset({"Assigned", "Completed", "TaskCancelled"})


def beat(
    log: FileLog, task: str, attempt: AttemptRow, source: str, lease: int | None = None
) -> list[str]:
    """A sign of life that evt appends by itself, if one is due or its worker has to hear something.

    What the worker has to hear; a sign that comes too late is no harm, and hears that.
    """
    data: dict[str, Any] = {"attempt": attempt["n"], "source": source}
    if lease is not None:
        data["leaseSeconds"] = lease
    command = Emit(attempt["worker"], "Heartbeat", task, data)
    if lease is None and not _is_due(log.state(), command):
        return []
    try:
        told: list[str] = submit(log, command).result.get("told", [])
    except Refusal as refusal:
        return [f"{refusal.message}: {refusal.hint}"]
    return told


def lease_of(state: State, task: str) -> int:
    """Seconds that the holder of a task may be silent now; the usual ones if nobody has it."""
    entry = state.head["live"].get(task)
    return entry["lease"] if entry else policy(state, "heartbeatTimeoutSeconds")


def rest(log: FileLog, task: str, attempt: AttemptRow, lease: int) -> None:
    """The gate is over and the task is not: its worker may be silent for no longer than before."""
    entry = log.state().head["live"].get(task)
    if entry is not None and entry["n"] == attempt["n"] and entry["lease"] > lease:
        beat(log, task, attempt, "gate", lease)


def _is_due(state: State, command: Emit) -> bool:
    clock_us = now_us()
    row = state.task(command.subject or "")
    if row is None or beat_is_due(state, row, command.data["source"], log_now(state, clock_us)):
        return True
    outcome = decide(command, state, clock_us).outcome
    return isinstance(outcome, Refused) or bool(outcome.result)


def _stored(log: FileLog, sequence: int) -> dict[str, Any]:
    """The receipt of an event stored by an earlier call."""
    line = line_at(log.layout, sequence)
    event = line.event
    return {
        "sequence": sequence,
        "hash": line.hash,
        "id": event.id,
        "time": event.time,
        "type": event.type,
        "subject": event.subject,
        "repeated": True,
    }
