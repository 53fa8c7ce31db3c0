"""Idempotency: the same request again is answered by what it stored the first time."""

from __future__ import annotations

from evt.eventlog.decision import Accepted
from evt.eventlog.errors import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.commands import Emit
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.line import Event

# What evt adds to a request of a type, so that the stored data may have it on top.
ADDED: dict[str, frozenset[str]] = {
    "Assigned": frozenset({"attempt", "reason", "leaseSeconds"}),
    "Heartbeat": frozenset({"attempt", "source", "touched"}),
    "Completed": frozenset(
        {"attempt", "deliverables", "results", "contextEfficiencyScore", "rubricScore",
         "revision", "workspace", "acceptedBy", "overridden"}
    ),
    "Failed": frozenset({"attempt"}),
    "Escalated": frozenset({"attempt", "kind", "to"}),
    "Resolved": frozenset({"escalation"}),
    "TaskCreated": frozenset({"revision", "type"}),
    "TaskRevised": frozenset({"loosened"}),
    "ProjectStarted": frozenset({"name"}),
}  # fmt: skip


def repeated_id(draft: Draft, command: Emit) -> Accepted | None:
    """The first receipt of this id; other content under it is refused."""
    if command.id is None:
        return None
    sequence = draft.state.seen(command.id)
    if sequence is None:
        return None
    event = draft.state.stored(sequence)
    if not same(command, event):
        raise Refusal(
            4, "repeated", f"id {command.id} is taken by event {sequence} with other content",
            "give a new --id, or leave it out",
        )  # fmt: skip
    return Accepted(repeated=(sequence,))


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
    if any(key not in asked and key not in added for key in stored):
        return False
    return all(
        _paths(value) == _paths(stored.get(key)) if key == "deliverables" else
        stored.get(key) == value
        for key, value in asked.items()
    )  # fmt: skip


def _paths(deliverables: Any) -> list[str]:
    return [d["path"] if isinstance(d, dict) else d for d in deliverables or ()]


def stored_same(draft: Draft, command: Emit, sequence: int) -> Accepted | None:
    """The receipt of that earlier event if this command repeats it."""
    if sequence and same(command, draft.state.stored(sequence)):
        return Accepted(repeated=(sequence,))
    return None
