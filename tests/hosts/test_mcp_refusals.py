"""What `evt mcp` refuses, and what it says then: tools and keys, not a shell and its flags."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from mcp import Client

from evt.cli.mcp.calls import called
from evt.cli.mcp.server import build
from tests.conftest import Evt
from tests.hosts.host import events
from tests.hosts.wire import Played, call, refused


def test_errors_say_what_failed_and_what_to_call(play: Played) -> None:
    async def played(client: Client) -> None:
        said = await refused(client, "next", name="nobody")
        assert "nobody has not joined" in said and 'next: join(name="nobody")' in said
        said = await refused(client, "emit", name="engineer", type="Complete", task="t")
        assert "did you mean Completed?" in said
        said = await refused(client, "plan", name="x", path="nowhere.json")
        assert "nowhere.json" in said
        said = await refused(client, "join", takeover=True)
        assert "takeover needs the name" in said
        said = await refused(client, "next", name="")
        assert "name needs a name of 1-128 printable characters\nnext: name=worker-A" in said
        assert "--" not in said

    play(played)


def test_errors_name_tools_and_keys_not_flags(play: Played, evt: Evt) -> None:
    """Given refusals with commands in them, then a chat with tools reads calls of tools."""
    evt("emit", "TaskCreated", "task-001", "--description", "d", "--output", "a.md",
        as_="engineer")  # fmt: skip

    async def played(client: Client) -> None:
        await call(client, "join")
        await call(client, "next", name="worker-A")
        report = {"name": "worker-A", "type": "Completed", "task": "task-001"}
        said = await refused(client, "emit", **report)
        assert "Completed needs contextEfficiencyScore or signals in data" in said
        said = await refused(client, "emit", **report | {"type": "TimedOut"})
        assert "next: emit(name=..., type=..., task=..., data={...})" in said
        said = await refused(client, "emit", **report, data={"contextEfficiencyScore": 5})
        assert (
            'report again: emit(name="worker-A", type="Completed", task="task-001", '
            "data={contextEfficiencyScore: 1..5})"
        ) in said

    play(played)


@pytest.mark.parametrize(
    ("hint", "call"),
    [
        ("evt join", "join()"),
        ("evt join worker-A --takeover", 'join(name="worker-A", takeover=True)'),
        ("evt next --as worker-A --wait 300", 'next(name="worker-A", wait=300)'),
        ("evt next", 'next(name="me")'),
        ("evt status", "status()"),
        ("evt inbox --wait 540 --as lead", 'inbox(name="lead", wait=540)'),
        ("evt emit Failed t-1 --reason 'a b' --as w",
         'emit(name="w", type="Failed", task="t-1", data={"reason":"a b"})'),
        ("evt emit Failed --help", "emit(name=..., type=..., task=..., data={...})"),
        ("evt join  # hands out a name; then say it: --as worker-A",
         "join()  # hands out a name; then say it: name worker-A"),
        ("evt plan tasks/ --as lead --apply", 'plan(name="lead", path="tasks/", apply=True)'),
        ("evt verify", "evt verify"),
        ("evt emit Completed t-1 --score N --as w",
         'emit(name="w", type="Completed", task="t-1", data={contextEfficiencyScore: N})'),
        ("evt status   then: evt repair", "evt status   then: evt repair"),
        ("pip install evtlog", "pip install evtlog"),
        ("--as worker-A", "name=worker-A"),
        ("cd into the repository", "cd into the repository"),
        ("evt 'half", "evt 'half"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_hint_becomes_the_call_of_a_tool(hint: str, call: str) -> None:
    assert called(hint, "me") == call


def test_an_argument_that_a_tool_does_not_know_is_refused(play: Played, evt: Evt) -> None:
    async def played(client: Client) -> None:
        said = await refused(client, "join", nmae="worker-B")
        assert "join has no argument 'nmae'; it has: name, role, takeover" in said

    play(played)
    assert events(evt, "WorkerJoined") == []


def test_an_argument_that_does_not_fit_is_refused_in_words(play: Played) -> None:
    """Given arguments that the schema refuses, then what the tool needs is said, each in a line."""

    async def played(client: Client) -> None:
        assert await refused(client, "next") == "next needs name"
        assert await refused(client, "check") == "check needs name\ncheck needs task"
        assert await refused(client, "next", name="x", wait=601) == (
            "next needs another wait: it should be less than or equal to 600"
        )
        said = await refused(client, "join", role="boss")
        assert said == "join needs another role: it should be 'worker' or 'coordinator'"
        said = await refused(client, "emit", name="x", type="Noted", data=7)
        assert said == "emit needs another data: it should be a valid dictionary"

    play(played)


def test_answers_are_to_be_given_under_the_asking_name(play: Played, evt: Evt) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    evt("emit", "Escalated", "task-001", "--question", "A or B?", as_="engineer")

    async def played(client: Client) -> None:
        for wait in (0, 5):
            said = await call(client, "inbox", name="coordinator", wait=wait)
            assert "--answer '...' --as coordinator" in said

    play(played)


def test_without_a_log_a_resource_says_how_to_begin(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo)

    async def played() -> None:
        async with Client(build()) as client:
            with pytest.raises(Exception, match=r"there is no evt log .*\nnext: evt init"):
                await client.read_resource("evt://status")

    asyncio.run(played())
