"""Every test has a repository with a log, and servers that end with it.

Tests that leave no trace share `standing`, a server over a small history.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import Evt, evt_in
from tests.server.serving import Served, start, write

Serve = Callable[..., Served]


@pytest.fixture
def log(repo: Path, evt: Evt) -> Path:
    """Return a repository with an empty log."""
    evt("init")
    return repo


@pytest.fixture
def serve(log: Path, tmp_path: Path) -> Iterator[Serve]:
    """Return what starts a server: serve("--require-token", port=3100)."""
    with serving(log, tmp_path) as run:
        yield run


@pytest.fixture(scope="module")
def standing(_git_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a server over a log with one task done and one asked about; leave no trace there."""
    home = tmp_path_factory.mktemp("standing")
    repo = Path(shutil.copytree(_git_template, home / "repo"))
    evt = evt_in(repo, home)
    history(evt)
    with serving(repo, home) as run:
        yield run()


@pytest.fixture
def rich(serve: Serve, log: Path, evt: Evt) -> Served:
    """Return a server over a log with something of everything in it."""
    evt("init", "--project", "handbook", "--phase", "2")
    for name in ("task-001", "task-002", "task-003", "task-004"):
        evt("emit", "TaskCreated", name, "--description", f"Write the part {name}",
            "--output", f"{name}.md", "--criterion", "word count between 2 and 200")  # fmt: skip
    for worker in ("worker-A", "worker-B"):
        evt("join", worker)
        evt("next", "--as", worker)
    evt("emit", "Completed", "task-001", "--score", "5", "--as", "worker-A", check=5)
    write(log, "task-001")
    evt("emit", "Completed", "task-001", "--score", "5", "--notes", "all of it", "--as", "worker-A")
    evt("emit", "Heartbeat", "task-002", "--note", "half", "--progress", "0.5", "--as", "worker-B")
    evt("next", "--as", "worker-A")
    evt("emit", "Escalated", "task-003", "--question", "<b>Which?</b>", "--as", "worker-A")
    return serve()


def history(evt: Evt) -> None:
    """Make a log with one task done and one asked about."""
    evt("init", "--project", "p")
    evt("join", "worker-A")
    for name in ("task-001", "task-002"):
        evt("emit", "TaskCreated", name, "--description", "d")
        evt("next", "--as", "worker-A")
        if name == "task-001":
            evt("emit", "Completed", name, "--score", "5", "--as", "worker-A")
    evt("emit", "Escalated", "task-002", "--question", "Which?", "--as", "worker-A")


@contextmanager
def serving(repo: Path, home: Path) -> Iterator[Serve]:
    """Give what starts servers of a repository; they end, and nothing in them went wrong."""
    started: list[Served] = []

    def run(*args: str, port: int = 0) -> Served:
        started.append(start(repo, home, *args, port=port))
        return started[-1]

    said = home / "serve.err"
    yield run
    for served in started:
        if served.process.poll() is None:
            assert served.stop() == 0, said.read_text()
    text = said.read_text() if said.exists() else ""
    assert "defect" not in text, text
    assert "Traceback" not in text, text
