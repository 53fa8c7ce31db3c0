"""Idempotency: the same request again is answered by what it stored the first time."""

from __future__ import annotations

from evt.eventlog.decision import Accepted
from evt.eventlog.errors import Refusal
from evt.eventlog.vocabulary import ADDED, NOT_STORED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.commands import Emit
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.line import Event


def repeated_id(draft: Draft, command: Emit) -> Accepted | None:
    """The first receipt of this id; other content under it is refused."""
    if command.id is None:
        return None
    sequence = draft.state.seen(command.id)
    here = [event for event in draft.events if event.id == command.id]  # twice in one batch
    if sequence is None and not here:
        return None
    event = here[0] if sequence is None else draft.state.stored(sequence)
    if not same(command, event):
        where = "an event of this batch" if sequence is None else f"event {sequence}"
        raise Refusal(
            4, "repeated", f"id {command.id} is taken by {where} with other content",
            "give a new --id, or leave it out",
        )  # fmt: skip
    return Accepted(repeated=() if sequence is None else (sequence,))


def same(command: Emit, event: Event) -> bool:
    """Whether the stored event is what this command asks for."""
    return (
        (event.actor, event.type) == (command.actor, command.type)
        and (command.subject is None or event.subject == command.subject)
        and same_data(command.type, command.data, event.data)
    )


def same_data(type: str, asked: dict[str, Any], stored: dict[str, Any]) -> bool:
    """Equal, leaving out what evt adds."""
    added = ADDED.get(type, frozenset())
    if type == "TaskCreated":
        asked = {key: value for key, value in asked.items() if key not in NOT_STORED}
    if any(key not in asked and key not in added for key in stored):
        return False
    return all(_same_value(key, value, stored.get(key), added) for key, value in asked.items())


def _same_value(key: str, asked: Any, stored: Any, added: frozenset[str]) -> bool:
    if key == "touched" and isinstance(stored, list):
        return all(path in stored for path in asked)  # those spooled before are on top of it
    inner = {name.partition("[].")[2] for name in added if name.startswith(f"{key}[].")}
    if inner and isinstance(stored, list):
        return _plain(asked, inner) == _plain(stored, inner)
    return bool(asked == stored)


def _plain(items: list[Any], added: set[str]) -> list[dict[str, Any]]:
    """The items without what evt adds to each; a path alone is short for an object with it."""
    return [
        {key: value for key, value in item.items() if key not in added}
        if isinstance(item, dict)
        else {"path": item}
        for item in items
    ]


def stored_same(draft: Draft, command: Emit, sequence: int) -> Accepted | None:
    """The receipt of that earlier event if this command repeats it."""
    if sequence and same(command, draft.state.stored(sequence)):
        return Accepted(repeated=(sequence,))
    return None
