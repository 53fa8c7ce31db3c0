"""Prompts of the engineer: each is counted once, as setup or not, and whatever the lock does."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from evt.cli.hosts import owed
from evt.eventlog.commands import Emit
from tests.cli.support import opened
from tests.conftest import EVT_BIN, Evt, evt_environment
from tests.hosts.host import Chat, NewChat, events
from tests.hosts.test_fail_open import locked


def kinds(evt: Evt) -> list[str]:
    return [event["data"]["kind"] for event in events(evt, "Intervened")]


@pytest.fixture
def worker(chat: NewChat, evt: Evt, project: None) -> Chat:
    """Return a chat of Claude Code, which counts no turns, with a task."""
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    one = chat("worker", "claude")
    one.join()
    one.shell("next", "--as", "worker-A")
    return one


def test_the_same_prompt_at_the_same_moment_is_one(worker: Chat, evt: Evt, tmp_path: Path) -> None:
    """Given a host without turns that calls the hook twice at once, then one prompt is counted."""
    for number in range(3):
        given = json.dumps(worker.payload("prompt", prompt=f"go on {number}"))
        both = [
            subprocess.Popen(
                [EVT_BIN, "hook", "claude", "UserPromptSubmit"], cwd=worker.repo, text=True,
                env=evt_environment(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            )
            for _ in range(2)
        ]  # fmt: skip
        for process in both:
            assert process.stdin is not None
            process.stdin.write(given)
        for process in both:
            process.communicate()
    assert kinds(evt) == ["prompt"] * 3


def test_the_same_prompt_after_another_event_is_one(worker: Chat, evt: Evt) -> None:
    worker.hook("prompt", prompt="go on")
    evt("emit", "Noted", "--text", "x")
    worker.hook("prompt", prompt="go on")
    assert kinds(evt) == ["prompt"]
    worker.hook("prompt", prompt="faster")
    worker.hook("prompt", prompt="go on")
    assert kinds(evt) == ["prompt"] * 2


def test_the_same_words_a_while_later_are_another_prompt(
    worker: Chat, evt: Evt, repo: Path
) -> None:
    worker.hook("prompt", prompt="go on")
    (times,) = (repo / ".evt" / "cache" / "chats").glob("*/prompts")
    key, time = times.read_text().split()
    times.write_text(f"{key} {float(time) - 6}\n")
    worker.hook("prompt", prompt="go on")
    assert kinds(evt) == ["prompt"] * 2


def test_a_prompt_that_only_looks_like_evt_s_own_is_counted(worker: Chat, evt: Evt) -> None:
    """Given what a stop hook said, then that comes back uncounted, and nothing else does."""
    text = worker.stop()
    assert "task-001 (attempt 1) is still yours" in text
    worker.hook("prompt", prompt=text.replace("\n", "\r\n"))
    assert kinds(evt) == []
    worker.hook("prompt", prompt="[evt] is what your messages begin with; why?")
    assert kinds(evt) == ["prompt"]


def test_a_conversation_that_has_worked_is_never_set_up_again(worker: Chat, evt: Evt) -> None:
    """Given a chat that leaves and joins under another name, then a prompt is a prompt."""
    worker.shell("leave", "--as", "worker-A")
    worker.join("worker-D")
    worker.prompt("go on")
    assert kinds(evt) == ["prompt"]


def test_a_task_that_no_hook_saw_is_found_however_much_came_before(
    chat: NewChat, evt: Evt, repo: Path, project: None
) -> None:
    """Given a task that began and ended inside one tool call, then the log is searched for it."""
    one = chat("worker", "claude")
    one.join()
    noise = "".join(json.dumps({"type": "Noted", "data": {"text": "x"}}) + "\n" for _ in range(900))
    for _ in range(7):
        evt("emit", "--batch", "-", input=noise)
    one.prompt("begin")
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    evt("next", "--as", "worker-A")
    evt("emit", "Failed", "task-001", "--reason", "r", as_="worker-A")
    one.prompt("go on")
    assert kinds(evt) == ["setup", "prompt"]


def test_a_coordinator_has_begun_with_its_own_first_task(
    chat: NewChat, evt: Evt, project: None
) -> None:
    lead = chat("lead", "claude")
    name = lead.join("--role", "coordinator")
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    lead.prompt("split it")
    lead.shell("emit", "TaskCreated", "task-002", "--description", "d", "--as", name)
    lead.prompt("finer")
    assert kinds(evt) == ["setup", "prompt"]


@pytest.mark.parametrize("host", ["cursor", "claude"])
def test_what_met_a_lock_is_appended_by_the_next_hook(
    host: str, chat: NewChat, evt: Evt, repo: Path, project: None
) -> None:
    """Given a lock held for longer than a hook waits, then a prompt and an end come later, once."""
    one, two = chat("one", host), chat("two", host)
    one.join()
    two.join()
    with locked(repo):
        for _ in range(2):
            one.hook("prompt", prompt="the password is hunter2")
        one.hook("end", reason="closed")
    assert kinds(evt) == events(evt, "WorkerLeft") == []
    assert b"hunter2" not in b"".join(p.read_bytes() for p in repo.rglob("owed/*"))
    for _ in range(2):
        two.hook("pre", tool_name="Shell")
    assert kinds(evt) == ["setup"]
    (left,) = events(evt, "WorkerLeft")
    assert (left["subject"], left["data"]["reason"]) == ("worker-A", "session ended: closed")


@pytest.mark.parametrize("host", ["cursor", "codex"])
def test_two_prompts_of_one_turn_are_two(host: str, chat: NewChat, evt: Evt, project: None) -> None:
    """Given an engineer who says more in the same turn, then each text is counted, once."""
    one = chat("one", host)
    one.join()
    for text in ("begin", "begin", "and be quick", "and be quick", "\ud800"):
        one.hook("prompt", prompt=text)
    assert len(kinds(evt)) == 3


def test_what_is_owed_is_appended_oldest_first(busy: Chat, evt: Evt, repo: Path) -> None:
    """Given ids in another order than the events, then they come as they were kept."""
    log = opened(repo)
    for age, id in enumerate("bca"):
        owed.keep(log, Emit("worker-A", "Intervened", None, {"kind": "prompt"}, id=id), "")
        os.utime(repo / ".evt" / "cache" / "owed" / id, (age, age))
    busy.hook("pre", tool_name="Shell")
    assert [event["id"] for event in events(evt, "Intervened")] == ["b", "c", "a"]


def test_what_is_owed_never_ends_a_later_join(
    chat: NewChat, evt: Evt, repo: Path, project: None
) -> None:
    one, two = chat("one"), chat("two")
    one.join()
    two.join()
    with locked(repo):
        one.hook("end", reason="closed")
    one.shell("join", "worker-A", "--takeover")
    two.hook("pre", tool_name="Shell")
    assert len(events(evt, "WorkerLeft")) == 1  # of the takeover


DEBT = {"actor": "worker-A", "subject": None, "id": "x", "joined": ""}
DAMAGED = [
    b"", b"[]", b"{",
    json.dumps({**DEBT, "type": "Noted", "data": {"text": "x"}}).encode(),
    json.dumps({**DEBT, "type": "Intervened", "data": {"kind": 7}}).encode(),
    json.dumps({**DEBT, "type": "Noted", "data": {"text": "x", "tags": ["chat"], "extra": {}}})
    .encode(),
]  # fmt: skip


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_debt_is_dropped(text: bytes, busy: Chat, evt: Evt, repo: Path) -> None:
    (repo / ".evt" / "cache" / "owed").mkdir()
    (repo / ".evt" / "cache" / "owed" / "x").write_bytes(text)
    busy.hook("pre", tool_name="Shell")
    assert list((repo / ".evt" / "cache" / "owed").iterdir()) == []
    assert kinds(evt) == events(evt, "Noted")[1:] == []
