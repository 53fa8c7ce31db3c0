"""A repository with a log in it, and text that is the same on every run."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import shell
from tests.conftest import Evt
from tests.project.pages import VARIABLE

# What differs between runs; the width of lines stays as it is.
CHANGING = tuple((pattern, name) for pattern, name in VARIABLE if name in ("<id>", "<hash>"))
HELD_UP = (re.compile(r"\d+\.\d worker-minutes"), "<n> worker-minutes")
CLOCKS = tuple((pattern, name) for pattern, name in VARIABLE if name in ("<time>", "<clock>"))


@pytest.fixture(scope="session")
def _begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one log with an open project, to be copied: hundreds of tests begin there."""
    folder = tmp_path_factory.mktemp("begun")
    for line in ("git init -q", "evt init --project demo"):
        done = shell(line, folder)
        assert done.returncode == 0, done.stderr
    return folder / ".evt"


@pytest.fixture
def demo(evt: Evt, repo: Path, _begun: Path) -> Evt:
    """Return `evt` in a repository whose project `demo` is open."""
    shutil.copytree(_begun, repo / ".evt")
    return evt


@pytest.fixture
def same(repo: Path) -> Callable[[str], str]:
    """Return a function that takes ids, hashes, times and the folder out of a text."""

    def replaced(text: str) -> str:
        text = text.replace(str(repo.resolve()), "<repo>").replace(str(repo), "<repo>")
        for pattern, name in (*CHANGING, *CLOCKS, HELD_UP):
            text = pattern.sub(name, text)
        return text

    return replaced
