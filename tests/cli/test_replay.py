"""`evt replay`: any moment, the difference of two, the story, at any speed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given, settings
from syrupy.assertion import SnapshotAssertion

from evt.eventlog.clock import us
from evt.eventlog.line import Event
from evt.eventlog.vocabulary import EVENT_TYPES
from evt.projections.difference import difference
from evt.projections.status import status
from evt.projections.story import words
from tests.cli.support import claimed, documents, raw, stored, task
from tests.cli.terminal import Screen
from tests.conftest import Evt, often
from tests.projections.history import History
from tests.projections.randomly import anything


@pytest.fixture
def story(demo: Evt, repo: Path) -> Evt:
    """Return `evt` with a short project: one task done, one failed, one asked about."""
    (repo / "out.md").write_text("It says what a log is, in one sentence.\n")
    claimed(demo, "task-001", "worker-A", "--output", "out.md")
    task(demo, "task-002")
    task(demo, "task-003")
    demo("emit", "Heartbeat", "task-001", "--note", "half", "--progress", "0.5", "--as", "worker-A")
    demo("emit", "Completed", "task-001", "--score", "5", "--as", "worker-A")
    demo("next", "--as", "worker-A")
    demo("emit", "Failed", "task-002", "--reason", "r", "--final", "--as", "worker-A")
    demo("next", "--as", "worker-A")
    demo("emit", "Escalated", "task-003", "--question", "Which?", "--as", "worker-A")
    demo("pause", "--reason", "lunch")
    return demo


def test_the_story(story: Evt, same: Callable[[str], str], snapshot: SnapshotAssertion) -> None:
    assert same(story("replay").out) == snapshot(name="all")
    assert same(story("replay", "--task", "task-001").out) == snapshot(name="task")
    assert same(story("replay", "--worker", "worker-A").out) == snapshot(name="worker")
    for flags in (("--task", "none"), ("--worker", "nobody"), ("--task", "none", "--json")):
        nothing = story("replay", *flags)
        assert (nothing.out, nothing.err) == ("", "no event matches\n")


def test_any_moment(story: Evt, same: Callable[[str], str], snapshot: SnapshotAssertion) -> None:
    assert story("replay", "--at", "0").out == "before the first event: nothing is there yet\n"
    assert same(story("replay", "--at", "6").out) == snapshot(name="6")
    assert story("replay", "--at", "2000-01-01").out == story("replay", "--at", "0").out
    counts = [
        story("replay", "--at", str(number), "--json").json["counts"]["total"]
        for number in range(7)
    ]
    assert counts == [0, 0, 1, 1, 1, 2, 3]


def test_a_moment_by_its_time_is_the_state_after_it(story: Evt, repo: Path) -> None:
    for event in stored(repo)[::4]:
        found = story("replay", "--at", event["time"], "--json").json
        assert found["time"] == event["time"]
    future = story("replay", "--at", "2999-01-01", "--json").json
    assert future["sequence"] == len(stored(repo))


def test_the_hash_of_a_moment_is_that_of_its_line(story: Evt, repo: Path) -> None:
    following = stored(repo)[5]
    assert story("replay", "--at", "5", "--json").json["hash"] == following["prevhash"]
    assert story("replay", "--at", "0", "--json").json["hash"] == "0" * 64


def test_the_difference_says_what_each_event_changed() -> None:
    log = History().project(goal="old", phase=1).join(0, "A").tasks(0, "t1")
    log.claim(5, "A", "t1")
    expected = {
        log.at(6, "ProjectRevised", "p", by="engineer", phase=2, goal="new"):
            ["goal: old -> new", "phase: 1 -> 2"],
        log.at(7, "ProjectRevised", "p", by="engineer", policy={"maxAttempts": 5}):
            ["policy.maxAttempts: 3 -> 5"],
        log.at(8, "Rejected", "t1", attempt=1):
            ["t1: refusals 0 -> 1"],
        log.at(9, "ServerStarted", "server", by="evt", host="127.0.0.1", port=3100):
            ["the server listens on 127.0.0.1:3100"],
        log.at(10, "ServerStopped", "server", by="evt", reason="stopped"): ["the server stopped"],
        log.at(11, "ConflictDetected", "t1", **{"with": "t2"}): ["conflicts: 0 -> 1"],
        log.at(12, "Noted", "t1", by="engineer"): [],
        log.done(13, "A", "t1"): ["t1: assigned -> completed", "t1: A -> nobody"],
        log.at(14, "ProjectEnded", "p", by="engineer"): ["project p ended"],
    }  # fmt: skip
    for sequence, lines in expected.items():
        assert difference(log.state(sequence - 1), log.state(sequence)) == lines, sequence


@given(anything())
@settings(max_examples=often(40))
def test_nothing_changed_only_if_the_status_is_the_same(log: History) -> None:
    before = log.state(0)
    for sequence in range(1, len(log.lines) + 1):
        after = log.state(sequence)
        one, other = (
            {key: value for key, value in status(state, "", state.clock_us).items()
             if key not in ("sequence", "time")}
            for state in (before, after)
        )  # fmt: skip
        assert difference(before, after) or one == other
        assert difference(after, after) == []
        before = after


def test_the_difference_of_two(story: Evt, snapshot: SnapshotAssertion) -> None:
    whole = story("replay", "--diff", "1", "99999999", check=4)
    assert "there is no event 99999999" in whole.err
    end = len(documents(story("log", "--json").out))
    assert story("replay", "--diff", "0", str(end)).out == snapshot(name="all")
    assert story("replay", "--diff", "6", "9").out == snapshot(name="some")
    assert story("replay", "--diff", "3", "3").out == "nothing changed\n"
    found = story("replay", "--diff", "6", "9", "--json").json
    assert (found["from"], found["to"]) == (6, 9)
    assert found == story("replay", "--diff", "9", "6", "--json").json


def test_playing_takes_the_time_that_it_took(evt: Evt, repo: Path) -> None:
    """Given events that took a while, when they are played at their speed, then it takes that."""
    evt("init", "--project", "demo")
    for _ in range(5):
        evt("emit", "Noted", "--text", "x")
    times = [us(event["time"]) for event in stored(repo)]
    began = monotonic()
    shown = evt("replay", "--speed", "1")
    assert monotonic() - began >= (times[-1] - times[0]) / 1e6
    assert shown.out == evt("replay", "--speed", "1e9").out == evt("replay").out


def test_a_log_without_a_checkpoint_is_right(demo: Evt) -> None:
    assert demo("replay", "--check", "--json").json == {
        "schema": "evt.replay-check/1", "ok": True, "sequence": None, "viewsSequence": None,
    }  # fmt: skip


def test_nothing_is_written_by_looking(story: Evt, repo: Path) -> None:
    before = raw(repo)
    for flags in ([], ["--at", "3"], ["--diff", "1", "3"], ["--check"], ["--speed", "1e9"]):
        story("replay", *flags)
    assert raw(repo) == before


@pytest.mark.parametrize("type", [*sorted(EVENT_TYPES), "FromTheFuture", "{0.__class__}{", "{x!r}"])
def test_every_event_has_words_whatever_is_in_it(type: str) -> None:
    """Given an event without data, or with any, when it is told, then in one line."""
    for data in ({}, {"files": ["a", "b"], "text": "a\nb", "reason": None, "type": "x", "with": 1}):
        said = words(Event("id", type, "engineer", data))
        assert said and "\n" not in said and len(said) <= 160


def test_an_event_of_a_newer_evt_is_told_by_its_name() -> None:
    assert (
        words(Event("id", "FromTheFuture", "engineer", {})) == "engineer: FromTheFuture the project"
    )


def test_a_person_plays_stops_steps_and_quits(demo: Evt, repo: Path) -> None:
    """Given a story with hours in it, when keys are typed, then it stops, steps and ends."""
    for number in range(4):
        demo("emit", "Noted", "--text", f"note {number}")
    with Screen(["replay", "--speed", "0.000001"], repo) as screen:
        screen.until("started project demo")
        screen.type(" ")
        screen.until("stopped")
        for number in range(3):
            screen.type("n")
            screen.until(f"note {number}")
        screen.type("+ ")
        screen.until("] 4/5 ")
        screen.until("x2e-06")
        screen.type("q")
        assert screen.ended() == 0
    assert "note 3" not in screen.shown
