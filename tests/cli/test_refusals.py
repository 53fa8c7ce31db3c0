"""Every exit code and error code, and what a refusal says: what failed, what is, what next."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.support import claimed, last, raw, task
from tests.conftest import Evt

A, B = ("--as", "worker-A"), ("--as", "worker-B")


def two_workers(evt: Evt) -> None:
    """worker-A holds task-001, worker-B has joined."""
    claimed(evt)
    evt("join", "worker-B")


def paused(evt: Evt) -> None:
    two_workers(evt)
    evt("pause")


def noted(evt: Evt) -> None:
    evt("emit", "Noted", "--text", "a", "--id", "x")


def project_ended(evt: Evt) -> None:
    evt("emit", "ProjectEnded", "--outcome", "done")


def superseded(evt: Evt) -> None:
    two_workers(evt)
    evt("join", "worker-A", "--takeover")


def ended(evt: Evt) -> None:
    two_workers(evt)
    evt("emit", "Completed", "task-001", "--score", "5", *A)


def parked(evt: Evt) -> None:
    two_workers(evt)
    evt("emit", "Escalated", "task-001", "--question", "Which of the two?", *A)


# name -> (what was before, the call, exit, code)
REFUSALS: dict[str, tuple[Callable[[Evt], None], list[str], int, str]] = {
    "held by another": (two_workers, ["emit", "Heartbeat", "task-001", *B], 4, "not_holder"),
    "failed by another": (
        two_workers, ["emit", "Failed", "task-001", "--reason", "r", *B], 4, "not_holder"),
    "assigned already": (
        two_workers, ["emit", "Assigned", "task-001", "--worker", "worker-B"], 4, "lost_claim"),
    "superseded": (
        superseded, ["emit", "Heartbeat", "task-001", "--attempt", "1", *A], 4, "superseded"),
    "name taken": (two_workers, ["join", "worker-A"], 4, "name_taken"),
    "project name taken": (
        project_ended, ["init", "--project", "demo"], 4, "name_taken"),
    "project open": (task, ["init", "--project", "other"], 4, "wrong_state"),
    "project open otherwise": (
        task, ["init", "--project", "demo", "--phase", "2"], 4, "wrong_state"),
    "created by a worker": (
        two_workers, ["emit", "TaskCreated", "a", "--description", "d", *A], 4, "not_allowed"),
    "paused by a worker": (two_workers, ["pause", *A], 4, "not_allowed"),
    "planned by a worker": (two_workers, ["plan", "plan.json", "--apply", *A], 4, "not_allowed"),
    "revised by the coordinator": (
        task, ["emit", "ProjectRevised", "--goal", "g", "--as", "coordinator"], 4, "not_allowed"),
    "not joined": (task, ["next", *A], 4, "not_allowed"),
    "leaving without a name": (task, ["leave", *A], 4, "not_allowed"),
    "no such task": (two_workers, ["emit", "Heartbeat", "nope", *A], 4, "not_found"),
    "no such project": (task, ["emit", "ProjectRevised", "other", "--goal", "g"], 4, "not_found"),
    "no such moment": (task, ["replay", "--at", "99"], 4, "not_found"),
    "task there already": (
        task, ["emit", "TaskCreated", "task-001", "--description", "d"], 4, "wrong_state"),
    "unknown dependency": (
        task, ["emit", "TaskCreated", "a", "--description", "d", "--depends", "b"], 4, "not_found"),
    "cycle": (
        task, ["emit", "TaskRevised", "task-001", "--changed", '{"dependencies":["task-001"]}',
               "--reason", "r"], 4, "wrong_state"),
    "no open question": (
        two_workers, ["emit", "Resolved", "task-001", "--action", "resume"], 4, "wrong_state"),
    "not completed": (
        two_workers, ["emit", "Reopened", "task-001", "--defect", "d"], 4, "wrong_state"),
    "completed already": (
        ended, ["emit", "TaskRevised", "task-001", "--changed", "{}", "--reason", "r"],
        4, "wrong_state"),
    "cancelled twice": (ended, ["emit", "TaskCancelled", "task-001", "--reason", "r"],
                        4, "wrong_state"),
    "tasks open": (task, ["emit", "ProjectEnded", "--outcome", "done"], 4, "wrong_state"),
    "parked": (parked, ["emit", "Assigned", "task-001", "--worker", "worker-B"], 4, "parked"),
    "resolved by a worker": (
        parked, ["emit", "Resolved", "task-001", "--action", "resume", *B], 4, "not_allowed"),
    "same id, other content": (
        noted, ["emit", "Noted", "--text", "b", "--id", "x"], 4, "repeated"),
    "paused": (paused, ["next", *B], 3, ""),
    "nothing ready": (two_workers, ["next", *B], 3, ""),
    "all done": (ended, ["next", *B], 7, ""),
    "gate": (
        lambda evt: claimed(evt, "task-001", "worker-A", "--output", "a.md"),
        ["emit", "Completed", "task-001", "--score", "5", *A], 5, "gate"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_says_what_failed_what_is_and_what_next(
    name: str, demo: Evt, repo: Path, same: Callable[[str], str], snapshot: SnapshotAssertion
) -> None:
    prepare, call, exit, code = REFUSALS[name]
    (repo / "plan.json").write_text('{"id":"p","type":"t","description":"d"}')
    prepare(demo)
    before = raw(repo)
    refused = demo(*call, check=exit)
    assert same(refused.out + refused.err) == snapshot
    said = (refused.err or refused.out).splitlines()
    assert len(said) <= 3 and said[-1].startswith("next: ")
    if exit == 4:
        assert raw(repo) == before
        error = demo(*call, "--json", check=exit).json["error"]
        assert (error["exit"], error["code"]) == (exit, code)
        assert said == [f"evt: {error['message']}", f"next: {error['hint']}"]


def test_without_a_log(evt: Evt, repo: Path, same: Callable[[str], str]) -> None:
    for call in (["status"], ["log"], ["next", *A], ["emit", "Noted", "--text", "x"], ["verify"]):
        refused = evt(*call, "--json", check=6)
        assert refused.json["error"]["code"] == "no_log"
        assert same(refused.err) == "evt: there is no evt log at <repo>/.evt\nnext: evt init\n"
    assert not (repo / ".evt").exists()


def test_a_log_whose_first_segment_is_gone(demo: Evt, repo: Path) -> None:
    (repo / ".evt" / "log" / f"{1:016d}.jsonl").unlink()
    assert demo("status", "--json", check=6).json["error"]["code"] == "no_log"
    assert demo("emit", "Noted", "--text", "x", "--json", check=6).json["error"]["code"] == "no_log"


def test_a_lock_that_somebody_holds_is_named_and_waited_for(demo: Evt, repo: Path) -> None:
    before = raw(repo)
    with (repo / ".evt" / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = demo("emit", "Noted", "--text", "x", "--json", check=75,
                       env={"EVT_LOCK_TIMEOUT": "0.1"})  # fmt: skip
        assert refused.json["error"]["code"] == "locked"
        assert demo("status").code == demo("log").code == 0  # readers take no lock
    assert raw(repo) == before
    demo("emit", "Noted", "--text", "x", env={"EVT_LOCK_TIMEOUT": "0.1"})


def test_a_lock_timeout_that_is_no_number_is_said(demo: Evt) -> None:
    refused = demo("emit", "Noted", "--text", "x", check=None, env={"EVT_LOCK_TIMEOUT": "soon"})
    assert refused.code in (0, 2) and "Traceback" not in refused.err
    assert "defect" not in refused.err


def test_a_poisoned_log_reads_but_takes_nothing_until_it_is_repaired(demo: Evt, repo: Path) -> None:
    """Given a sync that failed, when evt repairs it, then SyncFailed is there and writing works."""
    (repo / ".evt" / "poisoned").write_text(json.dumps({"sequence": 1, "id": "x"}))
    refused = demo("emit", "Noted", "--text", "x", "--json", check=6).json["error"]
    assert refused["code"] == "poisoned" and "evt repair" in refused["hint"]
    assert demo("status").code == 0
    assert demo("verify", "--json", check=6).json["findings"][0]["code"] == "poisoned"
    repaired = demo("repair", "--json").json
    assert repaired["repaired"] == ["the failed sync of event 1"]
    assert last(repo)["type"] == "SyncFailed"
    demo("emit", "Noted", "--text", "x")
    assert demo("repair").out == "nothing to repair\nnext: evt verify\n"


def test_corruption_stops_writing_and_repair_only_explains(demo: Evt, repo: Path) -> None:
    demo("emit", "Noted", "--text", "before")
    demo("emit", "Noted", "--text", "after")
    segment = repo / ".evt" / "log" / f"{1:016d}.jsonl"
    segment.write_bytes(segment.read_bytes().replace(b"before", b"beford"))
    broken = raw(repo)
    offset = len(b"".join(broken.splitlines(keepends=True)[:2]))
    for call in (["emit", "Noted", "--text", "x"], ["repair"]):
        error = demo(*call, "--json", check=6).json["error"]
        assert error["code"] == "damaged"
        assert error["location"] == {
            "segment": segment.name, "line": 3, "offset": offset,
            "reason": "prevhash is not the hash of the line before",
        }  # fmt: skip
    found = demo("verify", "--json", check=6)
    assert found.json["findings"][0]["code"] == "chain" and found.err.endswith("next: evt repair\n")
    assert raw(repo) == broken


def test_a_checkpoint_that_lies_is_found(demo: Evt, repo: Path) -> None:
    lines = "".join(json.dumps({"type": "Noted", "data": {"text": "x"}}) + "\n" for _ in range(200))
    demo("emit", "--batch", "-", input=lines)
    assert "is what the log says" in demo("replay", "--check").out
    for path in (repo / ".evt" / "cache").glob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b'"demo"', b'"dema"'))
    error = demo("replay", "--check", "--json", check=1).json["error"]
    assert error["code"] == "findings"
    assert error["hint"].startswith(f"rm -r {repo / '.evt' / 'cache'}")
    assert demo("status").out.startswith("demo")
