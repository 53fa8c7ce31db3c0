"""Every example of docs/checks.md is made, and says what the page says."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from evt.validators.gate import judge
from evt.validators.phrases import compiled
from evt.validators.registry import BUILT_IN, validate, validate_checks
from evt.validators.work import Work
from tests.conftest import ROOT
from tests.validators.builders import runner, shared, task_of

PAGE = (ROOT / "docs" / "checks.md").read_text("utf-8")
SECTION = re.compile(r"^### (\w+)\n(.*?)(?=^### |^## [A-Z]|\Z)", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAID = re.compile(r"^> (.*)$", re.MULTILINE)
SECTIONS = dict(SECTION.findall(PAGE))
CRITERIA = [
    "The guide names every person on call for each service",
    "It lists the steps of every alarm procedure",
]


def test_every_check_is_on_the_page() -> None:
    assert sorted(SECTIONS) == sorted(BUILT_IN)


COMMIT = re.compile(r"\bcheckout [0-9a-f]{12}\b")


def made(name: str, folder: Path) -> tuple[dict[str, Any], Work]:
    """The check of a section, and work that its example describes."""
    blocks = FENCE.findall(SECTIONS[name])
    check = json.loads(blocks[0][1])
    path = f"a.{'json' if blocks[1:] and blocks[1][0] == 'json' else 'md'}"
    if name in ("in_scope", "unchanged"):
        return check, shared(folder, {"src/a.py": "A = 2\n"}, [check])
    (folder / path).write_text(blocks[1][1] if blocks[1:] else "# A\n", "utf-8")
    task = task_of([path], checks=[check], criteria=CRITERIA if name == "not_copied" else [])
    return check, Work(str(folder), task, score=3, manual_ok=True)


@pytest.mark.parametrize("name", SECTIONS)
def test_the_example_says_what_the_page_says(name: str, tmp_path: Path) -> None:
    """Given the example of a check, when it is judged, then that is the message."""
    (tmp_path / "repo").mkdir()
    check, work = made(name, tmp_path / "repo")
    validate(check)
    work.runner = runner(tmp_path / "repo", ["false"])
    results = judge(work).results
    said = [
        COMMIT.sub("checkout 1a2b3c4d5e6f", one["message"])
        for one in results if one["check"] == name and one["verdict"] == "failed"
    ]  # fmt: skip
    assert said == SAID.findall(SECTIONS[name])


def test_the_example_of_a_task_is_valid() -> None:
    validate_checks(json.loads(FENCE.findall(PAGE)[0][1]))


def test_every_sentence_of_the_table_becomes_what_it_says() -> None:
    rows = re.findall(r"^\| (.+?) \| (\w+) \|$", PAGE, re.MULTILINE)
    assert len(rows) >= 12
    for sentence, name in rows:
        if name != "becomes":
            check = compiled(sentence, ["a.md"], None)
            assert check is not None, sentence
            assert check["check"] == name


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    from evt.validators import search, tree

    assert f"at most {tree.HASH_MAX >> 20} MiB large" in PAGE
    assert "stopped after three seconds" in PAGE
    assert search._SECONDS == 3
    assert os.sep == "/"
