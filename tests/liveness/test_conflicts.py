"""Overlapping changes reach the engineer with both sides shown, at each of the four moments."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import stored, task
from tests.conftest import Evt
from tests.liveness.support import short_leases
from tests.liveness.test_trees import git, linked

A, B = ("--as", "worker-A"), ("--as", "worker-B")


@pytest.fixture
def both(demo: Evt, repo: Path) -> Evt:
    """Two workers in one tree: A writes a.md, B writes b.md; both files are committed."""
    for name in ("a.md", "b.md"):
        (repo / name).write_text("one\ntwo\n")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "files")
    at_work(demo)
    return demo


def at_work(evt: Evt) -> None:
    task(evt, "task-001", "--output", "a.md")
    task(evt, "task-002", "--output", "b.md")
    for worker in ("worker-A", "worker-B"):
        evt("join", worker)
        evt("next", "--as", worker)


def conflict(repo: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The one ConflictDetected of the log and the question that names both sides."""
    found = stored(repo)
    (detected,) = [event for event in found if event["type"] == "ConflictDetected"]
    (asked,) = [event for event in found if event["data"].get("conflict") == detected["id"]]
    return detected, asked


def sides(asked: dict[str, Any]) -> tuple[str, str, list[str], list[str]]:
    data = asked["data"]
    return asked["subject"], data["with"], data["details"]["workers"], data["files"]


def test_when_a_task_is_pushed_over_an_overlap(both: Evt, repo: Path) -> None:
    task(both, "task-003", "--output", "*.md")
    both("join", "worker-C")
    assert "overlap: " in both("next", "--as", "worker-C", check=3).out
    both("emit", "TaskCancelled", "task-002", "--reason", "only one overlap")
    both("emit", "Assigned", "task-003", "--worker", "worker-C")
    detected, asked = conflict(repo)
    assert detected["data"]["when"] == "assigned"
    assert sides(asked) == ("task-003", "task-001", ["worker-C", "worker-A"], ["a.md"])
    assert "task-003, attempt 1" in both("next", "--as", "worker-C").out


def test_while_both_edit_it_warns_then_asks_with_the_difference(both: Evt, repo: Path) -> None:
    """Given a file of B, when A touches it twice, then A is warned and then the engineer asked."""
    (repo / "b.md").write_text("one\nTWO\nthree\n")
    touch = ("emit", "Heartbeat", "task-001", "--touched", "b.md", *A)
    assert "b.md: task-002 (worker-B) works there; leave it" in both(*touch).out
    assert both("inbox").out == "no open question\n"
    both(*touch)
    detected, asked = conflict(repo)
    assert detected["data"] == {"with": "task-002", "files": ["b.md"], "when": "edited"}
    assert sides(asked) == ("task-001", "task-002", ["worker-A", "worker-B"], ["b.md"])
    assert asked["data"]["details"]["diff"] == {"b.md": "+2 -1"}
    shown = both("inbox").out
    assert "task-001 (worker-A) and task-002 (worker-B) both change b.md: who goes on?" in shown
    assert "\n  b.md: +2 -1\n" in shown
    both("emit", "Heartbeat", "task-002", "--touched", "b.md", *B)
    both("emit", "Resolved", "task-001", "--action", "resume", "--answer", "leave b.md to B")
    assert "leave b.md to B" in both("next", *A).out
    both(*touch)
    conflict(repo)  # still one


def test_when_what_was_handed_in_was_changed_by_another(both: Evt, repo: Path) -> None:
    both("emit", "Heartbeat", "task-002", "--touched", "a.md", *B)
    (repo / "a.md").write_text("one\ntwo\nthree\n")
    both("emit", "Completed", "task-001", "--score", "5", *A)
    detected, asked = conflict(repo)
    assert detected["data"] == {"with": "task-002", "files": ["a.md"], "when": "completed"}
    assert sides(asked) == ("task-001", "task-002", ["worker-A", "worker-B"], ["a.md"])
    assert asked["data"]["details"]["diff"] == {"a.md": "+1 -0"}


def test_when_files_drift_after_they_were_handed_in(both: Evt, repo: Path) -> None:
    for name, who in (("task-001", A), ("task-002", B)):
        both("emit", "Completed", name, "--score", "5", *who)
    (repo / "a.md").write_text("one\n")
    assert "a.md of task-001 was changed" in both("verify", "--files", check=None).out
    both("emit", "ProjectEnded", "--outcome", "done")
    detected, asked = conflict(repo)
    assert detected["data"] == {"with": "task-001", "files": ["a.md"], "when": "drifted"}
    assert asked["data"]["details"]["diff"] == {"a.md": "+0 -1"}


def test_a_superseded_attempt_that_goes_on_writing(evt: Evt, repo: Path) -> None:
    """Given a worker that was fenced off, when it writes on, then the engineer is asked."""
    short_leases(evt)
    task(evt, "task-001", "--output", "a.md")
    for worker in ("worker-A", "worker-B"):
        evt("join", worker)
    evt("next", *A)
    evt("next", "--wait", "20", *B)
    (repo / "a.md").write_text("one\n")
    evt("emit", "Heartbeat", "task-001", "--lease", "600", "--touched", "a.md", *B)
    late = ("emit", "Heartbeat", "task-001", "--touched", "a.md", *A)
    for _ in range(2):
        assert "worker-B holds task-001 now" in evt(*late, check=4).err
    detected, asked = conflict(repo)
    assert detected["data"] == {"with": "task-001", "files": ["a.md"], "when": "edited"}
    assert asked["data"]["details"] == {"workers": ["worker-B", "worker-A"],
                                        "diff": {"a.md": "new"}}  # fmt: skip


def test_in_trees_of_their_own_both_sides_are_shown(demo: Evt, repo: Path) -> None:
    (repo / "b.md").write_text("one\ntwo\n")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "files")
    trees = {name: linked(repo, f"tree-{name}") for name in ("worker-A", "worker-B")}
    task(demo, "task-001", "--output", "a.md")
    task(demo, "task-002", "--output", "b.md")
    for worker, tree in trees.items():
        demo("join", worker, cwd=tree)
        demo("next", "--as", worker, cwd=tree)
    (trees["worker-A"] / "b.md").write_text("one\n")
    (trees["worker-B"] / "b.md").write_text("one\ntwo\nthree\nfour\n")
    for _ in range(2):
        demo("emit", "Heartbeat", "task-001", "--touched", "b.md", *A, cwd=trees["worker-A"])
    _, asked = conflict(repo)
    assert asked["data"]["details"]["diff"] == {"b.md": "worker-A +0 -1, worker-B +2 -0"}


def test_without_a_commit_a_conflict_is_one_all_the_same(evt: Evt, repo: Path) -> None:
    shutil.rmtree(repo / ".git")
    git(repo, "init", "-q")
    evt("init", "--project", "p")
    at_work(evt)
    for _ in range(2):
        evt("emit", "Heartbeat", "task-001", "--touched", "b.md", *A)
    _, asked = conflict(repo)
    assert asked["data"]["details"] == {"workers": ["worker-A", "worker-B"], "diff": {}}
