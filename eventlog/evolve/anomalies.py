"""Contradictions: a fold never stops at one, it applies what has meaning and records it here."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.eventlog.state import State

KEPT = 100


def anomaly(state: State, event: Event, text: str) -> None:
    """Record that the event at hand contradicts the state; the first hundred are kept in words."""
    state.head["anomalies"] += 1
    if state.get("a") is None:
        state.put("a", {"list": []})
    if state.head["anomalies"] <= KEPT:
        state.edit("a")["list"].append(
            {"sequence": state.sequence, "type": event.type, "subject": event.subject, "text": text}
        )
