"""What hooks say to a chat: short, true, and always with the next call."""

from __future__ import annotations

from evt.cli.output import finding, one_line
from evt.eventlog.forms import signed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.cli.hosts.chats import Chat
    from evt.eventlog.rows import TaskRow
    from evt.eventlog.state import State

LINE = 400  # characters of one sentence that somebody else wrote
FINDINGS = 12


def refused(message: str, hint: str) -> str:
    """A refusal of the log, as a chat has to hear it."""
    return one_line(message, LINE) + (f"; run: {hint}" if hint else "")


def heard(result: dict[str, Any]) -> list[str]:
    """What the log answered to a sign of life."""
    return [one_line(line, LINE) for line in result.get("told", ())]


def answered(task: TaskRow, worker: str) -> str:
    """The last answer to a question of this task."""
    answers = [question["answer"] for question in task["questions"] if question["resolved"]]
    said = f": {one_line(answers[-1], LINE)}" if answers and answers[-1] else ""
    go_on = f"go on with it: evt next --as {worker}"
    return f"your question on {task['id']} was answered{said}; {go_on}"


def pushed(task: str, worker: str, at_hand: str | None) -> str:
    """A task that was given to the worker and that it has not seen yet."""
    call = f"evt next --as {worker}"
    if at_hand is None:
        return f"{task} is yours now: {call}"
    return f"{task} is yours as well: when {at_hand} is reported, {call}"


def welcome(chat: Chat, state: State, current: bool) -> str:
    """Who this chat is, for one that begins again and remembers nothing."""
    worker, row = chat.worker, state.get(f"w/{chat.worker}")
    if not current:
        if row is not None and row["joined"]:
            return f"evt: you were {worker}; another chat is {worker} now. To work on: evt join"
        return f"evt: you were {worker}, which has left. To go on: evt join {worker}"
    if chat.role == "coordinator":
        questions = len(state.head["questions"])
        asked = f"; {questions} open questions" if questions else ""
        return (
            f"evt: you are {worker} (coordinator){asked}. Follow the coordinator text of evt. "
            f"next: evt inbox --wait 540 --as {worker}"
        )
    held = [task for task, live in state.head["live"].items() if live["worker"] == worker]
    open_task = f"; {held[0]} is yours" if held else ""
    return (
        f"evt: you are {worker} (worker){open_task}. Follow the worker text of evt. "
        f"next: evt next --as {worker} --wait 540"
    )


def not_accepted(task: TaskRow, worker: str) -> str:
    """The findings of the gate, as the next message of the chat."""
    attempt = task["attempts"][-1]
    name = task["id"]
    which = f"refusal {attempt['refusals']} of attempt {attempt['n']}"
    report = f"evt emit Completed {name} --score N {signed(worker, attempt['n'])}"
    lines = [
        f"{worker}: {name} is not accepted yet ({which}). Fix what is listed, then report again.",
        *_listed(attempt["findings"]),
        f"next: evt check {name} --as {worker}   then: {report}",
    ]
    return "\n".join(lines)


def _listed(results: list[dict[str, Any]]) -> Iterator[str]:
    open_ones = [result for result in results if result["verdict"] != "passed"]
    for result in open_ones[:FINDINGS]:
        yield "  " + one_line(finding(result), LINE)
    if open_ones[FINDINGS:]:
        yield f"  and {len(open_ones) - FINDINGS} more"


def go_on(task: TaskRow, worker: str) -> str:
    """The chat ended its turn in the middle of a task."""
    name, n = task["id"], task["attempts"][-1]["n"]
    me = signed(worker, n)
    return (
        f"{worker}: {name} (attempt {n}) is still yours and not reported. Go on, then:\n"
        f"  evt emit Completed {name} --score N --notes '...' {me}\n"
        f"  stuck: evt emit Escalated {name} --question '...' {me}\n"
        f"  cannot be done: evt emit Failed {name} --reason '...' {me}"
    )
