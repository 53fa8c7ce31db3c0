"""What people and chats read: the board, the pack, the inbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.support import claimed, task
from tests.conftest import Evt

A = ("--as", "worker-A")
PACK_TOKENS = 600
BYTES_PER_TOKEN = 4

TASK = {
    "type": "summary",
    "description": "Sum up the page about the log in 100 to 200 words",
    "context": {
        "targetFiles": ["docs/log.md"], "outputFiles": ["out/log.md"],
        "requirements": ["100 to 200 words", "no code"], "relevantRules": ["AGENTS.md"],
    },
    "acceptance": {
        "criteria": ["it reads well"],
        "checks": [{"check": "word_count", "min": 100, "max": 200}],
    },
    "dependencies": ["task-000"],
}  # fmt: skip


@pytest.fixture
def project(demo: Evt, repo: Path) -> Evt:
    """Return `evt` with a project under way: one task of each kind."""
    (repo / "a.md").write_text("What a log is, in one sentence.\n")
    claimed(demo, "task-000", "worker-A", "--output", "a.md")
    demo("emit", "Completed", "task-000", "--score", "4", "--notes", "a.md has it", *A)
    demo("emit", "TaskCreated", "task-001", "--data", json.dumps(TASK))
    task(demo, "task-002", "--depends", "task-001", "--priority", "5")
    task(demo, "task-003")
    task(demo, "task-004")
    task(demo, "task-005")
    demo("emit", "TaskCancelled", "task-005", "--reason", "r")
    demo("emit", "ProjectRevised", "--goal", "a summary of every page")
    demo("next", *A)
    demo("emit", "Heartbeat", "task-001", "--note", "half is done", "--progress", "0.5", *A)
    demo("join", "worker-B")
    demo("next", "--as", "worker-B")
    demo("emit", "Escalated", "task-003", "--question", "Which of the two?", "--as", "worker-B")
    return demo


def test_the_board(project: Evt, same: Callable[[str], str], snapshot: SnapshotAssertion) -> None:
    assert same(project("status").out) == snapshot(name="wide")
    narrow = project("status", env={"COLUMNS": "60"}).out
    assert same(narrow) == snapshot(name="narrow")
    assert max(map(len, narrow.splitlines())) <= 60
    project("pause")
    assert project("status").out.startswith("demo (paused): 1/6 done")


def test_the_pack(project: Evt, same: Callable[[str], str], snapshot: SnapshotAssertion) -> None:
    shown = project("next", *A).out
    assert same(shown) == snapshot
    assert len(shown.encode()) < PACK_TOKENS * BYTES_PER_TOKEN


def test_the_pack_of_one_who_goes_on(
    project: Evt, same: Callable[[str], str], snapshot: SnapshotAssertion
) -> None:
    """Given a worker that left in the middle, when another takes the task, then it hears of it."""
    project("leave", "--note", "the second half is missing", *A)
    project("join", "worker-C")
    assert same(project("next", "--as", "worker-C").out) == snapshot(name="after another")
    project("emit", "Resolved", "task-003", "--action", "resume", "--answer", "The first.")
    assert same(project("next", "--as", "worker-B").out) == snapshot(name="after an answer")


def test_the_inbox(project: Evt, same: Callable[[str], str], snapshot: SnapshotAssertion) -> None:
    assert same(project("inbox").out) == snapshot
    answer = project("inbox", "--json").json["questions"][0]["answer"]
    assert answer.startswith("evt emit Resolved task-003 --action resume --escalation ")
    project("emit", "Resolved", "task-003", "--action", "resume", "--answer", "The first.")
    assert project("inbox").out == "no open question\n"


def test_a_task_json_goes_through_unchanged(project: Evt) -> None:
    """Given the task JSON that was handed in, when next and status print it, then all is there."""
    given = project("next", *A, "--json").json
    for shown in (given["task"], project("status", "--json").json["tasks"][1]):
        assert {key: shown[key] for key in TASK} == TASK
    assert given["attempt"] == 1 and given["leaseSeconds"] >= 1
    assert given["needs"] == [
        {"task": "task-000", "deliverables": ["a.md"], "notes": "a.md has it"},
    ]  # fmt: skip
    assert given["resume"]["note"] == "half is done"
