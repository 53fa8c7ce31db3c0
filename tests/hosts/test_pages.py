"""The pages about hosts and about the plan: every command runs, every example passes the gate."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import EVT_BIN, ROOT, Evt, evt_environment
from tests.hosts.host import events
from tests.project.pages import Shells, complaints, steps

PROJECT = ROOT / "docs" / "projects" / "multi-chat-coordination"
HOSTS = ("claude-code", "codex", "cursor", "headless")
PAGES = [
    *(ROOT / "docs" / "hosts" / f"{name}.md" for name in HOSTS),
    PROJECT / "answers.md",
    PROJECT / "protocols" / "phase1-validation-protocol.md",
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_the_page_runs_and_prints_what_it_shows(
    page: Path, repo: Path, tmp_path: Path
) -> None:
    env = evt_environment(tmp_path)
    env["PATH"] = f"{EVT_BIN.parent}{os.pathsep}{env['PATH']}"
    text = page.read_text("utf-8")
    assert steps(text)
    found = complaints(text, Shells(repo, tmp_path, env), {})
    assert not found, "\n\n".join(found)


GUIDE = "# Guide\n\n" + "\n\n".join(
    f"Chapter {n} explains step {n} with all that can go wrong in it." for n in range(1, 30)
)
SUMMARY = """\
# The guide in short

## Purpose

The guide walks a reader through the whole procedure, from an empty folder to a finished result. It
is written for somebody who does it once a year and has forgotten most of it since. Each chapter
treats one step, names what it needs, and ends with the mistakes that others made before. Nobody has
to read it from front to back: whoever is stuck opens the chapter in question and leaves again.

## Status

All chapters are there. Two of them are old and describe buttons that have moved since; the rest was
checked last spring against the current release. Whoever only wants to know whether the procedure
fits their case can stop after the first chapter, which lists the few situations in which it should
not be used at all.
"""
SLUG = '''\
"""Slugs."""


def slug(text: str) -> str:
    """Lower case, words joined by hyphens; an empty text is refused."""
    if not text.strip():
        raise ValueError("nothing to name")
    return "-".join(text.lower().split())
'''
TESTS = '''\
"""Slugs are lower case, hyphenated and never empty."""

import pytest

from src.slug import slug


def test_words_are_joined_in_lower_case() -> None:
    assert slug("Two Words") == "two-words"


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        slug("  ")
'''
APP = '''\
"""Reads lines."""


def parse_line(line: str) -> list[str]:
    """Fields of a line."""
    return line.split(";")


def main(text: str) -> int:
    """Count the fields."""
    return sum(len(parse_line(line)) for line in text.splitlines())
'''
PARSING = '''\
"""Parsing, apart from what is done with it."""


def parse_line(line: str) -> list[str]:
    """Fields of a line."""
    return line.split(";")
'''
MOVED = '''\
"""Reads lines."""

from src.parsing import parse_line


def main(text: str) -> int:
    """Count the fields."""
    return sum(len(parse_line(line)) for line in text.splitlines())
'''
REPORT = {
    "rule": ".cursor/rules/style.mdc",
    "findings": [{"line": 3, "problem": "contradicts line 1: both at once cannot hold"}],
}
# file -> what is there before, good work, and what the gate has to refuse
WORK: dict[str, tuple[dict[str, str], dict[str, str], dict[str, str]]] = {
    "simple-summarization-task": (
        {"docs/guide.md": GUIDE},
        {"docs/summaries/guide.md": SUMMARY},
        {"docs/summaries/guide.md": "# The guide\n\n## Purpose\n\nShort.\n"},
    ),
    "test-generation-task": (
        {"src/slug.py": SLUG},
        {"tests/test_slug.py": TESTS},
        {"tests/test_slug.py": TESTS, "src/slug.py": SLUG.replace("raise", "pass  # raise")},
    ),
    "rule-validation-task": (
        {".cursor/rules/style.mdc": "Write short.\n\nWrite long.\n"},
        {"reports/style.json": json.dumps(REPORT)},
        {"reports/style.json": json.dumps({**REPORT, "findings": [{"line": 0}]})},
    ),
    "refactoring-task": (
        {"src/app.py": APP, "tests/test_app.py": "def test_a() -> None:\n    assert True\n"},
        {"src/app.py": MOVED, "src/parsing.py": PARSING},
        {"src/app.py": APP, "src/parsing.py": PARSING},
    ),
}


def put(repo: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = repo / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize("example", WORK)
def test_each_example_is_refused_as_it_should_and_passes_when_done(
    example: str, evt: Evt, repo: Path
) -> None:
    """Given an example task, then bad work is refused by its checks, and good work completes."""
    path = PROJECT / "examples" / f"{example}.json"
    task: dict[str, Any] = json.loads(path.read_text())
    before, good, bad = WORK[example]
    put(repo, before)
    evt("init", "--project", "demo")
    planned = evt("plan", path, "--apply", as_="engineer").out
    assert "error" not in planned
    evt("join", "worker-A")
    evt("next", as_="worker-A")
    report = ("emit", "Completed", task["id"], "--score", "5", "--as", "worker-A")
    put(repo, bad)
    evt(*report, check=5)
    put(repo, before)
    put(repo, good)
    evt(*report)
    (done,) = events(evt, "Completed")
    handed = {one["path"] for one in done["data"]["deliverables"]}
    assert handed == set(task["context"]["outputFiles"])


def test_there_is_work_for_every_example() -> None:
    assert {path.stem for path in (PROJECT / "examples").glob("*.json")} == set(WORK)
