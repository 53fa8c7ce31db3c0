"""Whole runs as chats live them: payloads in, answers out, the shell calls that the rules name."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import Evt
from tests.hosts.host import Chat, NewChat, events

WORDS = "A sentence about what the parser does and why it is done in two passes over the text. "
LONG = "# Summary\n\n" + "\n\n".join(WORDS.strip() for _ in range(8)) + "\n"
SUMMARY = "\n\n".join(
    f"Part {number} reads its input once, checks it, and hands {number * 7} values to part "
    f"{number + 1}, which never looks back at what came before it."
    for number in range(1, 8)
)


def task(number: int) -> dict[str, object]:
    """Return a task file as the coordinator's rule shows it."""
    return {
        "id": f"task-{number:03d}",
        "type": "summary",
        "description": f"Summarise docs/part-{number}.md",
        "context": {
            "targetFiles": [f"docs/part-{number}.md"],
            "outputFiles": [f"docs/summaries/part-{number}.md"],
        },
        "acceptance": {"checks": [{"check": "word_count", "min": 100, "max": 300}]},
        "estimateSeconds": 60,
    }


def coordinator(chat: NewChat, repo: Path, count: int) -> Chat:
    """Play a coordinator up to the applied plan; one prompt, one question, one yes."""
    one = chat("coordinator")
    one.prompt(f"Create tasks for: generate summaries of {count} files")
    assert one.join("--role", "coordinator") == "coordinator-A"
    for number in range(1, count + 1):
        source = repo / "docs" / f"part-{number}.md"
        source.parent.mkdir(exist_ok=True)
        source.write_text(f"# Part {number}\n\n" + "It does a great deal. " * 30 + "\n")
        one.write(f"tasks/task-{number:03d}.json", json.dumps(task(number)))
    one.shell("plan", "tasks/", "--as", "coordinator-A")
    assert one.stop() == ""  # it asks: Proceed with this split?
    one.prompt("yes")
    one.shell("plan", "tasks/", "--apply", "--as", "coordinator-A")
    return one


def work(one: Chat, text: str, name: str) -> str:
    """Do the task in the text as its pack says, report it; return the task."""
    lines = text.splitlines()
    task_id = next(line.split(",")[0] for line in lines if line.startswith("task-"))
    output = next(line for line in lines if line.startswith("write: ")).removeprefix("write: ")
    one.write(output, f"# {task_id}\n\n{SUMMARY}\n")
    one.shell("emit", "Completed", task_id, "--score", "5", "--notes", "as asked", "--as", name)
    return task_id


@pytest.mark.slow
def test_phase_1_three_summaries_with_at_most_one_prompt_per_task(
    chat: NewChat, evt: Evt, repo: Path, project: None
) -> None:
    """Given one goal, when a coordinator and one worker play it, then three files are there."""
    lead = coordinator(chat, repo, 3)
    worker = chat("worker")
    worker.prompt("Connect as worker and start task loop")
    name = worker.join()
    pack, _ = worker.shell("next", "--as", name)
    done = [work(worker, pack.out, name)]
    while text := worker.stop():
        done.append(work(worker, text, name))
    assert sorted(done) == ["task-001", "task-002", "task-003"]
    lead.shell("inbox", "--wait", "1", "--as", "coordinator-A", check=7)

    completed = events(evt, "Completed")
    assert [event["data"]["contextEfficiencyScore"] for event in completed] == [5, 5, 5]
    for event in completed:
        (handed,) = event["data"]["deliverables"]
        assert len((repo / handed["path"]).read_text().split()) > 100
    prompts = [e for e in events(evt, "Intervened") if e["data"]["kind"] == "prompt"]
    assert len(prompts) <= 3
    assert len(prompts) == 0  # all that was typed came before the work began
    assert evt("verify").code == 0


