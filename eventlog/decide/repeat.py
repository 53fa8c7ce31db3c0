"""Idempotency: the same request again is answered by what it stored the first time."""

from __future__ import annotations

from evt.eventlog.decision import Accepted
from evt.eventlog.errors import Refusal
from evt.eventlog.evolve.attempts import policy
from evt.eventlog.evolve.questions import addressee
from evt.eventlog.vocabulary import ADDED, DEFAULTS, NOT_STORED, SUBJECT_KIND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.commands import Emit
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.line import Event
    from evt.eventlog.state import State


def repeated_id(draft: Draft, command: Emit) -> Accepted | None:
    """The first receipt of this id; other content under it is refused."""
    if command.id is None:
        return None
    sequence = draft.state.seen(command.id)
    here = [event for event in draft.events if event.id == command.id]  # twice in one batch
    if sequence is None and not here:
        return None
    event = here[0] if sequence is None else draft.state.stored(sequence)
    if not same(draft.state, command, event):
        where = "an event of this batch" if sequence is None else f"event {sequence}"
        raise Refusal(
            4, "repeated", f"id {command.id} is taken by {where} with other content",
            "give a new --id, or leave it out",
        )  # fmt: skip
    return Accepted(repeated=() if sequence is None else (sequence,))


def same(state: State, command: Emit, event: Event) -> bool:
    """Whether the stored event is what this command asks for."""
    return (
        (event.actor, event.type) == (command.actor, command.type)
        and _same_subject(command, event)
        and _same_data(state, command, event.data)
    )


def _same_subject(command: Emit, event: Event) -> bool:
    """A project or a worker need not be named: there is one that can be meant."""
    if command.subject is None and SUBJECT_KIND[command.type] in ("project", "worker"):
        return True
    return event.subject == command.subject


def _same_data(state: State, command: Emit, stored: dict[str, Any]) -> bool:
    """Equal once what was left out is filled in, and what only evt can know is left out."""
    type, added = command.type, ADDED.get(command.type, frozenset())
    asked, stored = _complete(state, command, command.data), _complete(state, command, stored)
    if any(key not in asked and key not in added for key in stored):
        return False
    return all(
        key in stored and _same_value(type, key, value, stored[key]) for key, value in asked.items()
    )


def _complete(state: State, command: Emit, data: dict[str, Any]) -> dict[str, Any]:
    """The data with what its type means when a key is left out."""
    type = command.type
    data = {**DEFAULTS.get(type, {}), **data}
    if type == "TaskCreated":
        return {key: value for key, value in data.items() if key not in NOT_STORED}
    if type == "Escalated":
        data.setdefault("to", addressee(data["kind"]))
    elif type == "ProjectStarted" and command.subject is not None:
        data.setdefault("name", command.subject)
    elif type == "Assigned":  # number and reason are evt's, whatever was asked for
        lease = pushed_lease(state, data)
        data = {"worker": data["worker"], "leaseSeconds": lease}
    return data


def pushed_lease(state: State, data: dict[str, Any]) -> int:
    """Seconds that a pushed task waits for its worker's first sign of life."""
    asked: int = data.get("leaseSeconds", policy(state, "pickupSeconds"))
    return min(asked, max(policy(state, "maxLeaseSeconds"), policy(state, "pickupSeconds")))


def _same_value(type: str, key: str, asked: Any, stored: Any) -> bool:
    added = ADDED.get(type, frozenset())
    inner = {name.partition("[].")[2] for name in added if name.startswith(f"{key}[].")}
    if inner and isinstance(stored, list):
        return _equal(_plain(asked, inner), _plain(stored, inner))
    return _equal(asked, stored)


def _equal(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1, as it is in Python."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)


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
    if sequence and same(draft.state, command, draft.state.stored(sequence)):
        return Accepted(repeated=(sequence,))
    return None
