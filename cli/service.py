"""The way in for every door (shell, hooks, MCP, server): give a command to the log, get a reply."""

from __future__ import annotations

from evt.eventlog.decide import decide
from evt.eventlog.decision import Refused
from evt.eventlog.errors import Refusal
from evt.eventlog.log.lookup import line_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.commands import Command
    from evt.eventlog.log.filelog import FileLog
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
    done = log.transact(lambda state, now_us: decide(command, state, now_us))
    own = [receipt.document() for receipt in done.receipts[done.decision.own :]]
    outcome = done.decision.outcome
    if isinstance(outcome, Refused):
        facts = dict(outcome.facts)
        if own:
            facts["receipts"] = own
        raise Refusal(outcome.exit, outcome.code, outcome.message, outcome.hint, **facts)
    repeated = [_stored(log, sequence) for sequence in outcome.repeated]
    receipts = sorted(repeated + own, key=lambda receipt: receipt["sequence"])
    return Reply(receipts, outcome.result, done.state)


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