@pytest.mark.slow
@pytest.mark.parametrize(("host", "count"), [("cursor", 10), ("claude", 3), ("codex", 3)])
def test_a_worker_finishes_all_tasks_without_a_prompt(
    host: str, count: int, chat: NewChat, evt: Evt, repo: Path, project: None
) -> None:
    """Given many tasks, when the stop hook alone keeps a worker going, then all get done."""
    lines = [
        {"type": "TaskCreated", "subject": t["id"], "data": t}
        for t in map(task, range(1, count + 1))
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    evt("emit", "--batch", "-", as_="engineer", input=text)
    worker = chat("worker", host)
    worker.prompt("Connect as worker and start task loop")
    name = worker.join()
    done = []
    while text := worker.stop():
        assert text.startswith("[evt] worker-A, your next task:\n")
        done.append(work(worker, text, name))
    assert len(done) == len(set(done)) == count
    assert Counter(event["type"] for event in events(evt))["Completed"] == count
    assert events(evt, "Intervened") == []
    assert evt("verify").code == 0


def test_a_coordinator_answers_a_question_itself_without_a_prompt(
    chat: NewChat, evt: Evt, repo: Path, project: None
) -> None:
    """Given a worker that asks, then both go on by their hooks alone."""
    lead = coordinator(chat, repo, 1)
    worker = chat("worker")
    worker.prompt("Connect as worker")
    name = worker.join()
    worker.shell("next", "--as", name)
    worker.shell("emit", "Escalated", "task-001", "--question", "A or B?", "--as", name)
    assert worker.stop() == ""  # nothing else to do

    asked = lead.stop()
    assert asked.startswith("[evt] coordinator-A, this needs you:\ntask-001 (blocked")
    assert "A or B?" in asked
    command = next(line.strip() for line in asked.splitlines() if "evt emit Resolved" in line)
    lead.shell(*command.replace("'...'", "B").split()[1:])  # as printed, with the answer put in

    answered = worker.stop()
    assert answered.startswith("[evt] worker-A, your question was answered; go on:\n")
    assert "A or B?" in answered and "answer (resume): B" in answered
    work(worker, answered, name)
    assert [event["actor"] for event in events(evt, "Resolved")] == ["coordinator-A"]
    kinds = {event["data"]["kind"] for event in events(evt, "Intervened")}
    assert kinds <= {"setup"}


def test_one_prompt_in_the_middle_of_a_task_is_counted_once_and_not_kept(
    chat: NewChat, evt: Evt, repo: Path, project: None
) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    worker = chat("worker")
    worker.prompt("Connect as worker")
    name = worker.join()
    worker.prompt("do not forget the tests")  # before its first task: still setting up
    worker.shell("next", "--as", name)
    worker.prompt("use the second variant, the password is hunter2")
    assert worker.hook("prompt", prompt="use the second variant, the password is hunter2") == {}
    found = [(e["data"]["kind"], e.get("subject")) for e in events(evt, "Intervened")]
    assert found == [("setup", None), ("prompt", "task-001")]
    everything = b"".join(p.read_bytes() for p in (repo / ".evt").rglob("*") if p.is_file())
    assert b"hunter2" not in everything and b"second variant" not in everything


def test_a_resumed_session_tells_who_it_is_and_its_first_prompt_is_setup(
    chat: NewChat, evt: Evt, project: None
) -> None:
    """Given a chat with a task, when it is opened again, then it knows its name and its task."""
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    worker = chat("worker", "claude")
    worker.prompt("Connect as worker")
    name = worker.join()
    worker.shell("next", "--as", name)
    answer = worker.hook("start", source="resume")
    specific = answer["hookSpecificOutput"]
    assert specific["hookEventName"] == "SessionStart"
    assert "you are worker-A (worker); task-001 is yours" in specific["additionalContext"]
    worker.prompt("go on")
    worker.prompt("faster")
    assert [e["data"]["kind"] for e in events(evt, "Intervened")] == ["setup", "prompt"]
    again, _ = worker.shell("next", "--as", name)
    assert "task-001, attempt 1" in again.out


def test_a_chat_that_forgot_its_name_is_asked_and_told(
    chat: NewChat, evt: Evt, project: None
) -> None:
    """Given a chat without --as, then it is not taken for the engineer, and hears its name."""
    worker = chat("worker")
    worker.join()
    before = evt("status", "--json").json["sequence"]
    refused, words = worker.shell("emit", "Noted", "--text", "x", check=2)
    assert "say who you are" in refused.err
    assert "you are worker-A: say --as worker-A in every call" in words
    assert evt("status", "--json").json["sequence"] == before


def test_a_closed_chat_frees_its_task_and_a_new_one_goes_on_with_it(
    chat: NewChat, evt: Evt, project: None
) -> None:
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    worker = chat("worker")
    name = worker.join()
    worker.shell("next", "--as", name)
    for _ in range(2):  # the same hook may run twice
        assert worker.hook("end", reason="user_close") == {}
    (left,) = events(evt, "WorkerLeft")
    assert left["data"]["reason"] == "session ended: user_close"
    assert "which has left. To go on: evt join worker-A" in str(worker.hook("start"))
    fresh = chat("fresh")
    other = fresh.join()
    assert "task-001, attempt 2" in fresh.shell("next", "--as", other)[0].out


def test_a_chat_that_pauses_is_told_how_to_resume_under_its_own_name(
    chat: NewChat, project: None
) -> None:
    lead = chat("lead")
    name = lead.join("--role", "coordinator")
    paused, _ = lead.shell("pause", "--as", name)
    assert paused.out.endswith(f"next: evt resume --as {name}\n")
    lead.shell(*paused.out.split("evt ")[1].split())
