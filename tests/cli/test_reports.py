"""`emit Completed` and its kin, `--batch`, and reports in the pattern's form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evt.eventlog.digest import sha256_hex
from tests.cli.support import claimed, documents, last, raw, stored
from tests.conftest import Evt

WORKER = ("--as", "worker-A")
TEXT = b"The page says what a log is. It is short.\n"


@pytest.fixture
def held(demo: Evt, repo: Path) -> Evt:
    """Return `evt` where worker-A holds task-001, which is to write out.md."""
    claimed(demo, "task-001", "worker-A", "--output", "out.md")
    return demo


def test_the_outputs_of_the_task_are_handed_over_with_their_hashes(held: Evt, repo: Path) -> None:
    (repo / "out.md").write_bytes(TEXT)
    done = held("emit", "Completed", "task-001", "--score", "4", "--notes", "n", *WORKER)
    assert done.out.endswith("next: evt next --as worker-A --wait 540\n")
    data = last(repo)["data"]
    assert data["deliverables"] == [
        {"path": "out.md", "sha256": sha256_hex(TEXT), "bytes": len(TEXT)}
    ]
    assert (data["contextEfficiencyScore"], data["notes"], data["attempt"]) == (4, "n", 1)


def test_other_files_are_handed_over_by_name(held: Evt, repo: Path) -> None:
    (repo / "out.md").write_bytes(TEXT)
    (repo / "more.md").write_bytes(TEXT)
    held("emit", "Completed", "task-001", "--deliverable", "out.md", "--deliverable", "more.md",
         "--score", "5", "--attempt", "1", *WORKER)  # fmt: skip
    assert [one["path"] for one in last(repo)["data"]["deliverables"]] == ["out.md", "more.md"]


@pytest.mark.parametrize(
    ("flags", "score", "rubric"), [([], 4, None), (["--score", "5"], 5, 4)], ids=["alone", "beside"]
)
def test_signals_make_a_score(
    flags: list[str], score: int, rubric: int | None, held: Evt, repo: Path
) -> None:
    """Given a vague scope, when no score is said, then it is 4; one that is said counts."""
    (repo / "out.md").write_bytes(TEXT)
    signals = {"vagueScope": True, "rules": 0, "clarifications": 0, "issues": []}
    held("emit", "Completed", "task-001", "--signals", json.dumps(signals), *flags, *WORKER)
    data = last(repo)["data"]
    assert (data["contextEfficiencyScore"], data.get("rubricScore")) == (score, rubric)
    assert data["signals"] == signals


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        pytest.param(["--deliverable", "../out.md"], "outside_repository", id="above"),
        pytest.param(["--deliverable", "/etc/passwd"], "outside_repository", id="absolute"),
        pytest.param(["--data", '{"results":[]}'], "invalid_input", id="results"),
        pytest.param(["--data", '{"acceptedBy":"me"}'], "invalid_input", id="acceptedBy"),
        pytest.param(["--data", '{"deliverables":[{"path":"out.md","sha256":null}]}'],
                     "invalid_input", id="sha256"),
        pytest.param(["--attest", "looked"], "usage", id="attested without a number"),
        pytest.param(["--attest", "1="], "usage", id="attested without a text"),
    ],
)  # fmt: skip
def test_evidence_is_written_by_evt_only(
    flags: list[str], code: str, held: Evt, repo: Path
) -> None:
    (repo / "out.md").write_bytes(TEXT)
    before = raw(repo)
    refused = held("emit", "Completed", "task-001", "--score", "5", *flags, *WORKER, "--json",
                   check=2)  # fmt: skip
    assert refused.json["error"]["code"] == code
    assert raw(repo) == before


def test_a_refusal_of_the_gate_lists_what_to_fix(held: Evt, repo: Path) -> None:
    refused = held("emit", "Completed", "task-001", "--score", "5", *WORKER, "--json", check=5)
    error = refused.json["error"]
    assert (error["exit"], error["code"], error["task"]) == (5, "gate", "task-001")
    failed = [one for one in error["results"] if one["verdict"] == "failed"]
    assert failed[0]["check"] == "files_exist" and failed[0]["path"] == "out.md"
    assert [one["type"] for one in error["receipts"]] == ["Rejected"] == [last(repo)["type"]]
    assert failed[0]["message"] in refused.err


def test_a_completion_that_is_said_again_is_the_same(held: Evt, repo: Path) -> None:
    (repo / "out.md").write_bytes(TEXT)
    call = ["emit", "Completed", "task-001", "--score", "5", *WORKER, "--json"]
    first = held(*call).json
    assert held(*call).json == {**first, "repeated": True}


def lines(*events: dict[str, Any]) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


NOTE = {"type": "Noted", "data": {"text": "a"}}


def test_a_batch_is_one_decision(demo: Evt, repo: Path) -> None:
    created = {"type": "TaskCreated", "subject": "a", "data": {"description": "d"}, "id": "mine"}
    text = lines(created, {**NOTE, "subject": "a", "causationid": "mine"}) + "\n\n"
    receipts = documents(demo("emit", "--batch", "-", "--json", input=text).out)
    assert [one["type"] for one in receipts] == ["TaskCreated", "Noted"]
    found = stored(repo)[1:]
    assert [event["batch"] for event in found] == ["1/2", "2/2"]
    assert (found[0]["id"], found[1]["causationid"]) == ("mine", "mine")


def test_a_batch_comes_from_a_file_and_again_is_as_once(demo: Evt, repo: Path) -> None:
    (repo / "events.ndjson").write_text(lines({**NOTE, "id": "a"}, {**NOTE, "id": "b"}))
    first = documents(demo("emit", "--batch", "events.ndjson", "--json").out)
    again = documents(demo("emit", "--batch", "events.ndjson", "--json").out)
    assert again == [{**receipt, "repeated": True} for receipt in first]
    assert len(stored(repo)) == 3


@pytest.mark.parametrize(
    ("text", "code", "exit"),
    [
        pytest.param("", "invalid_input", 2, id="nothing"),
        pytest.param("{}\n", "invalid_input", 2, id="no type"),
        pytest.param("nope\n", "invalid_input", 2, id="no JSON"),
        pytest.param(lines(NOTE, {**NOTE, "actor": "x"}), "invalid_input", 2, id="actor"),
        pytest.param(lines(NOTE, {**NOTE, "data": []}), "invalid_input", 2, id="data"),
        pytest.param(lines(NOTE, {**NOTE, "subject": 5}), "invalid_input", 2, id="subject"),
        pytest.param(lines(NOTE, {"type": "TimedOut"}), "usage", 2, id="derived"),
        pytest.param(lines(NOTE, {"type": "Nope"}), "usage", 2, id="unknown"),
        pytest.param(lines(NOTE, {"type": "Noted"}), "usage", 2, id="text missing"),
        pytest.param(
            lines(NOTE, {"type": "Completed", "subject": "a"}), "usage", 2, id="completed"
        ),
        pytest.param(
            lines(NOTE, {"type": "Resolved", "subject": "a", "data": {"action": "accept"}}),
            "usage", 2, id="accepted",
        ),
        pytest.param(
            lines(NOTE, {"type": "Reopened", "subject": "a", "data": {"defect": "d"}}),
            "not_found", 4, id="refused by the state",
        ),
        pytest.param(lines(*[NOTE] * 1001), "too_large", 2, id="1001 events"),
    ],
)  # fmt: skip
def test_one_wrong_line_and_nothing_is_stored(
    text: str, code: str, exit: int, demo: Evt, repo: Path
) -> None:
    before = raw(repo)
    refused = demo("emit", "--batch", "-", "--json", input=text, check=exit).json["error"]
    assert refused["code"] == code
    assert raw(repo) == before
    if text.count("\n") == 2:
        assert refused["message"].startswith("line 2: ")


@pytest.mark.parametrize(
    "args",
    [
        ["Noted", "--batch", "-"],
        ["--batch", "-", "--text", "x"],
        ["--batch", "-", "--id", "a"],
        ["--batch", "-", "--report", "-"],
        ["--report", "-", "--score", "5"],
    ],
    ids=" ".join,
)
def test_batch_and_report_stand_alone(args: list[str], demo: Evt) -> None:
    assert "stands alone" in demo("emit", *args, input=lines(NOTE), check=2).err


def report(status: str, **more: Any) -> str:
    return json.dumps({"taskId": "task-001", "workerId": "worker-A", "status": status, **more})


def test_a_completed_report_is_a_completion(held: Evt, repo: Path) -> None:
    (repo / "out.md").write_bytes(TEXT)
    (repo / "report.json").write_text(report(
        "completed", deliverables=["out.md"], contextEfficiencyScore=5, notes="n",
        completedAt="2026-01-01T00:00:00Z",
    ))  # fmt: skip
    done = held("emit", "--report", "report.json", "--id", "mine")
    assert "next: evt next --as worker-A" in done.out
    event = last(repo)
    assert (event["type"], event["actor"], event["id"]) == ("Completed", "worker-A", "mine")
    assert event["data"]["notes"] == "n"
    assert "(stored before)" in held("emit", "--report", "report.json", "--id", "mine").out


@pytest.mark.parametrize(
    ("status", "type", "data"),
    [
        ("failed", "Failed", {"reason": "why", "attempt": 1}),
        ("blocked", "Escalated", {"kind": "blocked", "question": "why", "attempt": 1,
                                  "to": "coordinator"}),
    ],
)  # fmt: skip
def test_what_failed_or_is_blocked_says_why_in_its_notes(
    status: str, type: str, data: dict[str, Any], held: Evt, repo: Path
) -> None:
    held("emit", "--report", "-", input=report(status), check=2)
    held("emit", "--report", "-", input=report(status, notes="why"))
    event = next(event for event in stored(repo) if event["type"] == type)
    assert event["data"] == data


def test_the_reports_worker_acts_unless_somebody_else_is_named(held: Evt, repo: Path) -> None:
    held("join", "worker-B")
    refused = held("emit", "--report", "-", "--as", "worker-B", "--json",
                   input=report("failed", notes="n"), check=4)  # fmt: skip
    assert refused.json["error"]["code"] == "not_holder"


def test_a_report_names_one_of_several_attempts(held: Evt, repo: Path) -> None:
    """Given a worker that came back, when its report says which attempt, then it is taken."""
    held("leave", "--as", "worker-A")
    held("join", "worker-A")
    held("next", "--as", "worker-A")
    failed = report("failed", notes="n")
    assert "--attempt 2" in held("emit", "--report", "-", input=failed, check=2).err
    held("emit", "--report", "-", "--attempt", "2", input=failed)
    assert (last(repo)["type"], last(repo)["data"]["attempt"]) == ("Failed", 2)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("[]", id="no object"),
        pytest.param(report("done"), id="status"),
        pytest.param(report("completed", score=5), id="key"),
        pytest.param(report("completed"), id="no score"),
        pytest.param(report("failed", notes=["x"]), id="notes"),
        pytest.param(report("failed", notes="x", workerId=""), id="no worker"),
        pytest.param(report("failed", notes="x", workerId="a\u001b[1m"), id="control characters"),
        pytest.param('{"taskId":"task-001","status":"failed"}', id="worker missing"),
    ],
)
def test_a_report_that_does_not_fit_is_refused(wrong: str, held: Evt, repo: Path) -> None:
    before = raw(repo)
    held("emit", "--report", "-", input=wrong, check=2)
    assert raw(repo) == before


def test_a_late_result_is_kept_and_can_be_accepted(held: Evt, repo: Path) -> None:
    """Given a task that lapsed and went to another, when the first one reports, it is kept."""
    (repo / "out.md").write_bytes(TEXT)
    held("join", "worker-A", "--takeover")
    call = ["emit", "Completed", "task-001", "--score", "5", "--attempt", "1", *WORKER, "--json"]
    late = held(*call, check=4).json["error"]
    assert late["code"] == "superseded"
    assert [one["type"] for one in late["receipts"]] == ["LateResult"] == [last(repo)["type"]]
    assert "receipts" not in held(*call, check=4).json["error"]


def test_what_is_accepted_late_are_the_files_of_the_late_report(held: Evt, repo: Path) -> None:
    """Given a refused report and a late one with another file, when that is taken, then with it."""
    held("emit", "Completed", "task-001", "--score", "5", *WORKER, check=5)
    for name in ("out.md", "more.md"):
        (repo / name).write_bytes(TEXT)
    held("join", "worker-A", "--takeover")
    late = held("emit", "Completed", "task-001", "--score", "5", "--deliverable", "more.md",
                "--attempt", "1", *WORKER, "--json", check=4).json["error"]  # fmt: skip
    held("emit", "Escalated", "task-001", "--question", "his?", "--attempt", "2", *WORKER)
    held("emit", "Resolved", "task-001", "--action", "accept", "--late", late["receipts"][0]["id"])
    done = last(repo)["data"]
    assert (done["attempt"], done["contextEfficiencyScore"]) == (1, 5)
    assert {one["path"] for one in done["deliverables"]} == {"out.md", "more.md"}
