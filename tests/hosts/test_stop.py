"""The end of a turn: the next task, the findings, an answer; or the chat is let go."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from evt.cli.hosts.chats import Chat as Remembered
from evt.cli.hosts.life import Life
from evt.cli.hosts.stopping import last_words
from evt.cli.waiting import is_waiting
from evt.eventlog.clock import now_us
from tests.cli.support import opened
from tests.conftest import EVT_BIN, Evt, evt_environment
from tests.hosts.host import Chat, NewChat, events


def new_task(evt: Evt, number: int, **more: Any) -> None:
    data = {"description": f"Do {number}", "context": {"outputFiles": [f"out-{number}.md"]}, **more}
    evt("emit", "TaskCreated", f"task-{number:03d}", "--data", json.dumps(data), as_="engineer")


def test_without_work_the_chat_is_let_go(joined: Chat, evt: Evt) -> None:
    """Given nothing, or nothing any more, then never a word of it: an idle chat costs nothing."""
    assert joined.stop() == ""
    evt("emit", "ProjectEnded", "--outcome", "done", as_="engineer")
    assert joined.stop() == ""


@pytest.mark.parametrize("status", ["aborted", "error", "", None, True, ["completed"]])
def test_a_chat_that_the_engineer_stopped_stays_stopped(
    status: Any, joined: Chat, evt: Evt
) -> None:
    new_task(evt, 1)
    assert joined.stop(status=status) == ""
    assert events(evt, "Assigned") == []


def test_a_stop_that_does_not_say_how_it_came_is_not_a_completed_one(
    joined: Chat, evt: Evt
) -> None:
    new_task(evt, 1)
    payload = joined.payload("stop")
    del payload["status"]
    done = evt("hook", "cursor", "stop", input=json.dumps(payload), env=joined.env)
    assert done.out == "{}\n"
    assert events(evt, "Assigned") == []


def test_a_task_in_hand_is_reminded_of_once(joined: Chat, evt: Evt) -> None:
    """Given a chat that stops in the middle and does nothing after being told, then it may rest."""
    new_task(evt, 1)
    assert "task-001, attempt 1: Do 1" in joined.stop()
    reminder = joined.stop()
    assert reminder.startswith("[evt] worker-A: task-001 (attempt 1) is still yours")
    assert joined.stop() == ""
    assert joined.stop() == ""
    joined.prompt("go on")
    assert joined.stop() == reminder


def test_the_same_stop_twice_is_one_stop(joined: Chat, evt: Evt) -> None:
    new_task(evt, 1)
    payload = joined.payload("stop")
    first = joined.hook("stop", **payload)
    second = joined.hook("stop", **payload)
    assert first == second and "task-001" in first["followup_message"]
    assert len(events(evt, "Assigned")) == 1


@pytest.mark.parametrize(
    ("host", "more"), [("codex", {}), ("claude", {}), ("claude", {"prompt_id": "p"})]
)
def test_stops_of_one_turn_come_to_an_end(
    host: str, more: dict[str, str], chat: NewChat, evt: Evt, project: None
) -> None:
    """Given a host that stays in its turn as it goes on, then it is told once, perhaps twice."""
    one = chat("worker", host)
    one.join()
    new_task(evt, 1)
    one.shell("next", "--as", "worker-A")
    said = [bool(one.hook("stop", stop_hook_active=n > 0, **more)) for n in range(10)]
    assert said[0]
    assert sum(said) <= 2 and not any(said[2:])


def test_the_same_stop_again_and_again_is_answered_twice(
    chat: NewChat, evt: Evt, project: None
) -> None:
    """Given a stop whose payload never changes, then its answer comes again once."""
    one = chat("worker", "claude")
    one.join()
    new_task(evt, 1)
    one.shell("next", "--as", "worker-A")
    assert [bool(one.hook("stop")) for _ in range(5)] == [True, True, False, False, False]


def test_a_stop_in_another_way_is_another_stop(joined: Chat, evt: Evt) -> None:
    """Given a turn that is aborted as it ends, then the answer to its end is not given again."""
    new_task(evt, 1)
    assert joined.hook("stop") != {}
    assert joined.hook("stop", status="aborted") == {}


@pytest.mark.parametrize("host", ["claude", "codex"])
def test_other_hosts_are_kept_going_in_their_own_words(
    host: str, chat: NewChat, evt: Evt, project: None
) -> None:
    one = chat("worker", host)
    one.join()
    new_task(evt, 1)
    answer = one.hook("stop")
    assert set(answer) == {"decision", "reason"}
    assert answer["decision"] == "block"
    assert answer["reason"].startswith("[evt] worker-A, your next task:\ntask-001")


def test_findings_of_the_gate_come_back_as_the_next_message(
    joined: Chat, evt: Evt, repo: Path
) -> None:
    """Given a refused report, then the chat is told what to fix, anew after each new report."""
    new_task(evt, 1)
    joined.stop()
    report = ("emit", "Completed", "task-001", "--score", "5", "--as", "worker-A")
    joined.shell(*report, check=5)
    text = joined.stop()
    assert "task-001 is not accepted yet (refusal 1 of attempt 1)" in text
    assert "out-1.md" in text and "evt check task-001 --as worker-A" in text
    assert joined.stop() == ""
    joined.shell(*report, check=5)
    assert "refusal 2 of attempt 1" in joined.stop()
    joined.write("out-1.md", "Now it is there, and it says what it has to say.\n")
    joined.shell(*report)
    assert joined.stop() == ""


def test_a_coordinator_without_tasks_is_left_to_talk_with_the_engineer(
    chat: NewChat, project: None
) -> None:
    one = chat("lead")
    one.join("--role", "coordinator")
    one.env = {"EVT_HOOK_WAIT": "3600"}  # it must not wait either
    assert one.stop() == ""


def test_at_the_end_the_coordinator_is_asked_to_sum_up_once(
    chat: NewChat, evt: Evt, project: None
) -> None:
    lead = chat("lead")
    lead.join("--role", "coordinator")
    new_task(evt, 1)
    evt("emit", "TaskCancelled", "task-001", "--reason", "not wanted", as_="engineer")
    assert "evt review --brief" in lead.stop()
    assert lead.stop() == ""


def test_the_hook_waits_for_work_and_wakes_as_it_comes(
    joined: Chat, evt: Evt, repo: Path, tmp_path: Path
) -> None:
    """Given a stop hook that may wait, when a task is created, then it answers with that task."""
    waiting = subprocess.Popen(
        [EVT_BIN, "hook", "cursor", "stop"], cwd=repo, text=True,
        env=evt_environment(tmp_path) | {"EVT_HOOK_WAIT": "50"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert waiting.stdin is not None
    waiting.stdin.write(json.dumps(joined.payload("stop")))
    waiting.stdin.close()
    waiting.stdin = None
    log = opened(repo)
    while not is_waiting(log, "worker-A"):
        assert waiting.poll() is None
    new_task(evt, 1)
    out, _ = waiting.communicate(timeout=20)
    assert "task-001, attempt 1" in json.loads(out)["followup_message"]


def asking(chat: NewChat, evt: Evt) -> Chat:
    """Return a coordinator whose worker has asked something."""
    lead, worker = chat("lead"), chat("worker")
    lead.join("--role", "coordinator")
    worker.join()
    new_task(evt, 1)
    worker.shell("next", "--as", "worker-A")
    worker.shell("emit", "Escalated", "task-001", "--question", "A or B?", "--as", "worker-A")
    return lead


def sent(lead: Chat, kind: str, **more: Any) -> bool:
    """Whether the host is given a text to go on with, and it goes on with it."""
    lead.turn = next(lead.turns)
    answer = lead.hook(kind, **more)
    return bool(answer.get("followup_message") or answer.get("reason"))


def test_one_open_question_is_told_once(chat: NewChat, evt: Evt, repo: Path, project: None) -> None:
    """Given a question, when the log goes on, then the coordinator may still rest."""
    lead = asking(chat, evt)
    assert sent(lead, "stop", loop_count=0)
    for loop in range(1, 4):
        evt("emit", "Noted", "--text", "x", as_="engineer")
        assert not sent(lead, "stop", loop_count=loop)
    evt("emit", "Escalated", "task-001", "--question", "C or D?", as_="engineer")
    assert sent(lead, "stop", loop_count=1)
    assert not sent(lead, "stop", loop_count=2)


def test_a_question_is_the_same_one_however_long_it_has_been_open(
    chat: NewChat, evt: Evt, repo: Path, project: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given what a question holds up, which grows by the minute, then only its words change."""
    asking(chat, evt)
    log, lead = opened(repo), Remembered(str(repo / ".evt"), "lead")
    monkeypatch.setenv("EVT_HOOK_WAIT", "0")
    now = last_words(log, lead, Life(log, lead))
    later_us = now_us() + 42 * 60_000_000
    monkeypatch.setattr("evt.cli.verbs.inbox.now_us", lambda: later_us)
    later = last_words(log, lead, Life(log, lead))
    assert now.text != later.text
    assert now.about == later.about


