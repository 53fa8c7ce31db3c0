"""Signs of life that met a lock and that no later one can say: the next hook appends them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Evt
from tests.hosts.host import Chat, NewChat, events, just_heard, said
from tests.hosts.test_fail_open import locked

TOOL = {"tool_name": "Shell", "tool_input": {"command": "npm install"}}


def signs(evt: Evt) -> list[dict[str, Any]]:
    return [event["data"] for event in events(evt, "Heartbeat")]


@pytest.fixture
def other(chat: NewChat, busy: Chat) -> Chat:
    """Return a second chat, which has joined as worker-B and has no task."""
    one = chat("other")
    one.join()
    return one


def test_that_a_chat_waits_is_said_by_the_next_hook_of_any_chat(
    busy: Chat, other: Chat, evt: Evt, repo: Path
) -> None:
    """Given a tool call that began during a lock, then its chat is soon known to wait."""
    before = len(signs(evt))
    with locked(repo):
        assert busy.hook("pre", **TOOL) == {}
    other.hook("pre", **TOOL)
    assert [sign["source"] for sign in signs(evt)[before:]] == ["waiting"]
    just_heard(repo)
    busy.hook("post", **TOOL)
    assert [sign["source"] for sign in signs(evt)[before:]] == ["waiting", "hook"]


def test_that_a_chat_waited_is_not_said_when_it_is_over(
    busy: Chat, other: Chat, evt: Evt, repo: Path
) -> None:
    before = len(signs(evt))
    with locked(repo):
        busy.hook("pre", **TOOL)
        busy.hook("post", **TOOL)
    other.hook("pre", **TOOL)
    assert signs(evt)[before:] == []
    assert list((repo / ".evt" / "cache" / "owed").iterdir()) == []


def test_how_full_the_window_was_is_said_later(
    busy: Chat, other: Chat, evt: Evt, repo: Path
) -> None:
    before = len(signs(evt))
    with locked(repo):
        busy.hook("compact", context_tokens=1000, context_window_size=4000)
    other.hook("pre", **TOOL)
    (sign,) = signs(evt)[before:]
    assert sign["window"] == {"tokens": 1000, "size": 4000}


def test_what_a_late_sign_is_answered_is_for_its_own_chat(
    busy: Chat, other: Chat, evt: Evt, repo: Path
) -> None:
    """Given a revision that the log tells once, then the chat that has the task hears of it."""
    with locked(repo):
        busy.hook("pre", **TOOL)
    change = ("--changed", '{"description":"Do it better"}', "--reason", "r")
    evt("emit", "TaskRevised", "task-001", *change, as_="engineer")
    other.hook("pre", **TOOL)
    assert "revised" in said(busy.hook("post", **TOOL))


@pytest.mark.parametrize(
    "more",
    [
        {"chat": "../chats/worker"}, {"chat": "nobody"}, {"chat": 7}, {"source": "report"},
        {"more": 7}, {"more": {"note": "x"}}, {"more": {"window": "x"}},
    ],
)  # fmt: skip
def test_a_damaged_sign_is_dropped(more: dict[str, Any], busy: Chat, evt: Evt, repo: Path) -> None:
    owed = repo / ".evt" / "cache" / "owed"
    owed.mkdir()
    sign = {"type": "Heartbeat", "chat": "worker", "source": "hook", "more": {}, **more}
    (owed / "x").write_text(json.dumps(sign))
    before = len(signs(evt))
    busy.hook("prompt", prompt="go on")
    assert list(owed.iterdir()) == []
    assert signs(evt)[before:] == []
