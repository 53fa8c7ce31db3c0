"""The fold of the views, on random histories: the same in any chunking, and it always adds up."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.eventlog.line import Event
from evt.eventlog.state import State, clone
from evt.projections.fold import Fold
from evt.projections.metrics import metrics
from evt.projections.run import Run
from evt.projections.views import TOLD
from evt.projections.views.account import PARTS
from tests.projections.history import History
from tests.projections.randomly import allowed, anything

SEEDS = range(12)


def folded(events: Sequence[Event]) -> Fold:
    fold = Fold(None, TOLD)
    fold.apply(events)
    return fold


def everything(fold: Fold) -> str:
    rows = {key: row for key, row in fold.state.rows.items() if row is not None}
    return json.dumps({"head": fold.state.head_row(), **rows}, sort_keys=True)


def in_chunks(events: Sequence[Event], size: int) -> Fold:
    """Fold with a checkpoint, saved as text and lazily loaded again, after every chunk."""
    saved: dict[str, Any] = {}
    fold = Fold(None, TOLD)
    for start in range(0, len(events), size):
        fold.apply(events[start : start + size])
        fold.mark()
        saved.update({key: clone(fold.state.rows[key]) for key in fold.state.dirty})
        head = json.loads(json.dumps(fold.state.head_row()))
        rows = json.loads(json.dumps(saved))
        state = State(rows.get)
        state.load_head(head)
        fold = Fold(state, TOLD)
    return fold


@pytest.mark.parametrize("seed", SEEDS)
def test_the_fold_is_the_same_in_any_chunking(seed: int) -> None:
    events = allowed(seed, 60)
    whole = folded(events)
    found = metrics(whole)
    for size in (1, 7, 50):
        other = in_chunks(events, size)
        assert metrics(other) == found
        for key in whole.state.rows:
            other.state.get(key)
        assert everything(other) == everything(whole)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_account_of_an_allowed_history_is_that_of_every_instant(seed: int) -> None:
    fold = folded(allowed(seed, 200))
    check_account(Run(fold, "p"))
    check_open(fold)


@given(anything())
def test_the_account_adds_up_for_any_history(log: History) -> None:
    fold = folded(log.events())
    check_account(Run(fold, "p"))
    document = metrics(fold)
    assert json.loads(json.dumps(document)) == document
    assert document["values"]["handoffs"] == sum(e.type == "Assigned" for e in log.events())


@given(anything(), st.lists(st.integers(0, 40), max_size=5))
def test_unknown_events_are_passed_over(log: History, places: list[int]) -> None:
    """Given events of unknown types between the others, at the same times, nothing changes."""
    events = log.events()
    plain = metrics(folded(events))["values"]
    for place in places:
        before = events[min(place, len(events) - 1)]
        strange = Event(f"x{place}", "Sang", "nobody", {"attempt": 1}, subject="t0",
                        correlationid="p")  # fmt: skip
        strange.time = before.time
        events.insert(events.index(before) + 1, strange)
    assert metrics(folded(events))["values"] == plain


def check_account(run: Run) -> None:
    """Classify every stretch between two moments by looking at all attempts, and compare."""
    if run.makespan is None:
        assert run.account == {}
        return
    low, high = run.makespan
    cuts = sorted({low, high, *(m for m in moments(run) if low < m < high)})
    for worker, parts in run.account.items():
        expected = dict.fromkeys(PARTS, 0)
        for start, end in itertools.pairwise(cuts):
            expected[part_at(run, worker, start, end)] += end - start
        assert parts == expected
        assert sum(parts.values()) == high - low


def moments(run: Run) -> set[int]:
    found = set()
    for attempt in run.attempts:
        found |= {attempt["begin"], attempt["last"], attempt["end"] or run.now}
        for span in (*attempt.get("parked", ()), *attempt.get("gaps", ())):
            found |= {run.now if moment is None else moment for moment in span}
    account = run.views["account"]
    spans = [*account["ready"], *(s for gone in account["gone"].values() for s in gone)]
    spans += [s for joined in run.fold.whole["presence"]["joined"].values() for s in joined]
    return found | {run.now if moment is None else moment for span in spans for moment in span}


def part_at(run: Run, worker: str, start: int, end: int) -> str:
    def within(spans: Any) -> bool:
        return any(a <= start and end <= (run.now if b is None else b) for a, b in spans)

    accepted = {run.done.get(a["task"]): a for a in run.attempts}.keys()
    reopened = run.views["gate"]["reopened"]
    states = set()
    for number, attempt in enumerate(run.attempts):
        if attempt["worker"] != worker or not within([(attempt["begin"], attempt["end"])]):
            continue
        if within(attempt.get("parked", ())):
            states.add("parked")
        elif not within([(closed, back) for _, closed, back in attempt.get("gaps", ())]):
            sequences = reopened.get(attempt["task"], [0])
            good = number in accepted and sequences[-1] < run.accepted_at(number)[1]
            states.add("work" if good else "rework")
    for state, part in (("work", "work"), ("rework", "rework"), ("parked", "waiting")):
        if state in states:
            return part
    joined = run.fold.whole["presence"]["joined"].get(worker, ())
    if not within(joined) or within(run.views["account"]["gone"].get(worker, ())):
        return "absent"
    return "coordination" if within(run.views["account"]["ready"]) else "idle"


def check_open(fold: Fold) -> None:
    """Every attempt that the rules hold is open here, and the last open one of a task is held.

    One whose name was taken over while it was parked is over, but may go on.
    """
    head, view = fold.state.head, fold.views("p")["attempts"]
    parked = {task for task, worker in head["parked"].items() if worker}
    held = {*head["live"], *(parked - view["back"].keys())}
    is_open = {view["attempts"][number]["task"] for number in view["open"]}
    assert held <= is_open
    for task in is_open - held:
        row = fold.state.task(task)
        assert row is not None
        assert row["status"] in ("pending", "escalated", "failed")
    assert {task for task, number in view["done"].items() if number >= 0} == {
        row["id"] for row in fold.tasks("p") if row["status"] == "completed"
    }
