"""The checkpoint as the log uses it: load what fits the log, save after the receipt."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from evt.eventlog.log.layout import Layout
    from evt.eventlog.log.reader import Position
    from evt.eventlog.state import State


def load(layout: Layout, fresh: Callable[..., State]) -> tuple[State, Position] | None:
    """State and position of the checkpoint, None if there is none that fits the log."""
    return None


def save(layout: Layout, state: State, position: Position) -> None:
    """Save what changed when it is worth it."""
