"""Chats for the tests of the hosts."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Evt, evt_in
from tests.hosts.host import Chat, NewChat, just_heard
from tests.hosts.wire import Play, Played


@pytest.fixture
def chat(evt: Evt, repo: Path) -> NewChat:
    """Return a function that opens a conversation: chat("session", host="claude")."""

    def opened(session: str, host: str = "cursor") -> Chat:
        return Chat(evt, repo, session, host)

    return opened


@pytest.fixture
def project(evt: Evt) -> None:
    """Start a project in the scratch repository."""
    evt("init", "--project", "demo")


@pytest.fixture(scope="session")
def _templates(_git_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make `.evt` of a project that chat `worker` has joined, and of one where it holds a task."""
    home = tmp_path_factory.mktemp("hosts")
    repo = Path(shutil.copytree(_git_template, home / "repo"))
    evt = evt_in(repo, home)
    evt("init", "--project", "demo")
    one = Chat(evt, repo, "worker", "cursor")
    one.join()
    joined = Path(shutil.copytree(repo / ".evt", home / "joined"))
    task = ("task-001", "--description", "d", "--output", "a.md")
    evt("emit", "TaskCreated", *task, as_="engineer")
    one.shell("next", "--as", "worker-A")
    return joined, Path(shutil.copytree(repo / ".evt", home / "busy"))


@pytest.fixture
def joined(_templates: tuple[Path, Path], repo: Path, chat: NewChat) -> Chat:
    """Return the chat `worker`, which has joined as worker-A and has nothing to do yet."""
    return _from(_templates[0], repo, chat)


@pytest.fixture
def busy(_templates: tuple[Path, Path], repo: Path, chat: NewChat) -> Chat:
    """Return the chat `worker`: worker-A, holds task-001, writes a.md, has just been heard."""
    return _from(_templates[1], repo, chat)


def _from(template: Path, repo: Path, chat: Callable[[str], Chat]) -> Chat:
    shutil.copytree(template, repo / ".evt")
    just_heard(repo)
    one = chat("worker")
    one.tools = iter(range(1000, 10_000))
    return one


@pytest.fixture
def play(repo: Path, project: None, monkeypatch: pytest.MonkeyPatch) -> Played:
    """Return a function that gives a client of the server in memory to a play."""
    from mcp import Client

    from evt.cli.mcp.server import build

    monkeypatch.chdir(repo)

    def run(what: Play) -> None:
        async def inside() -> None:
            async with Client(build()) as client:
                await what(client)

        asyncio.run(inside())

    return run
