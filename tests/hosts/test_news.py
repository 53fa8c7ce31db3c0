"""What the log has for a chat is said at once and once, whatever else the chat works on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Evt
from tests.hosts.host import Chat, NewChat, events, just_heard, said


def assigned(evt: Evt, name: str, *more: str) -> None:
    """Create a task and push it to worker-A."""
    evt("emit", "TaskCreated", name, "--description", f"do {name}", *more, as_="engineer")
    evt("emit", "Assigned", name, "--worker", "worker-A", as_="engineer")


def looked(one: Chat) -> str:
    """A tool that only looks has run, seconds after the last sign of life; what the chat hears."""
    just_heard(one.repo)
    return said(one.hook("post", tool_name="Read", tool_input={"file_path": "a.md"}))


def test_a_pushed_task_is_said_and_no_sign_of_life_is_given_for_it(joined: Chat, evt: Evt) -> None:
    """Given a task that the chat has not asked for, then hooks do not take it in its place."""
    assigned(evt, "task-001")
    joined.hook("pre", tool_name="Shell")
    words = said(joined.hook("post", tool_name="Shell"))
    assert words == "[evt] task-001 is yours now: evt next --as worker-A"
    assert said(joined.hook("post", tool_name="Shell")) == ""
    joined.hook("edit", file_path=str(joined.repo / "a.md"))
    joined.prompt("go on")
    (task,) = evt("status", "--json").json["tasks"]
    assert (task["status"], task["lastSeen"]) == ("assigned", None)
    joined.shell("next", "--as", "worker-A")
    (task,) = evt("status", "--json").json["tasks"]
    assert task["status"] == "in-progress"
    before = len(events(evt, "Heartbeat"))
    joined.hook("pre", tool_name="Shell")
    assert len(events(evt, "Heartbeat")) == before + 1


def test_at_the_end_of_a_turn_a_pushed_task_comes_with_its_pack(joined: Chat, evt: Evt) -> None:
    assigned(evt, "task-001")
    assert "worker-A, your next task:\ntask-001, attempt 1: do task-001" in joined.stop()
    assert evt("status", "--json").json["tasks"][0]["status"] == "in-progress"


def test_a_task_pushed_beside_the_one_at_hand_waits_for_its_end(busy: Chat, evt: Evt) -> None:
    assigned(evt, "task-002")
    assert "task-002 is yours as well: when task-001 is reported" in looked(busy)
    assert "task-001 (attempt 1) is still yours" in busy.stop()


def test_a_cancelled_task_is_said_although_another_one_was_assigned(busy: Chat, evt: Evt) -> None:
    busy.hook("pre", tool_name="Shell")
    evt("emit", "TaskCancelled", "task-001", "--reason", "not wanted", as_="engineer")
    assigned(evt, "task-002")
    evt("next", "--as", "worker-A")  # taken: hooks give signs of life for it from now on
    busy.hook("pre", tool_name="Shell")
    words = said(busy.hook("post", tool_name="Shell"))
    assert "task-001" in words and "cancelled" in words


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (("TaskCancelled", "--reason", "not wanted"), "cancelled"),
        (("TaskRevised", "--changed", '{"description":"e"}', "--reason", "r"), "was revised"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_news_are_not_throttled_with_the_signs_of_life(
    what: tuple[str, ...], says: str, busy: Chat, evt: Evt
) -> None:
    """Given a host that shows no beginning of a tool, then its end brings news all the same."""
    looked(busy)
    assert looked(busy) == ""
    type, *flags = what
    evt("emit", type, "task-001", *flags, as_="engineer")
    assert says in looked(busy)
    before = len(events(evt))
    assert looked(busy) == ""
    assert len(events(evt)) == before


def test_two_revisions_are_two_messages(busy: Chat, evt: Evt) -> None:
    for number in ("1", "2"):
        evt("emit", "TaskRevised", "task-001", "--changed", f'{{"description":"{number}"}}',
            "--reason", "better", as_="engineer")  # fmt: skip
        busy.hook("pre", tool_name="Shell")
        assert "task-001 was revised" in said(busy.hook("post", tool_name="Shell"))


def test_an_answer_is_told_once_in_a_message(busy: Chat, evt: Evt) -> None:
    """Given a second task at hand, when a question on the first is answered, then it is one line.

    The log tells it with every sign of life until the worker is back on it.
    """
    busy.shell("emit", "Escalated", "task-001", "--question", "A or B?", "--as", "worker-A")
    evt("emit", "TaskCreated", "task-002", "--description", "d", as_="engineer")
    busy.shell("next", "--as", "worker-A")
    evt("emit", "Resolved", "task-001", "--action", "resume", "--answer", "B", as_="engineer")
    busy.hook("pre", tool_name="Shell")
    words = said(busy.hook("post", tool_name="Shell"))
    assert words.count("your question on task-001 was answered") == 1
    busy.hook("pre", tool_name="Shell")
    busy.hook("pre", tool_name="Shell")
    assert said(busy.hook("post", tool_name="Shell")) == ""


def test_signs_of_life_of_others_are_no_news(busy: Chat, chat: NewChat, evt: Evt) -> None:
    """Given a log that grows by nothing else, then a tool call is answered without loading it."""
    from evt.cli.hosts.growth import end_of, has_news

    folder = str(busy.repo / ".evt")
    place = end_of(folder)
    evt("emit", "Heartbeat", "task-001", "--note", '"type":"Noted"', as_="worker-A")
    assert not has_news(folder, place)
    evt("emit", "Noted", "--text", '"type":"Heartbeat"')
    assert has_news(folder, place)
    assert has_news(folder, "") and has_news(folder, "x 1") and has_news(folder, "0 0")
    assert not has_news(folder, end_of(folder))


def test_a_search_ends_where_a_line_ends(tmp_path: Path) -> None:
    from evt.cli.hosts.growth import search

    (tmp_path / "log").mkdir()
    first, second = (tmp_path / "log" / f"{number:016d}.jsonl" for number in (1, 3))
    first.write_bytes(b'{"a":1}\n{"b":1}\n')
    second.write_bytes(b'{"a":2}\n{"a":1')  # the rest of the last line is still to come
    pair = ((b'"a":1', b'"b":1'),)
    found, place = search(str(tmp_path), f"{1:016d} 0", pair)
    assert (found, place) == (False, f"{3:016d} 8")
    second.write_bytes(b'{"a":2}\n{"a":1,"b":1}\n')
    assert search(str(tmp_path), place, pair)[0]
