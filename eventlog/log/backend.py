"""The protocol of a log: all that rules and views need, so that a database can stand behind it.

The batch is the unit, the exact line is the payload. tests/eventlog/log/conformance.py holds every
backend to it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Protocol

    from evt.eventlog.decision import Decision
    from evt.eventlog.log.reader import Line
    from evt.eventlog.log.writer import Receipt
    from evt.eventlog.state import State

    class LogBackend(Protocol):
        """An append-only log of events with a state that is their fold."""

        def transact(self, fn: Callable[[State, int], Decision]) -> Appended:
            """Decide on the caught-up state and append what was decided, as one batch.

            `fn` is pure and may run more than once; ids are made before.
            """

        def read(self, after: int) -> Iterator[Line]:
            """Lines with a sequence above `after`, complete batches only."""

        def wait(self, after: int, timeout: float) -> bool:
            """Whether an event above `after` came within `timeout` seconds."""

        def head(self) -> Head:
            """The last line of the last complete batch."""


class Head:
    """Sequence and hash of the last line."""

    __slots__ = ("hash", "sequence")

    def __init__(self, sequence: int, hash: str) -> None:
        self.sequence = sequence
        self.hash = hash


class Appended:
    """What came of a transaction: the decision, a receipt per event, the state after it."""

    __slots__ = ("decision", "receipts", "state")

    def __init__(self, decision: Decision, receipts: list[Receipt], state: State) -> None:
        self.decision = decision
        self.receipts = receipts
        self.state = state
