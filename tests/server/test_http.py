"""Documents and commands over HTTP: what the shell prints is what the page gets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evt.eventlog.log.layout import Layout
from evt.projections.logfold import fold_log
from evt.projections.metrics import metrics
from tests.conftest import Evt, evt_in
from tests.server.conftest import Serve, history
from tests.server.serving import Served


@pytest.fixture
def served(serve: Serve, evt: Evt) -> Served:
    """Return a server of this test alone over the same history as `standing`."""
    history(evt)
    return serve()


@pytest.fixture
def shell(standing: Served, tmp_path: Path) -> Evt:
    """Return the shell in the repository of `standing`."""
    return evt_in(standing.repo, tmp_path)


def settled(status: Any) -> Any:
    """Without what the clock moves."""
    for task in status["tasks"]:
        task.pop("waitsFor")
    for worker in status["workers"]:
        worker.pop("verdict")
    return status


def test_documents_are_those_of_the_shell(standing: Served, shell: Evt) -> None:
    assert settled(standing.ask("GET", "/api/status")[2]) == settled(shell("status", "--json").json)
    figures = metrics(fold_log(Layout(str(standing.repo / ".evt"))))
    assert standing.ask("GET", "/api/metrics")[2] == json.loads(json.dumps(figures))
    assert standing.ask("GET", "/api/metrics?project=p")[2]["project"] == "p"
    for at in ("0", "4", "7"):
        shown = shell("replay", "--at", at, "--json").json
        assert standing.ask("GET", f"/api/state?at={at}")[2] == shown
    then = standing.ask("GET", "/api/metrics?at=4")[2]
    assert (then["sequence"], then["values"]["tasks.completed"]) == (4, 0)


def test_a_moment_may_be_a_time(standing: Served, shell: Evt) -> None:
    times = [json.loads(line)["time"] for line in shell("log", "--json").out.splitlines()]
    assert standing.ask("GET", f"/api/state?at={times[3]}")[2]["sequence"] == 4


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/state", 400), ("/api/state?at=9999", 409), ("/api/state?at=noon", 400),
     ("/api/state?at=-1", 400), ("/api/state?at=1h", 400), ("/api/metrics?at=x", 400),
     ("/api/metrics?at=9999", 409), ("/api/metrics?project=q", 409), ("/api/nothing", 404),
     ("/nothing.js", 404)],
)  # fmt: skip
def test_what_is_not_there_is_said_in_a_sentence(standing: Served, path: str, status: int) -> None:
    found, _, document = standing.ask("GET", path)
    assert found == status
    assert len(document["error"]["message"]) > 5


def test_a_glance_has_what_moves(standing: Served) -> None:
    found = standing.ask("GET", "/api/now")[2]
    assert found["counts"]["completed"] == 1
    assert found["workers"] == standing.ask("GET", "/api/status")[2]["workers"]
    (question,) = found["questions"]
    assert (question["task"], question["question"], question["addressed"]) == (
        "task-002", "Which?", ["coordinator"]
    )  # fmt: skip
    assert found["server"] == {
        "pid": standing.ready["pid"], "runCommands": False, "trouble": None, "mayAct": False
    }  # fmt: skip


def test_the_page_acts_as_the_engineer(served: Served, evt: Evt, log: Path) -> None:
    """Given the token, when commands are posted, then they are events of the engineer."""

    def post(type: str, subject: str | None = None, **data: Any) -> tuple[int, Any]:
        body = {"type": type, "subject": subject, "data": data}
        status, _, answer = served.ask("POST", "/api/commands", body, served.token)
        return status, answer

    status, answer = post("Resolved", "task-002", action="resume", answer="That one")
    assert (status, answer["receipts"][0]["type"]) == (200, "Resolved")
    event = json.loads(evt("log", "--json", "-n", "1").out)
    assert (event["actor"], event["data"]["answer"]) == ("engineer", "That one")


@pytest.mark.parametrize(
    ("type", "verb"),
    [("Noted", "evt emit Noted --help"), ("TaskCancelled", "evt emit TaskCancelled --help"),
     ("ProjectPaused", "evt pause"), ("Reviewed", "evt review TASK --accept")],
)  # fmt: skip
def test_what_the_page_does_not_offer_is_for_the_shell(
    standing: Served, shell: Evt, type: str, verb: str
) -> None:
    """Given the token, when a command is posted that is none of the page's, then it names the
    shell's, and nothing is written."""
    before = shell("status", "--json").json["sequence"]
    body = {"type": type, "subject": "task-001", "data": {"text": "x"}}
    found, _, answer = standing.ask("POST", "/api/commands", body, standing.token)
    assert (found, answer["error"]["code"]) == (400, "usage")
    assert answer["error"]["hint"] == verb
    assert shell("status", "--json").json["sequence"] == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ([], 400, "invalid_input"),
        ({"type": 1}, 400, "invalid_input"),
        ({"type": "Resolved", "colour": 1}, 400, "invalid_input"),
        ({"type": "Resolved", "data": []}, 400, "invalid_input"),
        ({"type": "Resolved", "subject": "task-002", "data": {}}, 400, "usage"),
        ({"type": "Resolved", "subject": 7, "data": {}}, 400, "invalid_input"),
        ({"type": "TimedOut", "subject": "t"}, 400, "usage"),
        ({"type": "Resolved", "subject": "task-001", "data": {"action": "resume"}}, 409,
         "wrong_state"),
        ({"type": "Resolved", "subject": "task-9", "data": {"action": "resume"}}, 409,
         "not_found"),
        (b"{", 400, "invalid_input"),
        (b'{"type":"Resolved","type":"Resolved"}', 400, "invalid_input"),
    ],
    ids=["list", "type", "key", "data", "no-action", "subject", "derived", "state", "unknown",
         "half", "twice"],
)  # fmt: skip
def test_a_command_that_is_wrong_is_refused_as_in_the_shell(
    standing: Served, shell: Evt, body: Any, status: int, code: str
) -> None:
    before = shell("status", "--json").json["sequence"]
    headers = {"Content_Type": "application/json"} if isinstance(body, bytes) else {}
    found, _, answer = standing.ask("POST", "/api/commands", body, standing.token, **headers)
    assert (found, answer["error"]["code"]) == (status, code)
    assert shell("status", "--json").json["sequence"] == before


def test_the_same_click_twice_is_one_event(served: Served) -> None:
    body = {"type": "Resolved", "subject": "task-002", "data": {"action": "resume"}, "id": "c-1"}
    first = served.ask("POST", "/api/commands", body, served.token)[2]["receipts"]
    again = served.ask("POST", "/api/commands", body, served.token)[2]["receipts"]
    assert again == [{**first[0], "repeated": True}]


def test_the_icon_counts(standing: Served) -> None:
    for asked, shown in (("0", b"<rect"), ("3", b">3<"), ("200", b">99+<"), ("<x>", b"<rect")):
        status, headers, body = standing.ask("GET", f"/icon.svg?n={asked}")
        assert (status, headers["Content-Type"]) == (200, "image/svg+xml")
        assert shown in body and b"<x>" not in body
