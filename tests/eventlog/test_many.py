"""The fold of very many events makes the state that the plain one makes, whatever comes."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evt.eventlog.clock import iso
from evt.eventlog.evolve import evolve_each
from evt.eventlog.evolve.many import evolve_all
from evt.eventlog.line import Event
from evt.eventlog.rawjson import pack
from evt.eventlog.state import State
from tests.conftest import often
from tests.eventlog.anything import TASKS, WORKERS, events
from tests.eventlog.chance import random_run
from tests.eventlog.world import START

SECONDS = st.integers(-30, 200)


def beat(task: str, actor: str, attempt: int, at: int, **data: Any) -> Event:
    event = Event("b", "Heartbeat", actor, {"attempt": attempt, **data}, subject=task)
    event.time = iso(START + at * 1_000_000)
    return event


beats = st.builds(
    beat,
    st.sampled_from(TASKS),
    st.sampled_from(WORKERS),
    st.sampled_from([1, 1, 1, 2]),
    SECONDS,
    source=st.sampled_from(["report", "hook", "gate", "socket", "waiting"]),
)
extras = st.fixed_dictionaries(
    {},
    optional={
        "note": st.sampled_from(["x", "y"]),
        "progress": st.sampled_from([0, 0.5]),
        "touched": st.just(["a.md"]),
        "leaseSeconds": st.integers(1, 5000),
    },
)


@st.composite
def long_beats(draw: st.DrawFn) -> list[Event]:
    """Heartbeats in a row, as most of a long log is."""
    found = draw(st.lists(beats, max_size=12))
    for event in found:
        event.data |= draw(extras)
        if draw(st.integers(0, 9)) == 0:
            event.recordedtime, event.time = event.time, iso(START + 10**9)
        event.schemaversion = 2 if draw(st.integers(0, 30)) == 0 else 1
    return sorted(found, key=lambda event: event.time) if draw(st.booleans()) else found


def everything(state: State) -> bytes:
    keys = sorted({*state.rows, *state.packed})
    rows = {key: state.get(key) for key in keys if state.get(key) is not None}
    return pack({"head": state.head_row(), "dirty": sorted(state.dirty), **rows})


def opening() -> list[Event]:
    found = [
        Event("p", "ProjectStarted", "engineer", {"name": "p"}, subject="p"),
        *(Event(n, "WorkerJoined", n, {"role": "worker"}, subject=n) for n in WORKERS[:2]),
    ]
    for number, name in enumerate(TASKS[:2]):
        data: dict[str, Any] = {"type": "task", "description": "d"}
        found.append(Event(f"c{number}", "TaskCreated", "engineer", data, subject=name))
        data = {"worker": WORKERS[number], "attempt": 1, "reason": "claimed", "leaseSeconds": 90}
        found.append(Event(f"a{number}", "Assigned", WORKERS[number], data, subject=name))
    for event in found:
        event.time = iso(START)
    return found


@settings(max_examples=often(100))
@given(st.lists(long_beats() | st.lists(events(), max_size=2), max_size=6))
def test_whatever_comes_in_whatever_order(found: list[list[Event]]) -> None:
    one, many = State(), State()
    for part in (opening(), *found):
        evolve_each(one, part)
    evolve_all(many, [*opening(), *(event for part in found for event in part)])
    assert everything(many) == everything(one)


@pytest.mark.parametrize("seed", range(6))
def test_what_racing_workers_leave_behind(seed: int) -> None:
    """Given a long run of the machine, cut anywhere, the same comes out."""
    log = random_run(seed, 600).world.events
    chance = random.Random(seed)
    one, many, at = State(), State(), 0
    evolve_each(one, log)
    while at < len(log):
        size = chance.randint(1, 120)
        evolve_all(many, log[at : at + size])
        at += size
    assert many.packed or not one.head["counts"]["completed"]
    assert everything(many) == everything(one)
