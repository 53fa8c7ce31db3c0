"""The end of a turn: what a chat does next, if there is anything; else it is let go."""

from __future__ import annotations

import os

from evt.cli import waiting
from evt.cli.hosts import deadline, words
from evt.cli.hosts.binding import is_current
from evt.eventlog.commands import Next
from evt.eventlog.errors import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.hosts.chats import Chat
    from evt.cli.hosts.life import Life
    from evt.eventlog.log.filelog import FileLog

WAIT, WAIT_MAX = 60.0, 3600.0


def wait_seconds() -> float:
    """Seconds that a stop hook may wait for work, from EVT_HOOK_WAIT."""
    try:
        given = float(os.environ.get("EVT_HOOK_WAIT") or WAIT)
    except ValueError:
        return WAIT
    return min(WAIT_MAX, given) if given > 0 else 0.0  # also for a NaN


def last_words(log: FileLog, chat: Chat, life: Life) -> str:
    """What the chat is told to do next; empty if it may rest."""
    state = log.state()
    if not is_current(chat, state):
        return ""
    if chat.role == "coordinator":
        return _for_coordinator(log, chat.worker)
    name = life.task_at_hand()
    live = state.head["live"].get(name or "")
    task = state.task(name) if name and live and not live["free"] else None
    if task is None:
        return _next_task(log, chat.worker)
    if task["attempts"][-1]["findings"]:
        return words.not_accepted(task, chat.worker)
    return words.go_on(task, chat.worker)


def _next_task(log: FileLog, worker: str) -> str:
    """Claim what there is, or comes while the hook may wait."""
    from evt.cli.packing import packed_text

    before = log.state()
    resumed = {name for name, live in before.head["live"].items() if live["free"]}
    try:
        with deadline.paused():
            reply = waiting.claimed(log, Next(worker), wait_seconds())
    except Refusal:
        return ""
    again = reply.result["task"] in resumed
    what = "your question was answered; go on" if again else "your next task"
    return f"{worker}, {what}:\n{packed_text(log, reply, worker)}"


def _for_coordinator(log: FileLog, name: str) -> str:
    """Questions that are the coordinator's to answer, a failed task, or the end of it all."""
    from evt.cli.verbs.inbox import DONE, in_words, look

    state = log.state()
    if state.head["project"] is None or not sum(state.head["counts"].values()):
        return ""  # it is still talking with the engineer about what is to be done
    with deadline.paused():
        found, code = look(log, name, wait_seconds())
    if code == DONE:
        return (
            f"{name}: everything has ended. Sum up for the engineer: evt review --brief   then: "
            "evt metrics   and let the chat rest"
        )
    if not found["questions"] and not found["failed"]:
        return ""
    return f"{name}, this needs you:\n{in_words(found, name)}"
