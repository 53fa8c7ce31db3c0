"""What goes into the log through `emit`: types, flags, data, ids."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from evt.cli.emits import FORMS, OTHER_VERBS
from evt.eventlog.vocabulary import DERIVED, EVENT_TYPES
from tests.cli.support import claimed, documents, last, opened, raw, stored, task
from tests.conftest import Evt

WORKER = ("--as", "worker-A")

# Every flag of every type, and the data that becomes of it.
FLAGS: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "ProjectStarted": ("", [
        "next", "--goal", "g", "--phase", "2", "--policy", '{"maxAttempts":2}',
        "--baseline-serial", "60", "--baseline-debug", "1.5",
    ], {"name": "next", "goal": "g", "phase": 2, "policy": {"maxAttempts": 2},
        "baseline": {"serialSeconds": 60, "debugMinutes": 1.5}}),
    "ProjectRevised": ("open", ["--goal", "g", "--note", "n"], {"goal": "g", "note": "n"}),
    "ProjectEnded": ("open", ["--outcome", "abandoned", "--note", "n"],
                     {"outcome": "abandoned", "note": "n"}),
    "TaskCreated": ("task", [
        "task-002", "--type", "summary", "--description", "d", "--target", "a", "--target", "b",
        "--output", "c", "--requirement", "r", "--rule", "AGENTS.md", "--criterion", "it reads",
        "--check", '{"check":"not_empty"}', "--check", '{"check":"word_count","min":3}',
        "--validation", "make test", "--depends", "task-001", "--priority", "-3",
        "--estimate", "90",
    ], {"type": "summary", "description": "d",
        "context": {"targetFiles": ["a", "b"], "outputFiles": ["c"], "requirements": ["r"],
                    "relevantRules": ["AGENTS.md"]},
        "acceptance": {"criteria": ["it reads"], "validation": "make test",
                       "checks": [{"check": "not_empty"}, {"check": "word_count", "min": 3}]},
        "dependencies": ["task-001"], "priority": -3, "estimateSeconds": 90}),
    "TaskRevised": ("task", ["task-001", "--changed", '{"priority":5}', "--reason", "r"],
                    {"changed": {"priority": 5}, "reason": "r"}),
    "TaskCancelled": ("task", ["task-001", "--reason", "r", "--cascade"], {"reason": "r"}),
    "Assigned": ("joined", ["task-001", "--worker", "worker-A", "--lease", "700"],
                 {"worker": "worker-A", "attempt": 1, "reason": "assigned", "leaseSeconds": 700}),
    "Heartbeat": ("held", [
        "task-001", "--attempt", "1", "--note", "n", "--progress", "0.25", "--touched", "a",
        "--touched", "b", "--lease", "120", "--tokens", "7", "--window", "9", *WORKER,
    ], {"attempt": 1, "note": "n", "progress": 0.25, "touched": ["a", "b"], "leaseSeconds": 120,
        "window": {"tokens": 7, "size": 9}, "source": "report"}),
    "Failed": ("held", ["task-001", "--reason", "r", "--final", "--attempt", "1", *WORKER],
               {"attempt": 1, "reason": "r", "retryable": False}),
    "Escalated": ("held", [
        "task-001", "--kind", "drift", "--question", "q", "--to", "engineer", "--details", "[1]",
        "--attempt", "1", *WORKER,
    ], {"kind": "drift", "question": "q", "to": "engineer", "details": [1], "attempt": 1}),
    "Resolved": ("asked", [
        "task-001", "--action", "reassign", "--answer", "a", "--escalation", "q",
    ], {"action": "reassign", "answer": "a", "escalation": "q"}),
    "Reopened": ("done", ["task-001", "--defect", "d", "--escaped"],
                 {"defect": "d", "escaped": True}),
    "Intervened": ("task", ["task-001", "--kind", "debug", "--minutes", "2.5", "--note", "n"],
                   {"kind": "debug", "minutes": 2.5, "note": "n"}),
    "Noted": ("open", ["file.md", "--text", "t", "--tag", "a", "--tag", "b", "--extra", "null"],
              {"text": "t", "tags": ["a", "b"], "extra": None}),
}  # fmt: skip


# Flags with a test of their own.
ELSEWHERE = {
    "ProjectRevised": {"goal", "phase", "policy", "baseline-serial", "baseline-debug"},
    "TaskCancelled": {"drop-dependency"},
    "Escalated": {"propose"},
    "Resolved": {"late", "override"},
}


def prepare(evt: Evt, stage: str) -> None:
    """Bring a repository to where a type makes sense."""
    if stage == "":
        evt("init")
        return
    evt("init", "--project", "demo")
    if stage in ("task", "joined"):
        task(evt)
    if stage == "joined":
        evt("join", "worker-A")
    if stage in ("held", "asked", "done"):
        claimed(evt)
    if stage == "done":
        evt("emit", "Completed", "task-001", "--score", "5", *WORKER)
    if stage == "asked":
        evt("emit", "Escalated", "task-001", "--question", "q", "--id", "q", *WORKER)


@pytest.mark.parametrize("type", FLAGS)
def test_every_flag_of_a_type_goes_where_it_belongs(type: str, evt: Evt, repo: Path) -> None:
    stage, args, data = FLAGS[type]
    prepare(evt, stage)
    given = {arg[2:] for arg in args if arg.startswith("--")}
    assert {name for name, _ in FORMS[type].flags} - ELSEWHERE.get(type, set()) <= given
    evt("emit", type, *args)
    found = [event for event in stored(repo) if event["type"] == type][-1]
    assert found["data"] == data
    assert found["actor"] == ("worker-A" if "--as" in args else "engineer")


@pytest.mark.parametrize("type", FLAGS)
def test_data_alone_suffices(type: str, evt: Evt, repo: Path) -> None:
    """Given the data that the flags make, when it is handed in as it is, then so is the event."""
    stage, args, data = FLAGS[type]
    prepare(evt, stage)
    added = {"Assigned": ("attempt", "reason"), "Heartbeat": ("source",)}.get(type, ())
    given = {key: value for key, value in data.items() if key not in added}
    subject = [args[0]] if args[:1] and not args[0].startswith("--") else []
    who = WORKER if "--as" in args else ()
    evt("emit", type, *subject, "--data", json.dumps(given), *who)
    assert [event for event in stored(repo) if event["type"] == type][-1]["data"] == data


@pytest.mark.parametrize("type", sorted(EVENT_TYPES))
def test_a_type_is_emitted_or_says_who_writes_it(type: str, demo: Evt, repo: Path) -> None:
    before = raw(repo)
    refused = demo("emit", type, "x" if type not in ("ProjectEnded", "Noted") else "", check=None)
    assert refused.code in (2, 4) and raw(repo) == before
    if type in DERIVED:
        assert f"{type} is written by evt itself" in refused.err
    elif type in OTHER_VERBS:
        assert f"{type} is written by {OTHER_VERBS[type]}" in refused.err
    else:
        assert type in FORMS


@pytest.mark.parametrize("type", [type for type, form in FORMS.items() if form.needs])
def test_what_is_needed_is_named_with_its_flag(type: str, demo: Evt) -> None:
    refused = demo("emit", type, "x", check=2).err
    for need in FORMS[type].needs[0].split("|"):
        flag = next(name for name, path in FORMS[type].flags if path == need)
        assert f"--{flag}" in refused
    assert f"next: evt emit {type} --help" in refused


def test_every_type_is_tried_with_its_flags() -> None:
    assert {*FLAGS, "Completed"} == set(FORMS)


def test_a_proposal_goes_with_the_question(demo: Evt, repo: Path) -> None:
    (repo / "plan.json").write_text('{"tasks":[]}')
    claimed(demo)
    demo("emit", "Escalated", "task-001", "--question", "q", "--propose", "plan.json",
         "--details", '{"a":1}', *WORKER)  # fmt: skip
    assert last(repo)["data"]["details"] == {
        "a": 1, "propose": {"tasks": []}, "proposeFile": "plan.json",
    }  # fmt: skip


def test_what_waited_for_a_cancelled_task_goes_on_without_it(demo: Evt, repo: Path) -> None:
    task(demo)
    task(demo, "task-002", "--depends", "task-001")
    demo("emit", "TaskCancelled", "task-001", "--reason", "r", "--drop-dependency")
    tasks = demo("status", "--json").json["tasks"]
    assert [(one["status"], one["ready"]) for one in tasks] == [
        ("cancelled", False), ("pending", True),
    ]  # fmt: skip


def test_flags_override_data_key_by_key(demo: Evt, repo: Path) -> None:
    data = {"description": "of data", "priority": 1, "context": {"targetFiles": ["a"],
            "outputFiles": ["b"]}}  # fmt: skip
    demo("emit", "TaskCreated", "a", "--data", json.dumps(data), "--description", "of a flag",
         "--output", "c")  # fmt: skip
    assert last(repo)["data"] == {
        "type": "task", "description": "of a flag", "priority": 1,
        "context": {"targetFiles": ["a"], "outputFiles": ["c"]},
    }  # fmt: skip


def test_data_comes_from_a_file_or_from_stdin(demo: Evt, repo: Path) -> None:
    (repo / "data.json").write_text('{"text":"of a file"}')
    demo("emit", "Noted", "--data", "@data.json")
    assert last(repo)["data"]["text"] == "of a file"
    demo("emit", "Noted", "--data", "-", input='{"text":"of stdin"}')
    assert last(repo)["data"]["text"] == "of stdin"
    demo("emit", "Noted", "--data", "@-", input="", check=2)
    assert len(stored(repo)) == 3


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param("[1]", "invalid_input", id="no object"),
        pytest.param("@none.json", "usage", id="no file"),
        pytest.param("@.", "usage", id="a folder"),
        pytest.param("@/dev/zero", "usage", id="a device"),
        pytest.param("-", "invalid_input", id="empty stdin"),
        pytest.param('{"text":"x","text":"y"}', "invalid_input", id="a key twice"),
        pytest.param('{"text":5}', "invalid_input", id="no text"),
        pytest.param('{"tetx":"x"}', "usage", id="misspelt and so missing"),
        pytest.param('{"text":"x","tgas":[]}', "invalid_input", id="misspelt"),
        pytest.param("@big.json", "too_large", id="over a mebibyte"),
    ],
)
def test_data_that_does_not_fit_is_refused(data: str, code: str, demo: Evt, repo: Path) -> None:
    (repo / "big.json").write_text(json.dumps({"text": "x" * (1 << 20)}))
    before = raw(repo)
    refused = demo("emit", "Noted", "--data", data, "--json", check=2)
    assert refused.json["error"]["code"] == code
    assert raw(repo) == before


def test_the_task_json_of_a_file_is_accepted_as_it_stands(demo: Evt, repo: Path) -> None:
    whole = {"id": "a", "type": "t", "description": "d", "status": "pending", "assignedTo": None,
             "createdAt": None, "completedAt": None}  # fmt: skip
    (repo / "a.json").write_text(json.dumps(whole))
    demo("emit", "TaskCreated", "--data", "@a.json")
    assert (last(repo)["subject"], last(repo)["data"]) == ("a", {"type": "t", "description": "d"})


def test_the_same_id_is_the_same_event(demo: Evt, repo: Path) -> None:
    call = ["emit", "Noted", "--text", "x", "--id", "my:id-1.a_B", "--json"]
    first, again = demo(*call).json, demo(*call).json
    assert again == {**first, "repeated": True}
    assert first["hash"] == opened(repo).head().hash
    for other in (["--text", "y"], ["--text", "x", "--tag", "t"], ["s", "--text", "x"]):
        refused = demo("emit", "Noted", *other, "--id", "my:id-1.a_B", "--json", check=4)
        assert refused.json["error"]["code"] == "repeated"
    demo("emit", "Noted", "--text", "x", "--id", "my:id-1.a_B", "--as", "b", check=4)
    assert len(stored(repo)) == 2


def test_an_id_finds_its_event_after_every_kind_of_report(demo: Evt, repo: Path) -> None:
    (repo / "out.md").write_text("a summary\n")
    claimed(demo, "task-001", "worker-A", "--output", "out.md")
    beat = ["emit", "Heartbeat", "task-001", "--id", "beat", "--json", *WORKER]
    done = ["emit", "Completed", "task-001", "--score", "5", "--id", "done", "--json", *WORKER]
    firsts = [demo(*call).json for call in (beat, done)]
    assert [demo(*call).json for call in (beat, done)] == [
        {**first, "repeated": True} for first in firsts
    ]


@pytest.mark.parametrize("text", ["", "a b", "ä", "x" * 129, "a\nb"])
@pytest.mark.parametrize("flag", ["--id", "--caused-by"])
def test_an_id_has_a_form(flag: str, text: str, demo: Evt) -> None:
    assert "1-128 characters of" in demo("emit", "Noted", "--text", "x", flag, text, check=2).err


def test_what_caused_an_event_is_kept(demo: Evt, repo: Path) -> None:
    demo("emit", "Noted", "--text", "x", "--caused-by", "abc")
    assert last(repo)["causationid"] == "abc"


def test_several_events_of_one_decision_have_a_receipt_each(evt: Evt, repo: Path) -> None:
    evt("init")
    made = documents(evt("emit", "TaskCreated", "a", "--description", "d", "--json").out)
    assert [(one["sequence"], one["type"]) for one in made] == [
        (1, "ProjectStarted"), (2, "TaskCreated"),
    ]  # fmt: skip
    assert [event["batch"] for event in stored(repo)] == ["1/2", "2/2"]


def test_every_way_in_writes_the_same_line(demo: Evt, repo: Path) -> None:
    """Given one event, when it comes by flags, data, stdin, a file or a batch, its bytes agree."""
    extra = {"b": [1, 2.5, None], "a": "\t"}
    data = {"text": "h\u00e9llo \u2028", "tags": ["a", "b"], "extra": extra}
    text = json.dumps(data)
    (repo / "data.json").write_text(text)
    line = json.dumps({"type": "Noted", "subject": "s", "data": data}) + "\n"
    demo("emit", "Noted", "s", "--text", "h\u00e9llo \u2028", "--tag", "a", "--tag", "b",
         "--extra", json.dumps(extra))  # fmt: skip
    demo("emit", "Noted", "s", "--data", text)
    demo("emit", "Noted", "s", "--data", "-", input=text)
    demo("emit", "Noted", "s", "--data", "@data.json")
    demo("emit", "--batch", "-", input=line)
    own = rb'"(id|time|sequence|prevhash)":"[^"]*"'
    assert len({re.sub(own, b"", one) for one in raw(repo).splitlines()[1:]}) == 1
