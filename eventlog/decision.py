"""What a rule answers: the events to append as one batch, and how the call ends."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.line import Event
    from evt.eventlog.state import State


class Accepted:
    """The command holds. `result` is for the caller; `repeated` lists sequences stored before."""

    __slots__ = ("repeated", "result")

    def __init__(
        self, result: dict[str, Any] | None = None, repeated: tuple[int, ...] = ()
    ) -> None:
        self.result = result or {}
        self.repeated = repeated


class Refused:
    """The command does not hold; exit, code, message and hint as in `errors.Refusal`."""

    __slots__ = ("code", "exit", "facts", "hint", "message")

    def __init__(self, exit: int, code: str, message: str, hint: str = "", **facts: Any) -> None:
        self.exit = exit
        self.code = code
        self.message = message
        self.hint = hint
        self.facts = facts


class Decision:
    """Events (one batch, possibly none) and an outcome; a refusal may come with events.

    The events before `own` were swept on the way: they are not an answer to the command. `after`
    is the state with exactly these events applied, where the rules had to know it anyway.
    """

    __slots__ = ("after", "events", "outcome", "own")

    def __init__(
        self,
        events: list[Event],
        outcome: Accepted | Refused,
        own: int = 0,
        after: State | None = None,
    ) -> None:
        self.events = events
        self.outcome = outcome
        self.own = own
        self.after = after
