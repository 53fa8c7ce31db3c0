"""Every example of the help is typed into a shell, in a repository where it makes sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from evt.cli.emits import EXAMPLES
from evt.cli.registry import module
from tests.cli.support import shell
from tests.cli.test_surface import MINE
from tests.conftest import Evt

TIMEOUT = 124  # what `timeout` exits with

# What is there already when an example is typed.
LOG = "evt init --project demo"
TASK = f"{LOG}; {EXAMPLES['TaskCreated'][0]}"
HELD = f"{TASK}; evt join; evt next --as worker-A"
DONE = f"{HELD}; evt emit Completed task-001 --score 5 --as worker-A"
ASKED = f"{HELD}; {EXAMPLES['Escalated'][0]}"
LONG = (
    LOG
    + """; for n in $(seq 20); do echo '{"type":"Noted","data":{"text":"x"}}'; done |
    evt emit --batch -"""
)
BEFORE = {
    "evt init --project demo": "true",
    "evt init --project demo-2": f"{LOG}; evt emit ProjectEnded --outcome done",
    "evt emit ProjectStarted": "evt init",
    "evt emit ProjectEnded": LOG,
    "evt emit TaskCreated": LOG,
    "evt emit Assigned": f"{TASK}; evt join",
    "evt emit Heartbeat": HELD,
    "evt emit Completed": HELD,
    "evt emit Failed": HELD,
    "evt emit Escalated": HELD,
    "evt emit Resolved": ASKED,
    "evt emit Reopened": DONE,
    "evt inbox": ASKED,
    "evt join worker-A --takeover": HELD,
    "evt leave": HELD,
    "evt next": f"{TASK}; evt join",
    "evt replay --at 17": LONG,
    "evt replay --diff 1 17": LONG,
}
AFTER = {"evt log --follow": TIMEOUT}


def examples() -> list[str]:
    """Return the examples of the verbs, and of the types that `emit` takes."""
    shown = [one for verb in (*MINE, "status", "inbox") for one, _ in module(verb).VERB.examples]
    return list(dict.fromkeys([*shown, *(one for one, _ in EXAMPLES.values())]))


@pytest.mark.parametrize("example", examples())
def test_an_example_of_the_help_does_what_it_says(example: str, repo: Path) -> None:
    (repo / "a.md").write_text("A page. It has two sentences.\n")
    (repo / "b.md").write_text("A summary of the page in one sentence of nine words.\n")
    (repo / "tasks").mkdir()
    (repo / "tasks" / "task-001.json").write_text('{"id":"t","type":"summary","description":"d"}')
    known = max((key for key in BEFORE if example.startswith(key)), key=len, default="")
    before = shell(f"({BEFORE.get(known, TASK)}) >/dev/null", repo)
    assert before.returncode == 0, before.stderr
    line = f"timeout 1 {example}" if example in AFTER else example
    done = shell(line, repo, {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER")
                              for what in ("NAME", "EMAIL")})  # fmt: skip
    assert done.returncode == AFTER.get(example, 0), done.stdout + done.stderr
    assert not done.stderr


def test_the_task_that_the_help_of_plan_shows_is_a_good_one(demo: Evt, repo: Path) -> None:
    shown = demo("plan", "--help").out
    text = shown[shown.index('  {"id"') : shown.index("}\n\nmore keys") + 1]
    (repo / "tasks").mkdir()
    (repo / "tasks" / "task-001.json").write_text(text)
    found = demo("plan", "tasks", "--apply", "--json").json
    assert found["findings"] == [] and len(found["applied"]) == 1
