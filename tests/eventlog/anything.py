"""Events that fit their models, about a few names so that they meet, in any order."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from evt.eventlog.clock import iso
from evt.eventlog.line import Event
from evt.eventlog.vocabulary import EVENT_TYPES, SUBJECT_KIND
from tests.eventlog.world import START
from tests.strategies import event_data

TASKS, WORKERS, PROJECTS = ["t", "u", "v"], ["A", "B", "engineer"], ["p", "q"]
POOLS = {"project": PROJECTS, "worker": WORKERS, "server": ["server"], "log": ["log"]}
IDS = [f"id-{number}" for number in range(12)]


@st.composite
def events(draw: st.DrawFn) -> Event:
    """An event that fits its model, about one of a few names, so that events meet each other."""
    type = draw(st.sampled_from(EVENT_TYPES))
    data: dict[str, Any] = draw(event_data(type))
    if "attempt" in data:
        data["attempt"] = draw(st.integers(1, 3))
    for key, pool in (("worker", WORKERS), ("dependencies", TASKS), ("with", TASKS)):
        if key in data:
            one = st.sampled_from(pool)
            data[key] = draw(st.lists(one, max_size=3) if key == "dependencies" else one)
    for key in ("escalation", "late", "conflict"):
        if key in data:
            data[key] = draw(st.sampled_from(IDS))
    event = Event(draw(st.sampled_from(IDS)), type, draw(st.sampled_from(WORKERS)), data)
    pool = POOLS.get(SUBJECT_KIND[type], TASKS)
    event.subject = draw(st.sampled_from(pool) | st.none())
    event.correlationid = draw(st.sampled_from(PROJECTS) | st.none())
    event.time = iso(START + draw(st.integers(-10_000, 10_000)) * 1_000_000)
    return event
