"""`evt plan`: the forms of a plan, every finding, the difference to the log, applying."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.support import last, raw, stored
from tests.conftest import Evt

PREDICTED = ("low_speedup", "low_score", "too_small", "too_big")
GOOD = {"acceptance": {"checks": [{"check": "not_empty"}]}, "estimateSeconds": 60}


def one(name: str, **more: Any) -> dict[str, Any]:
    """Return a task without findings."""
    return {"id": name, "type": "t", "description": f"do {name}", **GOOD, **more}


def writes(*paths: str) -> dict[str, Any]:
    return {"context": {"outputFiles": list(paths)}}


def write(repo: Path, plan: object, name: str = "plan.json") -> Path:
    path = repo / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(plan if isinstance(plan, str) else json.dumps(plan))
    return path


def judged(text: str) -> str:
    """Return what is said without the table of the prediction."""
    table = r"^(workers  makespan.*| +\d+ +\S+ \S+ +[\d.]+ +[\d.]+|  based on .*)\n"
    return re.sub(table, "", text, flags=re.MULTILINE)


def codes(document: dict[str, Any], level: str = "error") -> list[tuple[str, str | None]]:
    """Return codes and tasks of the findings of a level; what is predicted has its own tests."""
    return [
        (one["code"], one["task"]) for one in document["findings"]
        if one["level"] == level and one["code"] not in PREDICTED
    ]  # fmt: skip


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(one("a"), id="one task"),
        pytest.param([one("a"), one("b", dependencies=["a"])], id="a list"),
        pytest.param({"project": {"name": "demo"}, "tasks": [one("a")]}, id="a project"),
        pytest.param({"tasks": [one("a")]}, id="tasks without a project"),
        pytest.param({"project": {"name": "demo"}}, id="a project without tasks"),
        pytest.param(one("a", status="pending", assignedTo=None, createdAt=None), id="as reported"),
        pytest.param([], id="nothing"),
    ],
)
def test_a_plan_in_each_form_has_no_findings(plan: object, demo: Evt, repo: Path) -> None:
    write(repo, plan)
    found = demo("plan", "plan.json", "--json").json
    assert found["ok"] and codes(found) == codes(found, "warning") == []
    assert demo("plan", "-", "--json", input=json.dumps(plan)).json == found


def test_a_folder_is_read_by_name(demo: Evt, repo: Path) -> None:
    write(repo, one("b"), "tasks/2.json")
    write(repo, [one("a"), one("c", dependencies=["b"])], "tasks/1.json")
    write(repo, {"project": {"name": "demo", "goal": "g"}}, "tasks/0.json")
    write(repo, "no plan", "tasks/notes.md")
    demo("plan", "tasks", "--apply")
    assert [(event["type"], event["subject"]) for event in stored(repo)[1:]] == [
        ("ProjectRevised", "demo"), *(("TaskCreated", name) for name in "abc"),
    ]  # fmt: skip


FINDINGS: dict[str, tuple[object, list[tuple[str, str | None]]]] = {
    "no JSON": ("{", [("schema", None)]),
    "no object": ([5], [("schema", None)]),
    "a misspelt key": (one("a", descripton="x"), [("schema", "a")]),
    "a key of a check": (
        one("a", acceptance={"checks": [{"check": "word_count", "mim": 1}]}), [("schema", "a")]),
    "no id": ({"type": "t", "description": "d"}, [("schema", None)]),
    "a bad id": (one("A b"), [("schema", "A b")]),
    "a misspelt part": ({"tasks": [], "projct": {}}, [("schema", None)]),
    "a project without a name": ({"project": {"goal": "g"}, "tasks": []}, [("schema", None)]),
    "a project with a misspelt name": (
        {"project": {"nmae": "demo"}, "tasks": []}, [("schema", None)]),
    "a policy that is none": (
        {"project": {"name": "demo", "policy": {"maxTries": 1}}, "tasks": []}, [("schema", None)]),
    "a path that leaves": (one("a", **writes("../x")), [("schema", "a")]),
    "an id twice": ([one("a"), one("a")], [("duplicate_id", "a")]),
    "unknown dependency": (one("a", dependencies=["b"]), [("unknown_dependency", "a")]),
    "a dependency twice": (
        [one("a"), one("b", dependencies=["a", "a"])], [("duplicate_dependency", "b")]),
    "itself": (one("a", dependencies=["a"]), [("cycle", "a")]),
    "a cycle": (
        [one("a", dependencies=["c"]), one("b", dependencies=["a"]), one("c", dependencies=["b"])],
        [("cycle", "a")]),
    "one output": ([one("a", **writes("x")), one("b", **writes("x"))], [("same_output", "b")]),
    "globs that meet": (
        [one("a", **writes("docs/*.md")), one("b", **writes("docs/x.md"))], [("same_output", "b")]),
    "unknown check": (
        one("a", acceptance={"checks": [{"check": "wordcount"}, {"check": "nope"}]}),
        [("unknown_check", "a"), ("unknown_check", "a")]),
    "missing rule": (
        one("a", context={"relevantRules": ["AGENTS.md", "README.md"]}), [("missing_rule", "a")]),
    "a rule outside": (
        one("a", context={"relevantRules": ["/etc/passwd"]}), [("missing_rule", "a")]),
    "another project": ({"project": {"name": "other"}, "tasks": []}, [("other_project", None)]),
    "a secret": (one("a", description="use AKIA" + "Q7RZ3MBN5TWXKP2L"), [("secret", "a")]),
    "several at once": (
        [one("a", nope=1), one("b", dependencies=["a", "x"]), one("c", dependencies=["c"])],
        [("schema", "a"), ("unknown_dependency", "b"), ("cycle", "c")]),
}  # fmt: skip
WARNINGS: dict[str, tuple[dict[str, Any], str]] = {
    "no checks": ({"acceptance": {}}, "no_checks"),
    "manual": ({"acceptance": {"criteria": ["it reads well"]}}, "manual"),
    "not approved": (
        {"acceptance": {"checks": [{"check": "command", "argv": ["make", "a b"]}]}},
        "not_approved"),
    "validation not approved": (
        {"acceptance": {**GOOD["acceptance"], "validation": "make test"}}, "not_approved"),
    "no estimate": ({"estimateSeconds": None}, "no_estimate"),
    "requirements": ({"context": {"requirements": list("abcdef")}}, "many_requirements"),
    "much to read": ({"context": {"targetFiles": ["big.txt"]}}, "much_reading"),
}  # fmt: skip


@pytest.mark.parametrize("name", FINDINGS)
def test_an_error_stops_a_plan(
    name: str, demo: Evt, repo: Path, snapshot: SnapshotAssertion
) -> None:
    plan, wanted = FINDINGS[name]
    write(repo, plan)
    found = demo("plan", "plan.json", "--json", check=2)
    assert codes(found.json) == wanted
    shown = demo("plan", "plan.json", check=2)
    assert shown.out == found.err == snapshot
    before = raw(repo)
    demo("plan", "plan.json", "--apply", check=2)
    assert raw(repo) == before


@pytest.mark.parametrize("name", WARNINGS)
def test_a_warning_does_not(name: str, demo: Evt, repo: Path, snapshot: SnapshotAssertion) -> None:
    more, wanted = WARNINGS[name]
    (repo / "big.txt").write_text("x" * 200_001)
    write(repo, {key: value for key, value in one("a", **more).items() if value is not None})
    found = demo("plan", "plan.json", "--json").json
    assert found["ok"] and codes(found, "warning") == [(wanted, "a")]
    assert judged(demo("plan", "plan.json").out) == snapshot


def test_tasks_with_one_output_may_follow_each_other(demo: Evt, repo: Path) -> None:
    plan = [one("a", **writes("x")), one("b", dependencies=["a"]),
            one("c", dependencies=["b"], **writes("x"))]  # fmt: skip
    write(repo, plan)
    assert demo("plan", "plan.json", "--json").json["ok"]


def test_a_pair_that_only_the_log_holds_is_not_the_fault_of_a_plan(demo: Evt, repo: Path) -> None:
    """Given two writers of one file in the log, then an old plan and another one are fine."""
    write(repo, one("a", **writes("x")))
    demo("plan", "plan.json", "--apply")
    demo("emit", "TaskCreated", "b", "--description", "d", "--output", "x")
    assert demo("plan", "plan.json", "--json").json["ok"]
    write(repo, one("c", **writes("y")))
    assert demo("plan", "plan.json", "--json").json["ok"]
    write(repo, one("d", **writes("x")))
    assert codes(demo("plan", "plan.json", "--json", check=2).json) == [
        ("same_output", "d"), ("same_output", "d"),
    ]  # fmt: skip


def test_a_cycle_through_the_log_is_found(demo: Evt, repo: Path) -> None:
    write(repo, [one("a"), one("b", dependencies=["a"])])
    demo("plan", "plan.json", "--apply")
    write(repo, one("a", dependencies=["b"]))
    assert codes(demo("plan", "plan.json", "--json", check=2).json)[0][0] == "cycle"


def test_what_would_wait_for_a_cancelled_task_is_found(demo: Evt, repo: Path) -> None:
    demo("emit", "TaskCreated", "a", "--description", "d")
    demo("emit", "TaskCancelled", "a", "--reason", "r")
    write(repo, one("b", dependencies=["a"]))
    found = demo("plan", "plan.json", "--json", check=2).json["findings"]
    assert [(one["code"], one["task"]) for one in found if one["level"] == "error"] == [
        ("cancelled_dependency", "b")
    ]


def test_criteria_become_checks_or_stay_for_a_person(demo: Evt, repo: Path) -> None:
    texts = ["word count between 100 and 200", "it reads well"]
    write(repo, one("a", acceptance={"criteria": texts}, **writes("x.md")))
    found = demo("plan", "plan.json", "--json").json
    machine, person = found["criteria"]
    assert (machine["task"], machine["text"]) == ("a", texts[0])
    assert machine["check"]["check"] == "word_count"
    assert person == {"task": "a", "text": texts[1], "check": None}
    assert codes(found, "warning") == [("manual", "a")]


def test_what_a_plan_says_of_defaults_is_no_difference(demo: Evt, repo: Path) -> None:
    demo("emit", "TaskCreated", "a", "--description", "d")
    write(repo, {"id": "a", "type": "task", "description": "d", "priority": 0, "dependencies": []})
    before = raw(repo)
    demo("plan", "plan.json", "--apply")
    assert raw(repo) == before


def test_applying_twice_is_as_once(demo: Evt, repo: Path, snapshot: SnapshotAssertion) -> None:
    plan = {"project": {"name": "demo", "goal": "g"}, "tasks": [one("a"), one("b")]}
    write(repo, plan)
    assert judged(demo("plan", "plan.json").out) == snapshot(name="before")
    first = demo("plan", "plan.json", "--apply", "--json").json["applied"]
    assert [one["type"] for one in first] == ["ProjectRevised", "TaskCreated", "TaskCreated"]
    assert [event["batch"] for event in stored(repo)[1:]] == ["1/3", "2/3", "3/3"]
    after = raw(repo)
    assert demo("plan", "plan.json", "--apply", "--json").json["applied"] == []
    assert judged(demo("plan", "plan.json", "--apply").out) == snapshot(name="again")
    assert judged(demo("plan", "plan.json").out) == snapshot(name="after")
    assert raw(repo) == after


def test_a_plan_starts_its_project(evt: Evt, repo: Path) -> None:
    evt("init")
    write(repo, {"project": {"name": "p", "phase": 2}, "tasks": [one("a")]})
    evt("plan", "plan.json", "--apply", "--as", "coordinator")
    found = stored(repo)
    assert [(event["type"], event["actor"]) for event in found] == [
        ("ProjectStarted", "coordinator"), ("TaskCreated", "coordinator"),
    ]  # fmt: skip
    assert found[0]["data"] == {"name": "p", "phase": 2}


def test_what_differs_is_revised_and_what_is_left_out_stays(
    demo: Evt, repo: Path, snapshot: SnapshotAssertion, same: Callable[[str], str]
) -> None:
    write(repo, [one("a", priority=3), one("b")])
    demo("plan", "plan.json", "--apply")
    write(repo, [{**one("a"), "description": "do it otherwise"}, one("c")])
    assert judged(demo("plan", "plan.json").out) == snapshot(name="difference")
    demo("plan", "plan.json", "--apply")
    revised = [event for event in stored(repo) if event["type"] == "TaskRevised"]
    assert [(event["subject"], event["data"]) for event in revised] == [
        ("a", {"changed": {"description": "do it otherwise"}, "reason": "plan"}),
    ]  # fmt: skip
    shown = {one["id"]: one for one in demo("status", "--json").json["tasks"]}
    assert shown["a"]["priority"] == 3 and set(shown) == {"a", "b", "c"}


def test_an_ended_task_stays_as_it_is(demo: Evt, repo: Path) -> None:
    write(repo, one("a"))
    demo("plan", "plan.json", "--apply")
    demo("emit", "TaskCancelled", "a", "--reason", "r")
    assert demo("plan", "plan.json", "--json").json["ok"]
    write(repo, one("a", priority=9))
    assert codes(demo("plan", "plan.json", "--json", check=2).json) == [("ended", "a")]
    assert last(repo)["type"] == "TaskCancelled"
