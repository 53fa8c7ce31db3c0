"""The parser and the help, as the program itself shows them."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from evt.cli.args import COMMON, Flag, Verb
from evt.cli.emits import FORMS
from evt.cli.registry import VERBS, module
from tests.cli.support import last, stored
from tests.conftest import Evt

MINE = (
    "init", "plan", "join", "leave", "next", "emit", "log", "replay", "pause", "resume", "sweep",
    "verify", "anchor", "repair", "schema",
)  # fmt: skip


@pytest.mark.parametrize("args", [(), ("--help",), ("-h",), ("help",)], ids="_".join)
def test_without_a_verb_evt_says_what_there_is(args: tuple[str, ...], evt: Evt) -> None:
    shown = evt(*args).out
    assert all(f"\n  {name} " in shown for name in VERBS)
    assert "exit codes" in shown


def test_the_version_is_that_of_the_package(evt: Evt) -> None:
    assert evt("--version").out == evt("-V").out == "evt 0.1.0\n"


@pytest.mark.parametrize("verb", MINE)
def test_the_help_of_a_verb(verb: str, evt: Evt, snapshot: SnapshotAssertion) -> None:
    shown = evt(verb, "--help").out
    assert shown == snapshot
    assert shown == evt(verb, "-h").out == evt("help", verb).out


@pytest.mark.parametrize("type", FORMS)
def test_the_help_of_a_type(type: str, evt: Evt, snapshot: SnapshotAssertion) -> None:
    assert evt("emit", type, "--help").out == evt("help", "emit", type).out == snapshot


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_for_every_flag_and_examples(verb: str) -> None:
    table: Verb = module(verb).VERB
    assert table.name == verb
    assert table.examples
    assert all(one.help for one in (*table.words, *table.flags))
    assert {"as", "json", "help"} == {one.name for one in COMMON}


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["nope"], id="verb"),
        pytest.param(["statsu"], id="misspelt verb"),
        pytest.param(["--nope"], id="flag without a verb"),
        pytest.param(["help", "nope"], id="help of no verb"),
        pytest.param(["emit", "Nope", "--help"], id="help of no type"),
        pytest.param(["status", "--nope"], id="flag"),
        pytest.param(["emit", "Noted", "--txet", "x"], id="misspelt flag"),
        pytest.param(["emit", "Noted", "--reason", "x"], id="flag of another type"),
        pytest.param(["status", "now"], id="word too many"),
        pytest.param(["plan"], id="word missing"),
        pytest.param(["log", ""], id="empty word"),
        pytest.param(["emit", "Noted", "--text"], id="value missing"),
        pytest.param(["emit", "Noted", "--text", "--json"], id="flag for a value"),
        pytest.param(["resume", "--json=1"], id="value of a switch"),
        pytest.param(["replay", "--diff", "1"], id="half a pair"),
        pytest.param(["log", "-n", "x"], id="no whole number"),
        pytest.param(["log", "-n", "1_0"], id="digits of python"),
        pytest.param(["log", "-n", "-1"], id="negative"),
        pytest.param(["next", "--wait", "inf"], id="infinite"),
        pytest.param(["next", "--wait", "-1"], id="negative wait"),
        pytest.param(["join", "--role", "boss"], id="no choice"),
        pytest.param(["pause", "--reason", "a", "--reason", "b"], id="twice"),
        pytest.param(["init", "--project", "x", "--policy", "{"], id="no JSON"),
        pytest.param(["init", "--phase", "1"], id="phase of nothing"),
        pytest.param(["init", "--project", ""], id="empty project"),
        pytest.param(["log", "--follow", "--until", "3"], id="follow until"),
        pytest.param(["replay", "--at", "1", "--check"], id="two questions"),
        pytest.param(["replay", "--at", "1", "--task", "a"], id="a filter of nothing"),
        pytest.param(["plan", "tasks", "--workers", "0"], id="no workers"),
        pytest.param(["schema", "Nope"], id="schema"),
        pytest.param(["schema", "TaskCreate"], id="misspelt schema"),
    ],
)
def test_a_wrong_call_is_refused_with_what_would_be_right(
    args: list[str], demo: Evt, snapshot: SnapshotAssertion
) -> None:
    refused = demo(*args, check=2)
    assert refused.err == snapshot
    assert refused.err.startswith("evt: ") and "\nnext: " in refused.err


def test_flags_stand_anywhere_behind_the_verb(demo: Evt, repo: Path) -> None:
    calls = (
        ["TaskCreated", "a", "--description", "d", "--output", "x", "--output", "y"],
        ["--description", "d", "TaskCreated", "--output", "x", "b", "--output", "y"],
        ["--output=x", "--output=y", "--description=d", "TaskCreated", "c"],
        ["--output", "x", "--description=d", "--output=y", "--", "TaskCreated", "d"],
    )
    for call in calls:
        demo("emit", *call)
    created = stored(repo)[1:]
    assert [event["subject"] for event in created] == list("abcd")
    assert [event["data"] for event in created] == [created[0]["data"]] * 4
    assert created[0]["data"]["context"] == {"outputFiles": ["x", "y"]}


@pytest.mark.parametrize("text", ["--json", "-n", "a=b", "--text=x", "-", "", " "])
def test_a_value_may_look_like_anything_behind_an_equals_sign(
    text: str, demo: Evt, repo: Path
) -> None:
    done = demo("emit", "Noted", f"--text={text}", check=None)
    if text:
        assert (done.code, last(repo)["data"]["text"]) == (0, text)
    else:
        assert (done.code, last(repo)["type"]) == (2, "ProjectStarted")


@pytest.mark.parametrize("count", [["-n", "2"], ["-n2"], ["-n=2"], ["--n", "2"], ["--n=2"]])
def test_a_short_flag_takes_its_value_in_every_usual_way(count: list[str], demo: Evt) -> None:
    demo("emit", "Noted", "--text", "x")
    demo("emit", "Noted", "--text", "y")
    assert len(demo("log", *count).out.splitlines()) == 2


def test_the_same_value_twice_is_as_once(demo: Evt, repo: Path) -> None:
    demo("emit", "Noted", "--text", "x", "--text", "x")
    assert last(repo)["data"] == {"text": "x"}


def test_bytes_that_are_not_utf8_are_refused(demo: Evt, repo: Path) -> None:
    for args in (["Noted", "--text", "bad \udcff"], ["Noted", "bad \udcff", "--text", "x"]):
        assert "not UTF-8" in demo("emit", *args, check=2).err
    assert len(stored(repo)) == 1


def test_a_flag_of_a_kind_that_repeats_says_so() -> None:
    kinds = {kind: Flag("x", kind, "h").repeats for kind in ("text", "list", "jsons", "switch")}
    assert kinds == {"text": False, "list": True, "jsons": True, "switch": False}
