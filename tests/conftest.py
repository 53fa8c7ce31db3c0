"""One clean world for every test: no chat host, no user's git or evt settings, one way to run evt.

Without this a test run started from inside a chat would behave as that chat (who acts is read
from the environment), and a developer's own EVT_DIR would receive the events of the tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
EVT_BIN = Path(sys.executable).parent / "evt"

FOREIGN_PREFIXES = ("EVT_", "CURSOR_", "CLAUDE", "CODEX_", "GIT_")
FOREIGN_NAMES = ("NO_COLOR", "FORCE_COLOR", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
FIXED = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "COLUMNS": "100",
    "TERM": "dumb",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}

settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "soak", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci")


def often(examples: int) -> int:
    """Return how many examples a costly property gets: so many, in `make soak` 20 times."""
    return examples * settings.default.max_examples // 100


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what hypothesis drives, so that `make soak` can run it for longer."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("property")


def pytest_configure() -> None:
    """Clean the environment before anything is collected; xdist workers pass here too."""
    for name in list(os.environ):
        if name.startswith(FOREIGN_PREFIXES) or name in FOREIGN_NAMES:
            del os.environ[name]
    os.environ.update(FIXED)


@dataclass(frozen=True)
class Result:
    """What a caller of evt sees: the exit code and the two streams."""

    args: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return stdout as one JSON document."""
        return json.loads(self.out)


Evt = Callable[..., Result]


@pytest.fixture(scope="session")
def _git_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one repository with one commit, to be copied: git is the slow part of many tests."""
    path = tmp_path_factory.mktemp("template") / "repo"
    path.mkdir()
    (path / "README.md").write_text("# scratch\n")
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for args in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-q", "-m", "start"]):
        subprocess.run(["git", *args], cwd=path, check=True, capture_output=True)
    return path


@pytest.fixture
def repo(_git_template: Path, tmp_path: Path) -> Path:
    """Return a scratch git repository with one commit on main and no .evt folder."""
    return Path(shutil.copytree(_git_template, tmp_path / "repo"))


@pytest.fixture
def evt(repo: Path, tmp_path: Path) -> Evt:
    """Return a function that runs the installed evt in `repo` as a program (`evt_in`)."""
    return evt_in(repo, tmp_path)


def evt_in(repo: Path, home: Path) -> Evt:
    """Return a function that runs the installed evt in a repository; `home` is for its own state.

    evt("emit", "Noted", "--text", "x", as_="worker-A", check=0) -> Result. `check` is the exit
    code that must come (None: any); `env` adds variables, `input` goes to stdin.
    """

    def run(
        *args: str | Path,
        as_: str | None = None,
        check: int | None = 0,
        input: str | None = None,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        timeout: float = 60,
    ) -> Result:
        words = tuple(str(arg) for arg in args)
        done = subprocess.run(
            [EVT_BIN, *words],
            cwd=cwd or repo,
            env=evt_environment(home, as_) | (env or {}),
            input=input if input is not None else "",
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )
        result = Result(words, done.returncode, done.stdout, done.stderr)
        assert check is None or result.code == check, f"expected exit {check}: {result}"
        return result

    return run


def evt_environment(home: Path, as_: str | None = None) -> dict[str, str]:
    """Return the environment for a child: this checkout's modules, no state of the user's."""
    env = os.environ | {
        "PYTHONPATH": str(ROOT / ".namespace"),
        "XDG_STATE_HOME": str(home / "state"),
    }
    return env | {"EVT_AS": as_} if as_ else env
