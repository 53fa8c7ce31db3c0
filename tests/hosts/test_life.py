"""Signs of life that hooks leave: touched files, waiting for consent, how full the window is."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Evt, evt_in
from tests.hosts.host import Chat, NewChat, events, just_heard, said


def beats(evt: Evt) -> list[dict[str, Any]]:
    return [
        {k: v for k, v in e["data"].items() if k != "attempt"} for e in events(evt, "Heartbeat")
    ]


def long_ago(repo: Path) -> None:
    """Make the last sign of life one of a minute ago: the throttle looks at a file's time."""
    (beat,) = (repo / ".evt" / "cache" / "chats").glob("*/beat")
    os.utime(beat, (time.time() - 60, time.time() - 60))


def test_a_tool_call_begins_and_ends_waiting_whatever_the_throttle_says(
    busy: Chat, evt: Evt
) -> None:
    before = len(beats(evt))
    tool = {"tool_name": "Shell", "tool_input": {"command": "npm install"}}
    assert busy.hook("pre", **tool) == {}
    assert busy.hook("pre", **tool) == {}  # a second tool beside it
    assert evt("status", "--json").json["tasks"][0]["leaseUntil"] > in_seconds(800)
    assert busy.hook("post", **tool) == {}
    assert [beat["source"] for beat in beats(evt)[before:]] == ["waiting", "hook"]
    assert evt("status", "--json").json["tasks"][0]["leaseUntil"] < in_seconds(120)


def in_seconds(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + seconds))


def test_tools_that_only_look_wait_for_nobody(busy: Chat, evt: Evt) -> None:
    before = len(beats(evt))
    for _ in range(5):
        just_heard(busy.repo)
        busy.hook("pre", tool_name="Read", tool_input={"file_path": "a.md"})
        busy.hook("post", tool_name="Read", tool_input={"file_path": "a.md"})
    assert len(beats(evt)) == before


def test_touched_files_are_kept_while_throttled_and_sent_with_the_next_sign(
    busy: Chat, evt: Evt, repo: Path
) -> None:
    """Given many edits in a few seconds, then one sign of life carries all files, each once."""
    busy.hook("pre", tool_name="Write", tool_input={})
    busy.hook("post", tool_name="Write", tool_input={})
    before = len(beats(evt))
    for name in ("a.md", "sub/b.md", "a.md"):
        just_heard(repo)
        busy.hook("edit", file_path=str(repo / name))
    assert len(beats(evt)) == before
    long_ago(repo)
    busy.hook("edit", file_path=str(repo / "c.md"))
    assert beats(evt)[before:] == [{"source": "hook", "touched": ["a.md", "sub/b.md", "c.md"]}]
    just_heard(repo)
    busy.hook("edit", file_path=str(repo / "d.md"))
    assert len(beats(evt)) == before + 1


@pytest.mark.parametrize("verb", ["check", "emit"])
def test_the_gate_knows_what_a_throttled_hook_kept(
    busy: Chat, evt: Evt, repo: Path, verb: str
) -> None:
    """Given an edit that no sign of life has carried yet, then the gate asks with it."""
    just_heard(repo)
    busy.hook("edit", file_path=str(repo / "late.md"))
    call = ["check", "task-001"] if verb == "check" else ["emit", "Completed", "task-001"]
    evt(*call, *(["--score", "5"] if verb == "emit" else []), as_="worker-A", check=None)
    assert "late.md" in [path for beat in beats(evt) for path in beat.get("touched", ())]


