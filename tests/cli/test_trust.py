"""`evt trust`: a person on a terminal approves, nobody and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support import claimed, last, stored
from tests.cli.terminal import typed
from tests.conftest import Evt

CHECK = '{"check":"command","argv":["sh","check.sh"]}'
ASKED = "[y/N]"


@pytest.fixture
def parked(demo: Evt, repo: Path) -> Evt:
    """Return evt where a task waits because its gate may not run a command yet."""
    (repo / "check.sh").write_text("test -s a.md\n")
    claimed(demo, "task-001", "worker-A", "--output", "a.md", "--check", CHECK)
    (repo / "a.md").write_text("One whole sentence.\n")
    refused = demo("emit", "Completed", "task-001", "--score", "5", "--as", "worker-A", check=4)
    assert "sh check.sh" in refused.err
    return demo


def test_an_approval_answers_the_question_and_the_gate_runs(parked: Evt, repo: Path) -> None:
    """Given a parked task, when the engineer says y, then its worker reports and it is done."""
    code, screen = typed(["trust"], "y", repo, ASKED)
    assert code == 0, screen
    assert "sh check.sh" in screen and "asked for by task-001" in screen
    assert (last(repo)["type"], last(repo)["data"]["action"]) == ("Resolved", "resume")
    parked("next", "--as", "worker-A")
    parked("emit", "Completed", "task-001", "--score", "5", "--as", "worker-A")
    results = last(repo)["data"]["results"]
    assert [one["verdict"] for one in results if one["check"] == "command"] == ["passed"]


def test_a_gate_that_the_engineer_runs_is_no_sign_of_life_of_the_worker(
    parked: Evt, repo: Path
) -> None:
    """Given a worker that asks, when the engineer accepts, then nothing is written in its name."""
    assert typed(["trust"], "y", repo, ASKED)[0] == 0
    parked("next", "--as", "worker-A")
    parked("emit", "Escalated", "task-001", "--question", "good?", "--as", "worker-A")
    before = len(stored(repo))
    parked("emit", "Resolved", "task-001", "--action", "accept")
    assert [event["type"] for event in stored(repo)[before:]] == ["Resolved", "Completed"]


@pytest.mark.parametrize("answer", ["n", "", "yess", "Y E S"])
def test_anything_but_yes_approves_nothing(parked: Evt, repo: Path, answer: str) -> None:
    code, screen = typed(["trust"], answer, repo, ASKED)
    assert code == 1 and "nothing was approved" in screen
    assert parked("trust", "--list", "--json").json["approved"] == []
    assert last(repo)["type"] == "Escalated"


def test_a_changed_script_asks_again(parked: Evt, repo: Path) -> None:
    assert typed(["trust"], "y", repo, ASKED)[0] == 0
    (repo / "check.sh").write_text("touch stolen\n")
    listed = parked("trust", "--list")
    assert "check.sh" in listed.out and "waits: sh check.sh" in listed.out
    parked("next", "--as", "worker-A")
    parked("emit", "Completed", "task-001", "--score", "5", "--as", "worker-A", check=4)
    assert not (repo / "stolen").exists()


def test_without_a_terminal_nothing_is_asked(parked: Evt) -> None:
    refused = parked("trust", check=2)
    assert "terminal" in refused.err
    assert parked("trust", "--", "sh", "check.sh", input="y\n", check=2)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"CLAUDECODE": "1"}, id="inside a chat"),
        pytest.param({"EVT_AS": "worker-A"}, id="as a worker"),
        pytest.param({"EVT_AS": "coordinator"}, id="as the coordinator"),
    ],
)
def test_only_the_engineer_outside_chats_approves(
    parked: Evt, repo: Path, more: dict[str, str]
) -> None:
    code, screen = typed(["trust", "--", "sh", "check.sh"], "y", repo, ASKED, more)
    assert code == 4 and "engineer alone" in screen


def test_a_plan_is_approved_as_a_whole(demo: Evt, repo: Path) -> None:
    """Given two tasks with commands, when one yes is said, then both are approved, once each."""
    plan = repo / "plan.json"
    plan.write_text(
        '[{"id":"a","type":"t","description":"A","acceptance":{"validation":"true"}},'
        '{"id":"b","type":"t","description":"B","acceptance":{"validation":"test -e x"}},'
        '{"id":"c","type":"t","description":"C","acceptance":{"validation":"true"}}]'
    )
    code, screen = typed(["trust", "--plan", "plan.json"], "yes", repo, ASKED)
    assert code == 0 and "asked for by a, c" in screen and "2 approved" in screen
    codes = [one["code"] for one in demo("plan", "plan.json", "--json").json["findings"]]
    assert "not_approved" not in codes
    assert demo("trust", "--revoke", "--", "true").out == "1 taken back\n"
    codes = [one["code"] for one in demo("plan", "plan.json", "--json").json["findings"]]
    assert codes.count("not_approved") == 2


def test_nothing_waits(demo: Evt) -> None:
    assert demo("trust").out == "nothing waits for approval\n"
    assert demo("trust", "--list").out == "nothing is approved, nothing waits\n"


def test_no_event_tells_what_is_approved(parked: Evt, repo: Path) -> None:
    """Given an approval, then it lies outside the repository, and only the answer is an event."""
    before = len(stored(repo))
    typed(["trust"], "y", repo, ASKED)
    assert len(stored(repo)) == before + 1
    assert not list(repo.rglob("trust*"))
    assert list((repo.parent / "state" / "evt" / "trust").iterdir())
