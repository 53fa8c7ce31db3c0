"""The shop floor: hands out work to connected workers and tells coordinators what happens.

Everything that answers a client and changes the log happens in its turn (`turn`), so that messages
go out in the order of the events. What others did (shells, hooks, the page) is heard from the feed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

from evt.cli.output import tell
from evt.cli.server import work
from evt.cli.server.desk import Desk
from evt.cli.server.feed import Feed, Raw
from evt.cli.server.news import news
from evt.cli.server.room import Client, Room
from evt.cli.sweeping import next_lease, swept
from evt.eventlog.catalog import ADVICE, SECOND
from evt.eventlog.clock import now_us
from evt.eventlog.commands import Emit
from evt.eventlog.decide.draft import log_now
from evt.eventlog.errors import EvtError, Refusal
from evt.eventlog.evolve.attempts import policy
from evt.eventlog.line import Event, decode
from evt.eventlog.state import State

BEAT_SECONDS = 30.0  # a live socket is a sign of life at least so often, if nothing else is
TICK_SECONDS = 1.0
OWN_MAX = 10_000


class Floor:
    """Work for the clients of one room."""

    def __init__(self, desk: Desk, feed: Feed, room: Room) -> None:
        self.desk = desk
        self.feed = feed
        self.room = room
        self.turn = asyncio.Lock()
        self._own: dict[int, None] = {}  # sequences whose news was told already
        self._said: str | None = None
        self._stir = asyncio.Event()  # a task was handed out: its lease may be short

    def was_told(self, receipts: list[dict[str, Any]]) -> None:
        """Coordinators need not hear of these events again."""
        self._own |= {receipt["sequence"]: None for receipt in receipts}
        while len(self._own) > OWN_MAX:
            del self._own[next(iter(self._own))]

    # handing out; call with the turn held

    async def give(self, client: Client) -> None:
        """Answer a worker that asks: its task, or that there is none."""
        worker = client.worker
        if worker is not None and not client.gone:
            self._hand(client, worker, await self.desk.do(lambda log: work.give(log, worker)))

    async def serve(self) -> None:
        """Push what is new to every connected worker, those that came first first.

        One that timed out gets nothing more until it speaks: it would hold up the next task too.
        """
        awake = {name: one for name, one in self.room.workers().items() if not one.asleep}
        known = {name: client.told for name, client in awake.items()}
        if known:
            found = await self.desk.do(lambda log: work.gifts(log, known))
            for name, gift in found.items():
                client = self.room.worker(name)
                if client is not None:
                    self._hand(client, name, gift)

    def _hand(self, client: Client, worker: str, gift: work.Gift) -> None:
        client.outbox.put(gift.message)
        client.told = gift.held
        self._stir.set()
        if gift.assigned and gift.held is not None:
            self.was_told(gift.assigned)
            self.room.tell_coordinators("task_assigned", taskId=gift.held[0], workerId=worker)

    async def hand_in(self, command: Emit, report: Any, client: Client | None) -> None:
        """Let the gate look at a report and give it to the log; raises EvtError if it is refused.

        Takes the turn itself, as the gate may need minutes. `client` is its worker's, if connected.
        """
        await self.desk.judged(command)
        async with self.turn:
            reply = await self.desk.submit(command)
            new = [one for one in reply.receipts if not one.get("repeated")]
            self.was_told([one for one in new if one["type"] != "Escalated"])
            if client is not None:
                client.put("task_complete_ack", taskId=command.subject)
            if new:
                self.room.tell_coordinators(
                    "task_complete", taskId=command.subject, workerId=command.actor, report=report
                )
            if client is not None:
                await self.give(client)

    # hearing what others did

    async def follow(self, head: int) -> None:
        """Hear every event above `head`, until cancelled."""
        more = asyncio.Event()
        forget = self.feed.on_change(more.set)
        try:
            while True:
                more.clear()
                lines: list[Raw] = []
                with self._reported():
                    lines = await self.feed.after(head)
                if not lines:
                    await more.wait()
                    continue
                head = lines[-1][0]
                self.desk.grown(head)
                async with self.turn:
                    await self._hear(lines)
        finally:
            forget()

    async def _hear(self, lines: list[Raw]) -> None:
        with self._reported():
            changed = False
            for sequence, raw in lines:
                event = decode(raw)
                await self._observe(event)
                changed = changed or event.type not in ("Heartbeat", "Noted")
                if sequence in self._own:
                    del self._own[sequence]
                else:
                    await self._news(event)
            if changed:
                await self.serve()

    async def _observe(self, event: Event) -> None:
        """What an event means for the worker it is about, whoever wrote it."""
        if event.type == "Escalated" and event.data.get("kind") not in ADVICE:
            for other in self.room:
                if other.told is not None and other.told[0] == event.subject:
                    other.told = None  # parked: when it is answered, its worker hears of it again
        if event.type == "TimedOut":
            silent = self.room.worker(event.data["worker"])
            if silent is not None:
                silent.asleep = silent.told == (event.subject, event.data["attempt"])
        if event.type == "WorkerLeft":
            self._left(event)
        if event.type == "TaskCancelled":
            await self._cancelled(event)

    def _left(self, event: Event) -> None:
        """A socket loses its name, unless it came to it after this."""
        left = self.room.worker(event.subject or "")
        if left is not None and event.sequence > left.since:
            taken = event.data.get("reason") == "takeover"
            how = "was taken over" if taken else "has left"
            self.room.forget(left)
            left.put("error", error=f"{event.subject} {how}", code="superseded")

    async def _cancelled(self, event: Event) -> None:
        """Tell the workers that had the task or asked about it."""
        task, data = event.subject or "", event.data
        asked = await self.desk.look(lambda log: work.askers(log.state(), task, event.sequence))
        for name, client in self.room.workers().items():
            held = client.told is not None and client.told[0] == task
            if held:
                client.told = None
            if held or name in asked:
                client.put("resolved", taskId=task, action="cancel", answer=data["reason"])

    async def _news(self, event: Event) -> None:
        message = news(event)
        if message is not None:
            self.room.tell_news(event.sequence, message)
        if event.type == "Resolved":
            await self._answered(event)

    async def _answered(self, event: Event) -> None:
        """Tell the worker that asked."""
        task, question = event.subject or "", event.data.get("escalation", "")
        found = await self.desk.look(lambda log: work.asker(log.state(), task, question))
        client = self.room.worker(found or "")
        if client is not None:
            client.put("resolved", taskId=task, **event.data)

    # what time brings

    async def tick(self) -> None:
        """Sweep, keep connected workers alive and push what became possible, until cancelled."""
        while True:
            wait = TICK_SECONDS
            with self._reported():
                state = await self.desk.do(lambda log: swept(log, "evt"))
                async with self.turn:
                    wait = min(wait, next_lease(state), await self._beat(state))
                    await self.serve()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._stir.wait()
            self._stir.clear()

    async def _beat(self, state: State) -> float:
        """A live socket is a sign of life, but not for ever; returns seconds until the next one."""
        wait = BEAT_SECONDS
        for name, client in self.room.workers().items():
            told = client.told
            if told is None:
                continue
            left = _until_due(state, told)
            if left <= 0:
                beat = Emit(name, "Heartbeat", told[0], {"attempt": told[1], "source": "socket"})
                with contextlib.suppress(Refusal):  # superseded meanwhile: it will be told
                    await self.desk.submit(beat)
            wait = min(wait, max(0.05, left))
        return wait

    @contextlib.contextmanager
    def _reported(self) -> Iterator[None]:
        """What fails in the background is said, and tried again."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  the server goes on whatever it is
            said = error.message if isinstance(error, EvtError) else f"a defect of evt: {error!r}"
            if said != self._said:
                tell(f"evt serve: {said}")
            self._said = said


def _until_due(state: State, told: work.Held) -> float:
    """Seconds until the attempt needs a sign of life; long if a socket does not count for it."""
    live = state.head["live"].get(told[0])
    row = state.task(told[0])
    if live is None or live["n"] != told[1] or row is None or live["waiting"]:
        return BEAT_SECONDS
    log_us, attempt = log_now(state, now_us()), row["attempts"][-1]
    if log_us - attempt["spoke"] >= policy(state, "maxSilentSeconds") * SECOND:
        return BEAT_SECONDS
    return min(BEAT_SECONDS, live["lease"] / 3) - (log_us - attempt["last"]) / SECOND