def test_only_files_of_the_repository_count_as_touched(
    busy: Chat, evt: Evt, repo: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (repo / "link").symlink_to(outside)
    before = len(beats(evt))
    for path in (
        tmp_path / "else.md", repo / "link" / "x.md", repo / ".git" / "config",
        repo / ".evt" / "lock", repo / ".." / "up.md", repo / "bad\nname", Path("/etc/passwd"),
    ):  # fmt: skip
        just_heard(repo)
        busy.hook("edit", file_path=str(path))
    just_heard(repo)
    busy.hook("edit", file_path=str(repo / "sub" / ".." / "good.md"))
    long_ago(repo)
    busy.hook("edit", file_path="relative.md")
    assert beats(evt)[before:] == [{"source": "hook", "touched": ["good.md", "relative.md"]}]


@pytest.mark.parametrize(
    ("host", "tool", "given", "touched"),
    [
        pytest.param("claude", "Edit", {"file_path": "{repo}/a.md"}, ["a.md"], id="claude-edit"),
        pytest.param(
            "codex",
            "apply_patch",
            {"command": "*** Begin Patch\n*** Update File: a.md\n@@\n*** Add File: b/c.md\n+x\n"},
            ["a.md", "b/c.md"],
            id="codex-patch",
        ),
    ],
)
def test_hosts_without_an_edit_hook_show_files_in_their_tools(
    host: str,
    tool: str,
    given: dict[str, str],
    touched: list[str],
    chat: NewChat,
    evt: Evt,
    project: None,
) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    one = chat("worker", host)
    one.join()
    one.shell("next", "--as", "worker-A")
    given = {key: value.format(repo=one.repo) for key, value in given.items()}
    one.hook("pre", tool_name=tool, tool_input=given)
    one.hook("post", tool_name=tool, tool_input=given)
    assert beats(evt)[-1] == {"source": "hook", "touched": touched}


def test_compaction_leaves_how_full_the_window_was(busy: Chat, evt: Evt) -> None:
    for _ in range(2):
        assert busy.hook("compact", context_tokens=170800.4, context_window_size=200000) == {}
    assert beats(evt)[-1] == {"source": "hook", "window": {"tokens": 170800, "size": 200000}}
    assert len([beat for beat in beats(evt) if "window" in beat]) == 1


def test_what_a_subagent_changed_is_the_chat_s(busy: Chat, evt: Evt, repo: Path) -> None:
    long_ago(repo)
    busy.hook("subagent", modified_files=["a.md", "../x", 7])
    assert beats(evt)[-1]["touched"] == ["a.md"]


def test_a_chat_is_told_in_the_middle_of_its_turn_and_once(busy: Chat, evt: Evt) -> None:
    """Given a task that is cancelled under its worker, then the next tool call says so, once."""
    busy.hook("pre", tool_name="Shell")
    busy.hook("post", tool_name="Shell")
    evt("emit", "TaskCancelled", "task-001", "--reason", "not wanted", as_="engineer")
    busy.hook("pre", tool_name="Shell")
    words = said(busy.hook("post", tool_name="Shell"))
    assert words.startswith("[evt] ")
    assert "task-001" in words and "cancelled" in words and "evt next --as worker-A" in words
    busy.hook("pre", tool_name="Shell")
    assert busy.hook("post", tool_name="Shell") == {}


def test_a_revision_reaches_the_chat_after_the_tool_call_that_it_came_in(
    busy: Chat, evt: Evt
) -> None:
    """Given news that the log gives out before a tool call, then it is said after it."""
    evt("emit", "TaskRevised", "task-001", "--changed", '{"description":"other"}',
        "--reason", "better", as_="engineer")  # fmt: skip
    assert busy.hook("pre", tool_name="Shell") == {}
    assert "task-001 was revised" in said(busy.hook("post", tool_name="Shell"))


def test_an_answer_reaches_a_chat_that_has_nothing_else_to_do(busy: Chat, evt: Evt) -> None:
    busy.shell("emit", "Escalated", "task-001", "--question", "A or B?", "--as", "worker-A")
    evt("emit", "Resolved", "task-001", "--action", "resume", "--answer", "B", as_="engineer")
    _, words = busy.shell("status")
    assert "your question on task-001 was answered" in words and "B" in words


def test_work_reported_by_the_chat_itself_is_no_news(busy: Chat, evt: Evt, repo: Path) -> None:
    busy.write("a.md", "A text that says what it has to say in one line.\n")
    _, words = busy.shell("emit", "Completed", "task-001", "--score", "5", "--as", "worker-A")
    assert words == ""
    assert busy.shell("status")[1] == ""


def test_short_leases_are_kept_up_by_more_frequent_signs(
    chat: NewChat, evt: Evt, repo: Path, project: None
) -> None:
    evt("emit", "ProjectRevised", "--policy", '{"heartbeatTimeoutSeconds":8}', as_="engineer")
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    one = chat("worker")
    one.join()
    one.shell("next", "--as", "worker-A")
    one.hook("edit", file_path=str(repo / "a.md"))
    (beat,) = (repo / ".evt" / "cache" / "chats").glob("*/beat")
    assert beat.read_text() == "4"
    os.utime(beat, (time.time() - 5, time.time() - 5))
    before = len(beats(evt))
    one.hook("edit", file_path=str(repo / "b.md"))
    assert len(beats(evt)) == before + 1


def test_a_chat_in_a_linked_work_tree_touches_files_of_that_tree(
    evt: Evt, repo: Path, tmp_path: Path, project: None
) -> None:
    """Given a parallel agent outside the workspace, then its files have their names there."""
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    linked = tmp_path / "linked"
    subprocess.run(["git", "worktree", "add", "-q", linked], cwd=repo, check=True)
    one = Chat(evt_in(linked, tmp_path), linked, "worker")
    one.join()
    one.shell("next", "--as", "worker-A")
    long_ago(repo)
    one.hook("edit", file_path=str(linked / "sub" / "a.md"))
    assert beats(evt)[-1] == {"source": "hook", "touched": ["sub/a.md"]}
