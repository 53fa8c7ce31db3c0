"""Which conversation is which worker: by a code that only the chat that joined has seen."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.cli.hosts.binding import code, code_in
from evt.cli.hosts.chats import name_of
from tests.conftest import Evt
from tests.hosts.host import NewChat, events, said
from tests.hosts.test_fail_open import locked

pytestmark = pytest.mark.usefixtures("project")


def listing(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("host", ["cursor", "claude", "codex"])
def test_the_chat_that_saw_the_code_is_that_worker(host: str, chat: NewChat, evt: Evt) -> None:
    """Given a join in a chat's shell, when its hook sees it, then the log says who it is."""
    one = chat("session-1", host)
    assert one.join() == "worker-A"
    (noted,) = events(evt, "Noted")
    assert noted["actor"] == "worker-A"
    assert noted["data"]["tags"] == ["chat"]
    extra = noted["data"]["extra"]
    assert (extra["host"], extra["session"], extra["role"]) == (host, "session-1", "worker")
    assert "you are worker-A" in said(one.hook("start"))


def test_a_conversation_that_never_joined_leaves_no_trace(
    chat: NewChat, evt: Evt, repo: Path
) -> None:
    """Given a chat with other work in the same repository, then nothing is written anywhere."""
    chat("worker").join()
    before = listing(repo)
    other = chat("other")
    other.prompt("Fix the bug in main.py")
    other.write("README.md", "# changed\n")
    for kind in ("start", "compact", "subagent", "end"):
        assert other.hook(kind) == {}
    assert other.stop() == ""
    after = listing(repo)
    assert {name for name in after if after[name] != before.get(name)} == {str(repo / "README.md")}
    assert set(before) == set(after)


def test_a_chat_in_a_log_where_nobody_ever_joined_leaves_no_trace(
    chat: NewChat, repo: Path
) -> None:
    before = listing(repo)
    other = chat("other")
    other.prompt("hello")
    assert other.stop() == ""
    assert listing(repo) == before


def test_two_chats_that_both_call_themselves_worker_a_are_told_apart(
    chat: NewChat, evt: Evt
) -> None:
    """Given worker-A, when another chat uses its name and even its code, then it is nobody."""
    one, two = chat("one"), chat("two")
    joined, _ = one.shell("join")
    two.shell("status", "--as", "worker-A")
    assert "another chat is worker-A" in said(two.hook("post", **two.output(joined.out)))
    two.prompt("what are you doing?")
    assert two.hook("start") == {}
    assert events(evt, "Intervened") == []
    assert len(events(evt, "Noted")) == 1
    refused, _ = two.shell("join", "worker-A", check=4)
    assert "name_taken" not in refused.out
    assert "taken" in refused.err


def test_after_a_takeover_the_earlier_chat_is_told_and_no_longer_counts(
    chat: NewChat, evt: Evt
) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    one, two = chat("one"), chat("two")
    one.join()
    one.shell("next", "--as", "worker-A")
    taken, _ = two.shell("join", "worker-A", "--takeover")
    assert "task-001 is yours again" in taken.out
    _, words = one.shell("status")
    assert "another chat is worker-A now" in words
    one.prompt("go on")
    assert one.stop() == ""
    assert events(evt, "Intervened") == []
    two.prompt("go on")
    assert [event["actor"] for event in events(evt, "Intervened")] == ["worker-A"]


def test_losing_the_cache_loses_nobody(chat: NewChat, evt: Evt, repo: Path) -> None:
    """Given two chats, when .evt/cache is deleted, then both are who they were."""
    one, two = chat("one"), chat("two", "claude")
    one.join()
    two.join("--role", "coordinator")
    shutil.rmtree(repo / ".evt" / "cache")
    assert "you are worker-A" in said(one.hook("start"))
    assert "you are coordinator-A" in said(two.hook("start"))
    assert chat("three").hook("start") == {}


def test_a_chat_that_joins_anew_gives_its_old_name_and_task_back(chat: NewChat, evt: Evt) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    one = chat("one")
    one.join()
    one.shell("next", "--as", "worker-A")
    assert one.join() == "worker-B"
    (left,) = events(evt, "WorkerLeft")
    assert left["subject"] == "worker-A"
    assert evt("status", "--json").json["tasks"][0]["status"] == "pending"


