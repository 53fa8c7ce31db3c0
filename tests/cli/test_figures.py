"""`evt metrics`, `score`, `baseline`, `export`: the figures as commands give them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.support import background, documents, last, stored, task
from tests.conftest import Evt

LIST = "# Mine\n\n- [ ] buy milk\n"


@pytest.fixture
def alone(demo: Evt, repo: Path) -> Evt:
    """Return evt where one worker did two tasks of project `demo`, which has ended."""
    demo("join", "worker-A")
    for name in ("one", "two"):
        task(demo, name, "--output", f"{name}.md")
        demo("next", "--as", "worker-A")
        (repo / f"{name}.md").write_text(f"A whole sentence about {name}.\n")
        demo("emit", "Completed", name, "--score", "4", "--as", "worker-A")
    demo("emit", "ProjectEnded", "--outcome", "done")
    return demo


def test_metrics_of_the_last_project_by_name_and_as_markdown(alone: Evt) -> None:
    document = alone("metrics", "--json").json
    assert (document["schema"], document["project"]) == ("evt.metrics/1", "demo")
    assert document["values"]["tasks.completed"] == 2
    assert document["values"]["context_score.mean"] == 4
    assert alone("metrics", "--project", "demo", "--json").json == document
    assert alone("metrics", "--markdown").out.startswith("#")
    words = alone("metrics", env={"COLUMNS": "80"}).out
    assert "recommendation" in words and max(map(len, words.splitlines())) <= 80
    assert "demo" in alone("metrics", "--project", "nope", check=4).err
    alone("metrics", "--markdown", "--json", check=2)


def test_metrics_follow_the_log(demo: Evt, repo: Path) -> None:
    with background("metrics", "--follow", "--json", repo=repo) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["values"]["tasks.total"] == 0
        task(demo, "one")
        assert json.loads(process.stdout.readline())["values"]["tasks.total"] == 1


def test_two_projects_side_by_side(alone: Evt) -> None:
    alone("init", "--project", "next")
    found = alone("metrics", "--compare", "demo", "next", "--json").json
    assert (found["schema"], found["a"], found["b"]) == ("evt.compare/1", "demo", "next")
    assert found["values"]["tasks.completed"]["a"] == 2
    assert "demo" in alone("metrics", "--compare", "demo", "next").out
    page = alone("metrics", "--compare", "demo", "next", "--markdown").out
    assert page.startswith(
        "## demo and next\n\n| figure | demo | next | better |\n|---|---|---|---|"
    )
    assert "| tasks.completed | 2 | 0 |" in page
    alone("metrics", "--compare", "demo", "nope", check=4)
    alone("metrics", "--compare", "demo", "next", "--follow", check=2)


def test_a_baseline_is_measured_and_recorded(alone: Evt, repo: Path) -> None:
    alone("init", "--project", "next")
    planned = alone("baseline", "--project", "demo", "--dry-run", "--json").json
    assert planned["serialSeconds"] > 0 and last(repo)["type"] == "ProjectStarted"
    assert planned["receipts"] == []
    assert "nothing is recorded" in alone("baseline", "--project", "demo", "--dry-run").out
    found = alone("baseline", "--project", "demo", "--json").json
    assert (last(repo)["type"], last(repo)["sequence"]) == (
        "ProjectRevised", f"{found['receipts'][0]['sequence']:016d}",
    )  # fmt: skip
    assert last(repo)["data"]["baseline"]["serialSeconds"] == planned["serialSeconds"]
    alone("baseline", "--project", "next", check=4)


def test_a_target_that_no_figure_has_is_refused(demo: Evt, repo: Path) -> None:
    for name, hint in (("gate.catchrate", "did you mean gate.catch_rate?"), ("xyz", "it is one")):
        policy = json.dumps({"targets": {name: 3}})
        refused = demo("emit", "ProjectRevised", "--policy", policy, check=2)
        assert f"no figure {name} has a target" in refused.err and hint in refused.err
        plan = {"project": {"name": "demo", "policy": {"targets": {name: 3}}}, "tasks": []}
        (repo / "plan.json").write_text(json.dumps(plan))
        demo("plan", "plan.json", "--apply", check=2)
    assert len(stored(repo)) == 1
    demo("emit", "ProjectRevised", "--policy", '{"targets":{"gate.catch_rate":0.9}}')


@pytest.mark.parametrize(
    ("flags", "score"),
    [
        ([], 5),
        (["--rules", "7"], 4),
        (["--vague-scope", "--rules", "13", "--issue", "truncated"], 2),
        (["--signals", '{"clarifications":5,"issues":["slow"]}'], 3),
    ],
    ids=["nothing", "rules", "trouble", "signals"],
)
def test_a_score_with_its_advice(flags: list[str], score: int, evt: Evt) -> None:
    document = evt("score", *flags, "--json").json
    assert document["score"] == score
    assert evt("score", *flags).out.splitlines()[-1] == document["advice"]
    evt("score", "--signals", '{"clarificatons":5}', check=2)
    evt("score", "--rules", "-1", check=2)


def test_csv_to_stdout_and_into_a_folder(alone: Evt, repo: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(alone("export", "--format", "csv").out)))
    assert [row["task"] for row in rows] == ["one", "two"]
    events = alone("export", "--format", "csv", "--table", "events").out
    assert len(list(csv.DictReader(io.StringIO(events)))) == len(stored(repo))
    alone("export", "--format", "csv", "--into", "figures")
    names = {path.name for path in (repo / "figures").iterdir()}
    assert names == {"tasks.csv", "attempts.csv", "events.csv"}


def test_a_trace_and_a_page(alone: Evt, repo: Path) -> None:
    assert json.loads(alone("export", "--format", "chrome-trace").out)["traceEvents"]
    said = alone("export", "--format", "html", "--into", "report.html", "--json").json
    assert said["changed"] and (repo / "report.html").read_text().startswith("<!doctype html>")


def test_a_block_in_the_engineers_own_list(alone: Evt, repo: Path) -> None:
    """Given a list of somebody's own, when exported twice, then only the block is evt's."""
    path = repo / "LIST.md"
    path.write_text(LIST)
    path.chmod(0o640)
    alone("export", "--format", "tasks-md", "--into", "LIST.md")
    once = path.read_text()
    assert once.startswith(LIST) and "- [x] one do one (worker-A" in once
    assert path.stat().st_mode & 0o777 == 0o640
    again = alone("export", "--format", "tasks-md", "--into", "LIST.md", "--json")
    assert again.json["changed"] is False and path.read_text() == once
    path.write_text(once.replace("<!-- evt tasks: end -->", ""))
    broken = path.read_bytes()
    alone("export", "--format", "tasks-md", "--into", "LIST.md", check=2)
    assert path.read_bytes() == broken


@pytest.mark.parametrize(
    ("args", "code"),
    [
        pytest.param([], 2, id="no format"),
        pytest.param(["--format", "pdf"], 2, id="an unknown format"),
        pytest.param(
            ["--format", "html", "--into", "x", "--project", "nope"], 4, id="an unknown project"
        ),
        pytest.param(["--format", "html"], 2, id="a document of a page on stdout"),
        pytest.param(["--format", "csv", "--table", "events"], 2, id="a document of a table"),
        pytest.param(["--format", "html", "--into", "no/such/folder/x.html"], 2, id="no folder"),
    ],
)
def test_an_export_that_cannot_be_made(args: list[str], code: int, alone: Evt) -> None:
    assert "evt init" not in alone("export", *args, "--json", check=code).err
    assert documents(alone("export", *args, "--json", check=code).out)[0]["error"]["exit"] == code