def forbid_writing(repo: Path) -> None:
    """Make the memory of the chats one that nothing can be put into, whoever tries."""
    for folder in (repo / ".evt" / "cache" / "chats").iterdir():
        (folder / "said").unlink(missing_ok=True)
        (folder / "said").mkdir()


def test_what_cannot_be_remembered_is_not_said_for_ever(
    chat: NewChat, evt: Evt, repo: Path, project: None
) -> None:
    """Given a cache that cannot be written, then a message that would be repeated is left out."""
    lead = asking(chat, evt)
    forbid_writing(repo)
    assert [sent(lead, "stop", loop_count=loop) for loop in range(1, 4)] == [False] * 3


def test_a_lost_memory_ends_a_row_of_messages(
    chat: NewChat, evt: Evt, repo: Path, project: None
) -> None:
    """Given a cache that is deleted again and again, then the host's own count is a brake."""
    lead = asking(chat, evt)
    said = []
    for loop in range(3):
        shutil.rmtree(repo / ".evt" / "cache")
        said.append(sent(lead, "stop", loop_count=loop))
    assert said == [True, False, False]


@pytest.mark.parametrize("value", ["", "x", "-5", "nan", "0", "1e400"])
def test_a_strange_wait_is_no_reason_to_fail(value: str) -> None:
    from evt.cli.hosts.stopping import WAIT_MAX, wait_seconds

    before = os.environ.get("EVT_HOOK_WAIT")
    os.environ["EVT_HOOK_WAIT"] = value
    try:
        assert 0 <= wait_seconds() <= WAIT_MAX
    finally:
        del os.environ["EVT_HOOK_WAIT"]
        if before is not None:
            os.environ["EVT_HOOK_WAIT"] = before
