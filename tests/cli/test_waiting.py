"""Calls that wait: they wake at a change and at every timer, and say why when nothing came.

Delays are read from the log: from the event that makes work to the one that takes it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import monotonic, sleep
from typing import Any

import pytest

from evt.cli.waiting import is_waiting
from evt.eventlog.clock import us
from tests.cli.support import background, claimed, opened, stored, task
from tests.conftest import Evt

WAKES = 0.1  # seconds on a machine with nothing else to do
CALLS = 10  # on a busy one also the time of so many calls: their processes compete with the waiter


@contextmanager
def waiter(*args: str, name: str, repo: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a call that waits under a name, and go on once it does."""
    with background(*args, "--as", name, "--json", repo=repo) as process:
        log = opened(repo)
        while not is_waiting(log, name):
            assert process.poll() is None, process.communicate()
            sleep(0.005)
        yield process


def answer(process: subprocess.Popen[str]) -> tuple[int, dict[str, Any]]:
    """Return what a waiter said in the end."""
    out, _ = process.communicate(timeout=60)
    return process.returncode, json.loads(out)


def step(repo: Path, one: str, other: str) -> float:
    """Return the seconds between the last events of two types."""
    times = {event["type"]: us(event["time"]) for event in stored(repo)}
    return (times[other] - times[one]) / 1e6


def soon(evt: Evt) -> float:
    """Return the seconds in which a waiter must wake on this machine, as busy as it is now."""
    began = monotonic()
    evt("status")
    return WAKES + CALLS * (monotonic() - began)


def short_leases(evt: Evt, **policy: int) -> None:
    evt("init", "--project", "p", "--policy", json.dumps({"heartbeatTimeoutSeconds": 1, **policy}))


def test_a_worker_wakes_when_there_is_work(demo: Evt, repo: Path) -> None:
    """Given a worker that waits, when a task is created, then it has it within 100 ms."""
    delays = []
    for number in range(5):
        name = demo("join", "--json").json["name"]
        with waiter("next", "--wait", "30", name=name, repo=repo) as process:
            task(demo, f"task-{number}")
            code, given = answer(process)
        assert code == 0 and given["task"]["id"] == f"task-{number}"
        delays.append(step(repo, "TaskCreated", "Assigned"))
    assert median(delays) < soon(demo), delays


def test_of_those_that_wait_one_gets_the_task(demo: Evt, repo: Path) -> None:
    """Given two workers that wait, when there is one task, the other hears when it is over."""
    demo("join")
    demo("join")
    with (
        waiter("next", "--wait", "30", name="worker-A", repo=repo) as one,
        waiter("next", "--wait", "30", name="worker-B", repo=repo) as other,
    ):
        task(demo)
        while one.poll() is None and other.poll() is None:
            sleep(0.01)
        demo("emit", "TaskCancelled", "task-001", "--reason", "r")
        assert sorted(answer(process)[0] for process in (one, other)) == [0, 7]
    assert [event["type"] for event in stored(repo)].count("Assigned") == 1


def test_a_lease_that_ends_is_work_for_another(evt: Evt, repo: Path) -> None:
    short_leases(evt)
    claimed(evt)
    evt("join")
    with waiter("next", "--wait", "30", name="worker-B", repo=repo) as process:
        code, given = answer(process)
    assert (code, given["attempt"]) == (0, 2)
    assert step(repo, "WorkerJoined", "TimedOut") + 1.0 >= 1.0  # in order at all
    first, second = [us(e["time"]) for e in stored(repo) if e["type"] == "Assigned"]
    assert 1.0 <= (second - first) / 1e6 < 1.0 + soon(evt)
    assert [e["type"] for e in stored(repo)][-2:] == ["TimedOut", "Assigned"]


def test_an_answered_question_that_nobody_takes_up_is_free_for_others(evt: Evt, repo: Path) -> None:
    short_leases(evt, parkedGraceSeconds=1)
    claimed(evt)
    evt("emit", "Escalated", "task-001", "--question", "q", "--as", "worker-A")
    evt("join")
    evt("emit", "Resolved", "task-001", "--action", "resume", "--answer", "a")
    with waiter("next", "--wait", "30", name="worker-B", repo=repo) as process:
        code, given = answer(process)
    assert (code, given["attempt"]) == (0, 2)
    assert 1.0 <= step(repo, "Resolved", "Assigned") < 1.0 + soon(evt)


@pytest.mark.soak
def test_a_failed_task_comes_back_when_its_backoff_ends(demo: Evt, repo: Path) -> None:
    claimed(demo)
    demo("emit", "Failed", "task-001", "--reason", "r", "--as", "worker-A")
    demo("join")
    with waiter("next", "--wait", "30", name="worker-B", repo=repo) as process:
        assert answer(process)[0] == 0
    assert 10.0 <= step(repo, "Failed", "Assigned") < 10.0 + soon(demo)


