"""What chats hear and hand on, through the commands that they call."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support import claimed, stored, task
from tests.conftest import Evt
from tests.liveness.support import short_leases

A = ("--as", "worker-A")


def test_emit_check_and_next_tell_what_is_new(demo: Evt) -> None:
    """Given a revision, an answer and a file of another, then whichever call is next tells it."""
    claimed(demo, "task-001", "worker-A", "--output", "a.md")
    claimed(demo, "task-002", "worker-B", "--output", "b.md")
    revise = ("emit", "TaskRevised", "task-001", "--changed", '{"description":"new"}', "--reason",
              "r")  # fmt: skip
    revised = "task-001 was revised: read it again with evt next --as worker-A"
    demo(*revise)
    assert revised in demo("emit", "Heartbeat", "task-001", *A).out
    demo(*revise)
    assert demo("check", "task-001", *A, check=None).out.startswith(revised)
    demo(*revise)
    assert revised in demo("check", "task-001", *A, "--json", check=None).err
    demo(*revise)
    assert demo("next", *A).out.startswith(revised)
    demo(*revise)
    assert revised in demo("next", *A, "--json").err
    assert revised not in demo("next", *A).out
    touched = demo("emit", "Heartbeat", "task-001", "--touched", "b.md", *A).out
    assert "b.md: task-002 (worker-B) works there; leave it, or ask first" in touched
    demo("emit", "Escalated", "task-001", "--kind", "context", "--question", "too long?", *A)
    demo("emit", "Resolved", "task-001", "--action", "resume", "--answer", "skip it")
    said = "your question on task-001 was answered (resume: skip it)"
    assert demo("check", "task-001", *A, check=None).out.startswith(said)


@pytest.mark.parametrize("how", ["TaskCancelled", "Assigned"])
def test_a_worker_that_lost_its_task_hears_so_from_every_call(how: str, evt: Evt) -> None:
    short_leases(evt)
    claimed(evt)
    evt("join")
    if how == "Assigned":
        evt("next", "--as", "worker-B", "--wait", "20")
        lost = "worker-B holds task-001 now (attempt 2): stop and ask for the next task"
    else:
        evt("emit", how, "task-001", "--reason", "r")
        lost = "task-001 is cancelled: stop and ask for the next task"
    for call in (("emit", "Heartbeat"), ("emit", "Completed", "--score", "5")):
        refused = evt(*call[:2], "task-001", *call[2:], *A, check=4).err
        assert lost in refused and "next: evt next --as worker-A" in refused
    checked = evt("check", "task-001", *A, check=None).out
    assert checked.startswith(f"{lost}: evt next --as worker-A\n")


def test_check_says_nothing_where_nothing_is_new(demo: Evt, repo: Path) -> None:
    claimed(demo)
    before = len(stored(repo))
    for who in (A, A, ("--as", "engineer")):
        assert demo("check", "task-001", *who).out.startswith("passed files_exist")
    assert len(stored(repo)) == before


def test_a_worker_with_a_full_context_hands_over(demo: Evt, repo: Path) -> None:
    """Given three low scores, then it is told to hand over, gets small tasks, and may leave."""
    demo("join", "worker-A")
    for number in range(3):
        task(demo, f"low-{number}")
        demo("next", *A)
        done = demo("emit", "Completed", f"low-{number}", "--score", "2", *A).out
    assert "your last scores average below 3" in done and "evt leave --note" in done
    for name, size in (("large", 40_000), ("small", 400), ("tiny", 4)):
        (repo / name).mkdir()
        (repo / name / "input.md").write_text("x" * size)
    task(demo, "task-large", "--target", "large/*.md", "--priority", "9")
    task(demo, "task-small", "--target", "small/input.md")
    task(demo, "task-tiny", "--target", "tiny/input.md")
    assert "task-small, attempt 1" in demo("next", *A).out
    left = demo("leave", "--note", "the index is missing", *A)
    assert left.out.startswith("worker-A has left\ntask-small is free again\npaste this")
    assert "Connect as worker and start task loop: run `evt join`, then `evt next" in left.out
    demo("join", "worker-B")
    demo("emit", "TaskCancelled", "task-large", "--reason", "r")
    taken = demo("next", "--as", "worker-B").out
    assert "before you: worker-A (attempt 1)\n  note: the index is missing" in taken
    assert "last scores" not in taken


def test_a_restarted_chat_gets_its_own_with_the_takeover(demo: Evt) -> None:
    claimed(demo, "task-001", "worker-A", "--output", "a.md")
    demo("emit", "Heartbeat", "task-001", "--note", "half is done", "--touched", "a.md", *A)
    demo("join", "worker-A", check=4)
    back = demo("join", "worker-A", "--takeover").out
    assert "task-001 is yours again\n" in back
    assert "task-001, attempt 2: do task-001" in back and "note: half is done" in back
    assert demo("join", "worker-A", "--takeover", "--json").json["pack"]["attempt"] == 3


def test_a_coordinator_that_takes_over_knows_what_was_decided(demo: Evt) -> None:
    demo("emit", "ProjectRevised", "--goal", "a summary of every page")
    name = demo("join", "--role", "coordinator", "--json").json["name"]
    claimed(demo, "task-001", "worker-A", "--output", "a.md")
    task(demo, "task-002", "--depends", "task-001")
    demo("emit", "Escalated", "task-001", "--question", "Which of the two?", *A)
    demo("emit", "Noted", "--text", "one file per page", "--tag", "decision", "--as", name)
    demo("emit", "Noted", "--text", "not a decision", "--as", name)
    demo("leave", "--note", "task-002 may be too big", "--as", name)
    taken = demo("join", name, "--role", "coordinator", "--takeover").out
    for words in (
        "goal: a summary of every page",
        "task-001  escalated    worker-A waits for an answer",
        "task-002  pending      waits for task-001: escalated by worker-A",
        "1 open: evt inbox\n  task-001 (blocked, to coordinator): Which of the two?",
        "decided:\n  ",
        "  one file per page\n",
        "handed over: task-002 may be too big",
        f"next: evt plan tasks/ --as {name}",
    ):
        assert words in taken, (words, taken)
    assert "not a decision" not in taken
    handed = demo("join", name, "--takeover", "--json").json["handedOver"]
    assert [one["text"] for one in handed["decisions"]] == ["one file per page"]
    assert handed["goal"] == "a summary of every page"


def test_after_some_empty_waits_a_worker_is_told_to_stop(evt: Evt) -> None:
    """Given waits that bring nothing, when they are as many as agreed, then it may rest."""
    evt("init", "--project", "p", "--policy", '{"idleWaits":2}')
    evt("join")
    wait = ("next", "--wait", "0.01", *A)
    stop = "stop: {} waits in a row brought no work; say so, and end"
    assert "next: evt next --as worker-A --wait 300" in evt(*wait, check=3).out
    assert evt(*wait, check=3).out.endswith(stop.format(2) + "\n")
    assert evt(*wait, "--json", check=3).err == stop.format(3) + "\n"
    assert "next: evt next" in evt("next", *A, check=3).out  # it did not wait
    task(evt)
    evt(*wait)
    evt("emit", "Escalated", "task-001", "--question", "q", *A)
    assert "next: evt next" in evt(*wait, check=3).out


def test_a_coordinator_hears_of_a_failure_between_two_waits(demo: Evt) -> None:
    """Given a task that failed while the coordinator did something else, then it is told once."""
    for name in ("task-001", "task-002"):
        task(demo, name)
    wait = ("inbox", "--wait", "0.01", "--as", "coordinator")
    demo(*wait, check=3)
    demo("join", "worker-A")
    demo("next", *A)
    demo("emit", "Failed", "task-001", "--final", "--reason", "r", *A)
    assert demo(*wait).out.startswith("task-001 has failed: evt log task-001\n")
    demo(*wait, check=3)
    demo("emit", "TaskCancelled", "task-002", "--reason", "r")
    ended = demo(*wait, check=7).out
    assert ended.startswith("task-001 has failed: evt log task-001\neverything has ended\n")
