"""The fold takes every event that fits its model, in any order; a contradiction is an anomaly."""

from __future__ import annotations

from hypothesis import given, note, settings
from hypothesis import strategies as st

from evt.eventlog.clock import iso
from evt.eventlog.evolve import SCHEMA_VERSION, evolve
from evt.eventlog.evolve.ready import ranked
from evt.eventlog.line import Event
from evt.eventlog.state import State
from tests.conftest import often
from tests.eventlog.anything import TASKS, events
from tests.eventlog.world import START


def folded(found: list[Event]) -> State:
    state = State()
    opening = [
        ("ProjectStarted", "p", {"name": "p"}),
        ("WorkerJoined", "A", {"role": "worker"}),
        *(("TaskCreated", name, {"type": "task", "description": "d"}) for name in TASKS[:2]),
        ("Assigned", "t", {"worker": "A", "attempt": 1, "reason": "claimed", "leaseSeconds": 9}),
    ]
    for number, (type, subject, data) in enumerate(opening):
        event = Event(f"first-{number}", type, "engineer", dict(data), subject=subject)
        event.time = iso(START)
        evolve(state, event)
    for event in found:
        evolve(state, event)
    return state


@settings(max_examples=often(200))
@given(st.lists(events(), min_size=1, max_size=15))
def test_no_order_of_valid_events_stops_the_fold(found: list[Event]) -> None:
    note([(event.type, event.subject, event.actor, event.data) for event in found])
    state = folded(found)
    assert state.sequence == 5 + len(found)
    rows = [row for name in state.task_ids() if (row := state.task(name)) is not None]
    for status, count in state.head["counts"].items():
        assert count == sum(row["status"] == status for row in rows)
    ready = [row["rank"] for row in rows if row["status"] == "pending" and row["open"] == 0]
    assert sorted(ready) == list(ranked(state))
    held = {**state.head["live"], **state.head["parked"], **state.head["lapsed"]}
    assert set(held) <= {row["id"] for row in rows}


def test_a_server_may_keep_its_address_to_itself() -> None:
    state = folded([])
    event = Event("s", "ServerStarted", "evt", {}, subject="server")
    event.time = iso(START)
    evolve(state, event)
    assert state.head["server"] == {"host": None, "port": None}


def test_what_a_newer_evt_wrote_is_passed_over_and_remembered() -> None:
    """Given a known type in a higher version, or an unknown critical one, nothing is appended."""
    for type, version, critical, newer in (
        ("Noted", SCHEMA_VERSION + 1, False, True),
        ("TaskCreated", SCHEMA_VERSION + 1, False, True),
        ("Unheard", SCHEMA_VERSION + 1, False, False),
        ("Unheard", SCHEMA_VERSION, True, True),
        ("Unheard", SCHEMA_VERSION, False, False),
    ):
        event = Event("x", type, "engineer", {"unknown": 1}, subject="v")
        event.time, event.schemaversion, event.critical = iso(START), version, critical
        state = folded([event])
        assert state.head["newer"] == (6 if newer else 0), (type, version, critical)
        assert state.get("a") is None and state.task("v") is None
