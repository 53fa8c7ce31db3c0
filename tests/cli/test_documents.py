"""Every document that a program may read fits the schema that `evt schema` prints for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from evt.eventlog.schemas import names, schema
from evt.eventlog.schemas_output import OUTPUTS
from tests.cli.support import claimed, documents, raw, stored, task
from tests.conftest import Evt

WORKER = ("--as", "worker-A")
# A call in a repository with a claimed task and an open question -> the schema of its output.
CALLS = {
    "init": (["init"], "evt.init"),
    "init again": (["init", "--project", "demo"], "evt.init"),
    "join": (["join"], "evt.join"),
    "join as coordinator": (["join", "--role", "coordinator"], "evt.join"),
    "takeover": (["join", "worker-A", "--takeover"], "evt.join"),
    "leave": (["leave", *WORKER], "evt.leave"),
    "next": (["next", *WORKER], "evt.next"),
    "next without work": (["next", "--as", "worker-B"], "evt.next"),
    "plan": (["plan", "plan.json"], "evt.plan/1"),
    "plan with errors": (["plan", "wrong.json"], "evt.plan/1"),
    "plan applied": (["plan", "plan.json", "--apply"], "evt.plan/1"),
    "emit": (["emit", "Noted", "--text", "x"], "receipt"),
    "status": (["status"], "evt.status/1"),
    "replay at": (["replay", "--at", "3"], "evt.status/1"),
    "replay at zero": (["replay", "--at", "0"], "evt.status/1"),
    "replay diff": (["replay", "--diff", "1", "5"], "evt.diff/1"),
    "replay check": (["replay", "--check"], "evt.replay-check/1"),
    "replay": (["replay", "--task", "task-002"], "line"),
    "log": (["log", "-n", "1"], "line"),
    "inbox": (["inbox"], "evt.inbox/1"),
    "inbox with nothing": (["inbox", "--wait", "0.01", *WORKER], "evt.inbox/1"),
    "pause": (["pause"], "evt.pause"),
    "resume": (["resume"], "evt.resume"),
    "sweep": (["sweep"], "evt.sweep"),
    "verify": (["verify", "--files"], "evt.verify/1"),
    "verify cut": (["verify", "--expect", f"99:{'0' * 64}"], "evt.verify/1"),
    "anchor": (["anchor"], "evt.anchor"),
    "repair": (["repair"], "evt.repair/1"),
    "schema": (["schema"], "evt.schema"),
    "check": (["check", "task-001"], "evt.check"),
    "metrics": (["metrics"], "evt.metrics/1"),
    "compare": (["metrics", "--compare", "demo", "demo"], "evt.compare/1"),
    "review": (["review", "--rerun"], "evt.review/1"),
    "score": (["score", "--rules", "9"], "evt.score/1"),
    "export": (["export", "--format", "html", "--into", "x.html"], "evt.export/1"),
    "export of tables": (["export", "--format", "csv", "--into", "x"], "evt.export/1"),
    "doctor": (["doctor"], "evt.doctor/1"),
    "trust": (["trust", "--list"], "evt.trust"),
    "error": (["emit", "Failed", "task-001", "--reason", "r"], "error"),
    "usage": (["emit", "--nope"], "error"),
}


@pytest.fixture
def busy(demo: Evt, repo: Path) -> Evt:
    """Return `evt` where worker-A holds task-001, task-002 waits for it, task-003 asks."""
    one = {
        "id": "a",
        "type": "t",
        "description": "d",
        "acceptance": {"criteria": ["it reads well"]},
    }
    (repo / "plan.json").write_text(json.dumps(one))
    (repo / "wrong.json").write_text(json.dumps({**one, "dependencies": ["b"]}))
    claimed(demo)
    task(demo, "task-002", "--depends", "task-001")
    demo("join", "worker-B")
    task(demo, "task-003")
    demo("next", "--as", "worker-B")
    demo("emit", "Escalated", "task-003", "--question", "q", "--as", "worker-B")
    return demo


@pytest.mark.parametrize("name", CALLS)
def test_a_document_fits_its_schema(name: str, busy: Evt) -> None:
    args, wanted = CALLS[name]
    done = busy(*args, "--json", check=None)
    found = documents(done.out)
    assert len(found) == 1
    jsonschema.Draft202012Validator(json.loads(busy("schema", wanted).out)).validate(found[0])
    if done.code in (0, 3, 7):
        assert not done.err
    else:
        assert done.err  # the same in words


def test_everything_that_is_done_is_a_document_too(demo: Evt) -> None:
    demo("join")
    demo("emit", "ProjectEnded", "--outcome", "done")
    check = jsonschema.Draft202012Validator(schema("evt.next"))
    check.validate(demo("next", *WORKER, "--json", check=7).json)
    check = jsonschema.Draft202012Validator(schema("evt.inbox/1"))
    check.validate(demo("inbox", "--wait", "1", "--as", "coordinator", "--json", check=7).json)


def test_every_schema_is_printed_and_sound(evt: Evt) -> None:
    shown = evt("schema").out.split()
    assert shown == names() == evt("schema", "--json").json["schemas"]
    assert set(OUTPUTS) >= {wanted for _, wanted in CALLS.values()} - {"line"}
    for name in shown:
        found = schema(name)
        jsonschema.Draft202012Validator.check_schema(found)
        assert not words_of(found) & {"ge", "gt", "le", "lt"}, "no validator knows these"
    assert evt("schema", "Noted", "--json").json == json.loads(evt("schema", "Noted").out)


def test_every_stored_line_fits_the_schemas(busy: Evt, repo: Path) -> None:
    for event in stored(repo):
        jsonschema.Draft202012Validator(schema("line")).validate(event)
        jsonschema.Draft202012Validator(schema(event["type"])).validate(event["data"])


def test_the_log_as_json_is_the_file_byte_for_byte(busy: Evt, repo: Path) -> None:
    assert busy("log", "--json").out.encode() == raw(repo)
    assert busy("replay", "--json").out.encode() == raw(repo)


def test_the_status_of_now_is_that_of_the_last_moment(busy: Evt) -> None:
    """Given a log, when now is shown and its last moment, only what the clock moves differs."""

    def still(document: dict[str, Any]) -> dict[str, Any]:
        for one in (*document["workers"], *document["tasks"]):
            one.pop("verdict", None), one.pop("waitsFor", None)
        return document

    now = busy("status", "--json").json
    assert list(now) == [
        "schema", "project", "sequence", "hash", "time", "counts", "tasks", "workers",
        "escalations", "conflicts", "server", "anomalies",
    ]  # fmt: skip
    again = busy("status", "--json").json
    then = busy("replay", "--at", str(now["sequence"]), "--json").json
    assert still(now) == still(again) == still(then)


def test_a_task_of_the_status_has_every_key(busy: Evt) -> None:
    found = busy("status", "--json").json
    assert [one["id"] for one in found["tasks"]] == ["task-001", "task-002", "task-003"]
    keys = [
        "id", "type", "description", "status", "assignedTo", "createdAt", "completedAt", "ready",
        "waitsFor", "attempt", "leaseUntil", "lastSeen", "progress", "note", "tries", "refusals",
    ]  # fmt: skip
    assert all(set(keys) <= one.keys() for one in found["tasks"])
    first, second, third = found["tasks"]
    assert (first["status"], first["attempt"], first["assignedTo"]) == ("assigned", 1, "worker-A")
    assert second["waitsFor"][0].startswith("task-001: ") and not second["ready"]
    assert third["status"] == "escalated"
    assert found["counts"] == {
        "pending": 1, "ready": 0, "assigned": 1, "in-progress": 0, "escalated": 1, "completed": 0,
        "failed": 0, "cancelled": 0, "total": 3,
    }  # fmt: skip


def words_of(node: Any) -> set[str]:
    """Every key of a schema, at any depth."""
    if isinstance(node, list):
        return set().union(*map(words_of, node))
    if not isinstance(node, dict):
        return set()
    return set(node).union(*map(words_of, node.values()))