def test_time_is_up(demo: Evt, repo: Path) -> None:
    demo("join")
    began = monotonic()
    nothing = demo("next", "--wait", "0.3", "--as", "worker-A", "--json", check=3).json
    assert monotonic() - began >= 0.3
    assert nothing == {
        "task": None, "reason": "waiting", "waitsFor": [], "retryAfterSeconds": None,
    }  # fmt: skip
    assert len(stored(repo)) == 2


def test_everything_is_done_while_a_worker_waits(demo: Evt, repo: Path) -> None:
    claimed(demo)
    demo("join")
    with waiter("next", "--wait", "30", name="worker-B", repo=repo) as process:
        demo("emit", "TaskCancelled", "task-001", "--reason", "r")
        assert answer(process) == (
            7, {"task": None, "reason": "done", "waitsFor": [], "retryAfterSeconds": None},
        )  # fmt: skip


def test_a_coordinator_wakes_for_a_question_a_failure_and_the_end(demo: Evt, repo: Path) -> None:
    claimed(demo)
    call = ("inbox", "--wait", "30")
    with waiter(*call, name="coordinator", repo=repo) as process:
        demo("emit", "Escalated", "task-001", "--question", "Which?", "--as", "worker-A")
        code, shown = answer(process)
    assert code == 0 and [one["question"] for one in shown["questions"]] == ["Which?"]
    demo("emit", "Resolved", "task-001", "--action", "resume")
    with waiter(*call, name="coordinator", repo=repo) as process:
        demo("emit", "Failed", "task-001", "--reason", "r", "--final", "--as", "worker-A")
        code, shown = answer(process)
    assert code in (0, 7) and (shown["failed"] == ["task-001"] or shown["done"])
    code = demo("inbox", "--wait", "30", "--as", "coordinator", check=None).code
    assert code == 7


def test_a_coordinator_hears_what_failed_before_it_first_waited(demo: Evt) -> None:
    claimed(demo)
    demo("emit", "TaskCreated", "other", "--description", "d")
    demo("emit", "Failed", "task-001", "--reason", "r", "--final", "--as", "worker-A")
    call = ("inbox", "--wait", "0", "--as", "coordinator", "--json")
    assert demo(*call).json["failed"] == ["task-001"]
    assert demo(*call, check=3).json["failed"] == []


def test_a_question_to_the_engineer_wakes_the_engineer_only(demo: Evt, repo: Path) -> None:
    claimed(demo)
    with waiter("inbox", "--wait", "30", name="engineer", repo=repo) as engineer:
        demo("emit", "Escalated", "task-001", "--question", "q", "--to", "engineer",
             "--as", "worker-A")  # fmt: skip
        assert answer(engineer)[0] == 0
    for seconds, then in (("0", "540"), ("0.01", "0.01")):
        looked = demo("inbox", "--wait", seconds, "--as", "coordinator", check=3)
        assert f"next: evt inbox --wait {then} --as coordinator" in looked.out


def test_a_late_result_can_be_accepted(evt: Evt, repo: Path) -> None:
    """Given two attempts that ran out, when the first one reports late, then it may be taken."""
    short_leases(evt)
    claimed(evt)
    evt("join")
    evt("next", "--wait", "10", "--as", "worker-B")
    late = ["emit", "Completed", "task-001", "--score", "5", "--attempt", "1", "--as", "worker-A"]
    kept = evt(*late, "--json", check=4).json["error"]["receipts"][0]
    evt("inbox", "--wait", "1.2", "--as", "coordinator", check=3)
    assert stored(repo)[-1]["type"] == "TimedOut"
    evt("emit", "Resolved", "task-001", "--action", "accept", "--late", kept["id"])
    completed = evt("status", "--json").json["tasks"][0]
    assert completed["status"] == "completed"
    assert [e["type"] for e in stored(repo)][-2:] == ["Resolved", "Completed"]


def test_the_engineer_may_override_the_gate(demo: Evt, repo: Path) -> None:
    claimed(demo, "task-001", "worker-A", "--output", "missing.md")
    demo("emit", "Escalated", "task-001", "--question", "q", "--as", "worker-A")
    accept = ["emit", "Resolved", "task-001", "--action", "accept"]
    demo(*accept, check=5)
    demo(*accept, "--override", " ", check=2)
    demo(*accept, "--override", "seen by hand", "--as", "coordinator", check=4)
    demo(*accept, "--override", "seen by hand")
    assert stored(repo)[-1]["data"]["overridden"] == "seen by hand"