@pytest.mark.parametrize(
    "text", ["evt-chat-1-000000000000", "evt-chat-99-0123456789ab", "evt-chat-x-0", "evt-chat-"]
)
def test_a_code_that_no_join_made_ties_nobody(text: str, chat: NewChat, repo: Path) -> None:
    before = listing(repo)
    one = chat("one")
    assert one.hook("post", **one.output(f"chat code {text}")) == {}
    assert listing(repo) == before


def test_the_code_of_join_is_in_its_json_as_well(chat: NewChat, evt: Evt) -> None:
    one = chat("one")
    done, _ = one.shell("join", "--json")
    assert done.json["code"] == code(done.json["receipts"][-1])
    assert "you are worker-A" in said(one.hook("start"))


@given(st.text(max_size=80), st.text(max_size=80), st.integers(1, 10**15), st.binary(min_size=32))
def test_a_code_is_found_in_whatever_surrounds_it(
    before: str, after: str, sequence: int, hash: bytes
) -> None:
    made = code({"sequence": sequence, "hash": hash.hex()})
    printed = f"{before}\nchat code {made} (for the hooks of this chat; nothing to do)\n{after}"
    for text in (printed, json.dumps({"output": printed})):
        assert code_in(text) == made
    as_json = f'{before}{{"name":"worker-A","code":"{made}","receipts":[]}}{after}'
    for text in (as_json, json.dumps(as_json), json.dumps({"output": json.dumps(as_json)})):
        assert code_in(text) == made


@given(st.text(max_size=80), st.integers(1, 10**15), st.binary(min_size=32))
def test_a_code_that_join_did_not_print_is_none(before: str, sequence: int, hash: bytes) -> None:
    made = code({"sequence": sequence, "hash": hash.hex()})
    for around in (f"{before} {made}", f'"id":"{made}"', f'\\"causationid\\":\\"{made}\\"'):
        assert code_in(around) is None


def test_a_chat_that_only_looks_at_the_log_is_told_nothing_and_leaves_no_trace(
    chat: NewChat, evt: Evt, repo: Path
) -> None:
    """Given worker-A, when another chat reads the raw log, then that is no business of evt's."""
    chat("one").join()
    before = listing(repo)
    other = chat("other")
    log = next((repo / ".evt" / "log").iterdir()).read_text()
    for text in (log, evt("log", "--json").out, evt("log").out):
        assert other.hook("post", **other.output(text), tool_input={"command": "cat x"}) == {}
    assert listing(repo) == before


def test_what_somebody_else_s_join_printed_is_passed_over_when_it_is_only_read(
    chat: NewChat, evt: Evt
) -> None:
    """Given a transcript with a used code, when worker-B reads it, then it stays worker-B."""
    one, two = chat("one"), chat("two")
    joined, _ = one.shell("join")
    assert two.join() == "worker-B"
    told = two.hook("post", **two.output(joined.out), tool_input={"command": "cat transcript"})
    assert told == {}
    assert "you are worker-B" in said(two.hook("start"))


@given(st.text(min_size=1))
def test_a_session_becomes_one_name_inside_its_folder(session: str) -> None:
    name = name_of(session)
    assert name and "/" not in name and "\0" not in name and name not in (".", "..")
    assert len(name) <= 64
    assert name == name_of(session)


def test_a_chat_that_was_tied_during_a_lock_reaches_the_log(
    chat: NewChat, evt: Evt, repo: Path
) -> None:
    """Given a lock as the code is seen, then the next hook of any chat appends whose it is."""
    one, two = chat("one"), chat("two")
    shown = one.output(evt("join").out)
    with locked(repo):
        one.hook("post", tool_name="Shell", **shown)
        two.hook("post", tool_name="Shell", **shown)  # the code is taken, even now
    assert events(evt, "Noted") == []
    two.hook("post", tool_name="Shell", **shown)
    (noted,) = events(evt, "Noted")
    assert noted["data"]["extra"]["session"] == "one"
    assert two.hook("start") == {}
    assert "you are worker-A" in said(one.hook("start"))


ESCAPES = ["\x1b[1m", "\x1b[0;38;5;12m", "\x1b[K", "\\u001b[1m", "\\\\u001b[32m"]


@pytest.mark.parametrize("escape", ESCAPES)
def test_colours_do_not_hide_a_code(escape: str) -> None:
    text = f"chat code {escape}evt-chat-12-0123456789ab{escape}\n"
    assert code_in(text) == "evt-chat-12-0123456789ab"
