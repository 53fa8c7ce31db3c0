"""The end of a turn: what a chat does next, if there is anything; else it is let go."""

from __future__ import annotations

import os

from evt.cli import waiting
from evt.cli.hosts import words
from evt.cli.hosts.binding import is_current
from evt.cli.hosts.patience import waiting_for
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


class Said:
    """What a chat is told to do next; without `text` it may rest.

    `about` is equal for what would be the same message again, whatever words it is in. `given`:
    work came with it, so that the log has gone on and the chat has to hear of it.
    """

    __slots__ = ("about", "given", "text")

    def __init__(self, about: str = "", text: str = "", given: bool = False) -> None:
        self.about = about
        self.text = text
        self.given = given


def last_words(log: FileLog, chat: Chat, life: Life) -> Said:
    """What the chat is told to do next."""
    state = log.state()
    if not is_current(chat, state):
        return Said()
    if chat.role == "coordinator":
        return _for_coordinator(log, chat)
    name = life.task_at_hand()
    live = state.head["live"].get(name or "")
    task = state.task(name) if name and live and not live["free"] else None
    if task is None:
        return _next_task(log, chat)
    refused = task["attempts"][-1]["findings"]
    text = (words.not_accepted if refused else words.go_on)(task, chat.worker)
    return Said(text, text)


def _next_task(log: FileLog, chat: Chat) -> Said:
    """Claim what there is, or comes while the hook may wait."""
    from evt.cli.packing import packed_text

    worker, before = chat.worker, log.state()
    resumed = {name for name, live in before.head["live"].items() if live["free"]}
    try:
        with waiting_for(chat, seconds := wait_seconds()):
            reply = waiting.claimed(log, Next(worker), seconds)
    except Refusal:
        return Said()
    task = reply.result["task"]
    what = "your question was answered; go on" if task in resumed else "your next task"
    text = f"{worker}, {what}:\n{packed_text(log, reply, worker)}"
    return Said(f"{task} {reply.result['attempt']} {reply.state.sequence}", text, given=True)


def _for_coordinator(log: FileLog, chat: Chat) -> Said:
    """Questions that are the coordinator's to answer, a failed task, or the end of it all."""
    from evt.cli.verbs.inbox import DONE, in_words, look

    name, state = chat.worker, log.state()
    if state.head["project"] is None or not sum(state.head["counts"].values()):
        return Said()  # it is still talking with the engineer about what is to be done
    with waiting_for(chat, seconds := wait_seconds()):
        found, code = look(log, name, seconds)
    if code == DONE:
        return Said(
            "done",
            f"{name}: everything has ended. Sum up for the engineer: evt review --brief   then: "
            "evt metrics   and let the chat rest",
        )
    asked = sorted(question["id"] for question in found["questions"])
    if not asked and not found["failed"]:
        return Said()
    about = " ".join(["asked", *asked, "failed", *sorted(found["failed"])])
    return Said(about, f"{name}, this needs you:\n{in_words(found, name)}")
