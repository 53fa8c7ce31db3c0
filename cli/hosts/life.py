"""Signs of life of a chat, from what its host shows, and what the chat has to hear in return."""

from __future__ import annotations

from evt.cli.hosts import growth, words
from evt.cli.hosts.binding import is_current
from evt.cli.requests import Request, prepared
from evt.cli.service import submit
from evt.eventlog.catalog import SIGN_EVERY
from evt.eventlog.decide.choosing import held_task, held_tasks
from evt.eventlog.errors import Refusal
from evt.eventlog.evolve.attempts import attempt_of
from evt.eventlog.log.lookup import position_at
from evt.eventlog.rawjson import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.cli.hosts.chats import Chat
    from evt.eventlog.log.filelog import FileLog
    from evt.eventlog.state import State


class Life:
    """The chat's worker in the log: what it holds, and whether that is still its own."""

    __slots__ = ("chat", "log")

    def __init__(self, log: FileLog, chat: Chat) -> None:
        self.log = log
        self.chat = chat

    def task_at_hand(self) -> str | None:
        """The task that the chat works on, else one that waits for an answer."""
        state, worker = self.log.state(), self.chat.worker
        parked = (task for task, who in state.head["parked"].items() if who == worker)
        return self._taken(state) or next(parked, None)

    def _taken(self, state: State) -> str | None:
        """The task of which the worker knows: one that was pushed is not begun before `next`."""
        held = held_tasks(state, self.chat.worker)
        return next((name for name in held if _is_taken(state, name)), None)

    def beat(self, source: str, more: dict[str, Any] | None = None) -> bool:
        """Append a sign of life with the touched files; False if there is nothing it is about."""
        state, worker = self.log.state(), self.chat.worker
        if (lost := self._lost()) is not None:
            self._hear([lost])
        task = self._taken(state) if is_current(self.chat, state) else None
        live = state.head["live"].get(task or "")
        if task is None or (live is not None and live["free"]):
            self.chat.take_touched()  # nobody's: what was changed belongs to no attempt
            return False
        row = state.task(task)
        assert row is not None
        n = row["attempts"][-1]["n"]
        paths = self.chat.take_touched()
        data = {"attempt": n, "source": source, **(more or {})}
        if paths:
            data["touched"] = paths
        try:
            reply = submit(self.log, prepared(Request("Heartbeat", task, data), worker))
        except Refusal as refusal:
            self._hear([words.refused(refusal.message, refusal.hint)])
            return False
        except BaseException:
            self.chat.touch(paths)
            raise
        if "revised" in reply.result:
            self.chat.forget("told")  # in the same words as the last revision, and yet new
        self._hear(words.heard(reply.result))
        live = reply.state.head["live"].get(task)  # gone if the sign led to a blocking question
        self.chat.beaten(min(SIGN_EVERY, live["lease"] // 2) if live else SIGN_EVERY)
        self.chat.mark("task", f"{task} {n}")
        self.begin()
        return True

    def has_to_hear(self) -> bool:
        """Whether the log has something for the worker that it says only to a sign of life."""
        state = self.log.state()
        task = self._taken(state) if is_current(self.chat, state) else None
        row = state.task(task) if task else None
        if row is None:
            return False
        attempt = row["attempts"][-1]
        answered = any(q["resolved"] > attempt["told"] and q["action"] for q in row["questions"])
        return answered or attempt["revision"] < row["revision"]

    def _hear(self, lines: list[str]) -> None:
        """Keep what the log says to the worker: it says it once, and not each hook can pass it on.

        It is said by the next hook that can.
        """
        if lines:
            kept = self.chat.noted("heard").splitlines()
            self.chat.mark("heard", "\n".join(dict.fromkeys([*kept, *lines])))

    def heard(self) -> list[str]:
        """What is kept, to be said now."""
        lines = self.chat.noted("heard").splitlines()
        if lines:
            self.chat.forget("heard")
        return lines

    def news(self) -> Iterator[str]:
        """What the chat should hear in the middle of its turn; nothing most of the time."""
        state, worker = self.log.state(), self.chat.worker
        if not is_current(self.chat, state):
            row = state.get(f"w/{worker}")
            if row is not None and row["joined"]:
                yield f"another chat is {worker} now: stop, and run evt join for a name of your own"
            return
        yield from self.heard()
        lost = self._lost()
        if lost is not None:
            yield lost
        holds = held_task(state, worker)
        live = state.head["live"].get(holds or "")
        row = state.task(holds) if holds and live and live["free"] else None
        if row is not None:  # it has no other task whose signs of life would be answered with this
            yield words.answered(row, worker)
        at_hand = self._taken(state)
        for name in held_tasks(state, worker):
            if not _is_taken(state, name):
                yield words.pushed(name, worker, at_hand)

    def _lost(self) -> str | None:
        """Words for the chat if what it works on was taken from it, by log and not by itself."""
        task_name, _, number = self.chat.noted("task").partition(" ")
        state, worker = self.log.state(), self.chat.worker
        task = state.task(task_name) if task_name else None
        attempt = attempt_of(task, int(number)) if task and number.isdecimal() else None
        if task is None or attempt is None or attempt["state"] != "closed":
            return None
        self.chat.forget("task")
        if attempt["failed"] or attempt["worker"] != worker:
            return None
        data = {"attempt": attempt["n"], "source": "hook"}
        try:  # the log says best what became of it; a sign of life of a lost attempt is not stored
            submit(self.log, prepared(Request("Heartbeat", task_name, data), worker))
        except Refusal as refusal:
            return words.refused(refusal.message, refusal.hint)
        return None

    def has_begun(self) -> bool:
        """Whether this conversation has had a task; a coordinator: has made one."""
        if self.chat.has("begun"):
            return True
        begun = held_task(self.log.state(), self.chat.worker) is not None or self._had_one()
        if begun:
            self.begin()
        return begun

    def begin(self) -> None:
        """Remember that it has."""
        if not self.chat.has("begun"):
            self.chat.mark("begun")

    def look_for_begin(self) -> None:
        """Remember that it has, if that is seen at once: it may be over when it is asked."""
        if held_task(self.log.state(), self.chat.worker) is not None:
            self.begin()

    def _had_one(self) -> bool:
        """Search the log since the join, each time from where the last search ended."""
        chat, folder = self.chat, self.log.layout.folder
        name = dumps(chat.worker)
        wanted = (
            (b'"type":"Assigned"', b'"worker":' + name),
            (b'"type":"TaskCreated"', b'"actor":' + name),
        )
        place = chat.noted("searched")
        if not place:
            start = position_at(self.log.layout, chat.join)
            place = f"{start.segment:016d} {start.offset}"
        found, place = growth.search(folder, place, wanted)
        chat.mark("searched", place)
        return found


def _is_taken(state: State, name: str) -> bool:
    """Whether the holder of a task has given a sign of life on it."""
    row = state.task(name)
    return row is not None and row["attempts"][-1]["lastAt"] is not None
