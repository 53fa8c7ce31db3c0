"""`evt review` and `evt check`: the evidence, what became of it, and the engineer's verdict."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import claimed, last, stored, task
from tests.conftest import Evt

TEXT = "One whole sentence with some words in it.\n"


def done(evt: Evt, repo: Path, name: str, worker: str, *flags: str) -> None:
    """Let a worker do a task that hands over NAME.md."""
    task(evt, name, "--output", f"{name}.md", *flags)
    if not any(one.get("subject") == worker for one in stored(repo)):
        evt("join", worker)
    evt("next", "--as", worker)
    (repo / f"{name}.md").write_text(TEXT)
    evt("emit", "Completed", name, "--score", "5", "--notes", f"notes of {name}", "--as", worker)


@pytest.fixture
def delivered(demo: Evt, repo: Path) -> Evt:
    """Return evt where two tasks are done, the second of which waits for the first."""
    done(demo, repo, "base", "worker-A")
    done(demo, repo, "top", "worker-A", "--depends", "base")
    return demo


def test_a_review_shows_what_was_delivered_and_that_it_is_unchanged(delivered: Evt) -> None:
    document = delivered("review", "--json").json
    assert (document["schema"], document["project"]) == ("evt.review/1", "demo")
    assert [entry["task"] for entry in document["tasks"]] == ["base", "top"]
    base = document["tasks"][0]
    assert base["deliverables"][0]["path"] == "base.md" and base["notes"] == "notes of base"
    assert base["drifted"] == [] and len(base["passed"]) >= 5
    words = delivered("review").out
    assert "base.md  42 bytes  unchanged" in words and "notes: notes of base" in words
    assert delivered("review", "--brief").out.count("unchanged") == 2


def test_what_was_changed_since_is_named_everywhere(delivered: Evt, repo: Path) -> None:
    """Given a deliverable edited afterwards, review, verify and the end of the project say so."""
    (repo / "top.md").write_text("Something else entirely, written later.\n")
    (repo / "base.md").unlink()
    tasks = delivered("review", "--json").json["tasks"]
    assert [entry["drifted"] for entry in tasks] == [
        [{"path": "base.md", "how": "is gone"}], [{"path": "top.md", "how": "was changed"}],
    ]  # fmt: skip
    assert "changed since" in delivered("review", "--brief").out
    found = delivered("verify", "--files", "--json", check=1).json["findings"]
    assert {one["path"] for one in found if one["code"] == "drifted"} == {"base.md", "top.md"}
    delivered("emit", "ProjectEnded", "--outcome", "done")
    when = [one["data"]["when"] for one in stored(repo) if one["type"] == "ConflictDetected"]
    assert when == ["drifted", "drifted"]


def test_a_rerun_runs_the_gates_on_the_tree_of_now(delivered: Evt, repo: Path) -> None:
    (repo / "top.md").write_text("")
    tasks = {
        entry["task"]: entry for entry in delivered("review", "--rerun", "--json").json["tasks"]
    }
    assert tasks["base"]["rerun"]["verdict"] == "passed"
    assert tasks["top"]["rerun"]["verdict"] == "refused"
    assert "now: refused" in delivered("review", "--rerun", "--brief").out
    assert last(repo)["type"] == "Completed", "a review alone appends nothing"


def test_the_projects_own_checks_are_run_and_hold_its_end(demo: Evt, repo: Path) -> None:
    acceptance = {"checks": [{"check": "files_exist", "paths": ["whole.md"]}]}
    demo("emit", "ProjectRevised", "--data", json.dumps({"acceptance": acceptance}))
    done(demo, repo, "only", "worker-A")
    found = demo("review", "--rerun", "--json").json["acceptance"]
    assert found["verdict"] == "refused"
    refused = demo("emit", "ProjectEnded", "--outcome", "done", check=4)
    assert "whole.md" in refused.err
    (repo / "whole.md").write_text(TEXT)
    assert demo("review", "--rerun", "--json").json["acceptance"]["verdict"] == "passed"
    demo("emit", "ProjectEnded", "--outcome", "done")


def test_a_verdict_is_recorded(delivered: Evt, repo: Path) -> None:
    delivered("review", "base", "--accept", "--minutes", "3")
    event = last(repo)
    assert (event["type"], event["subject"]) == ("Reviewed", "base")
    assert event["data"] == {"verdict": "accepted", "minutes": 3}
    delivered("review", "--accept")
    assert [one["subject"] for one in stored(repo)[-2:]] == ["base", "top"]
    delivered("review", "--accept", "--minutes", "2")
    assert [one["data"].get("minutes") for one in stored(repo)[-2:]] == [2, None]


def test_a_defect_opens_the_task_again(delivered: Evt, repo: Path) -> None:
    delivered("review", "base", "--reopen", "the table is wrong", "--escaped")
    reviewed, reopened = stored(repo)[-2:]
    assert (reviewed["data"]["verdict"], reopened["data"]) == (
        "reopened", {"defect": "the table is wrong", "escaped": True},
    )  # fmt: skip
    rows = {row["id"]: row for row in delivered("status", "--json").json["tasks"]}
    assert rows["base"]["status"] == "pending" and "suspect" in delivered("status").out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        pytest.param(["--reopen", "bad"], 2, id="reopen without a task"),
        pytest.param(["base", "--accept", "--reopen", "bad"], 2, id="both verdicts"),
        pytest.param(["base", "--escaped"], 2, id="escaped without a verdict"),
        pytest.param(["nope"], 4, id="an unknown task"),
        pytest.param(["nope", "--accept"], 4, id="accepting an unknown task"),
        pytest.param(["--project", "nope"], 4, id="an unknown project"),
    ],
)
def test_a_review_that_makes_no_sense_changes_nothing(
    args: list[str], code: int, delivered: Evt, repo: Path
) -> None:
    before = len(stored(repo))
    delivered("review", *args, check=code)
    assert len(stored(repo)) == before


def test_a_verdict_is_not_given_inside_a_chat(delivered: Evt, repo: Path) -> None:
    for flags in (["--reopen", "bad"], ["--accept"]):
        inside = {"CURSOR_AGENT": "1"}
        delivered("review", "base", *flags, env=inside, check=2)
        delivered("review", "base", *flags, "--as", "worker-A", check=4)
    assert last(repo)["type"] == "Completed"


def test_check_runs_the_gate_and_appends_no_verdict(demo: Evt, repo: Path) -> None:
    criterion = ["--criterion", "a newcomer understands it"]
    claimed(demo, "task-001", "worker-A", "--output", "a.md", *criterion)
    refused = demo("check", "task-001", "--as", "worker-A", "--json", check=5).json
    assert (refused["task"], refused["verdict"]) == ("task-001", "refused")
    (repo / "a.md").write_text(TEXT)
    before = len(stored(repo))
    passed = demo("check", "task-001", "--as", "worker-A", "--json").json
    assert set(passed) == {"task", "verdict", "results"} and passed["verdict"] == "passed"
    assert [one["verdict"] for one in passed["results"]].count("manual") == 1
    assert len(stored(repo)) == before
    demo("check", "task-001")  # the engineer looks: no sign of life of the worker
    assert len(stored(repo)) == before
    demo("check", "nope", check=4)
