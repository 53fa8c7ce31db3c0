"""The WebSocket protocol: what a client may say, and what it is answered.

Texts and names are those that the pattern's existing clients know; what they do not know comes in
further keys and further messages. `messages.py` has the schema of each.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from evt.cli.output import finding, tell
from evt.cli.requests import Request, prepared
from evt.cli.server import work
from evt.cli.server.floor import Floor
from evt.cli.server.room import Client
from evt.cli.service import Reply
from evt.cli.waiting import Presence
from evt.eventlog.errors import EvtError, InvalidInput
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.rawjson import loads

Message = dict[str, Any]
ROLES = ("coordinator", "worker")
WELCOME = "Connected to coordination server"


class Protocol:
    """Answers the messages of all clients; those of one client in order."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.desk = floor.desk
        self.room = floor.room
        self._answers: dict[str, Callable[[Client, Message], Awaitable[None]]] = {
            "register": self._register,
            "create_tasks": self._create_tasks,
            "request_task": self._request_task,
            "task_complete": self._task_complete,
            "status": self._status,
            "subscribe": self._subscribe,
            "heartbeat": self._heartbeat,
            "escalate": self._escalate,
            "resolve": self._resolve,
        }

    def welcome(self, client: Client) -> None:
        """Greet a client that has just connected."""
        client.put("connected", clientId=client.id, message=WELCOME)

    async def receive(self, client: Client, text: str | bytes) -> None:
        """Answer one message; whatever is wrong with it, the connection goes on."""
        try:
            message = loads(text)
        except InvalidInput as error:
            client.put("error", error=f"Invalid JSON message: {error.message}")
            return
        if not isinstance(message, dict):
            client.put("error", error="Invalid JSON message: it is not an object")
            return
        kind = message.get("type", "undefined")
        answer = self._answers.get(kind) if isinstance(kind, str) else None
        if answer is None:
            client.put("error", error=f"Unknown message type: {str(kind)[:100]}")
            return
        client.asleep = False
        try:
            await answer(client, message)
        except EvtError as error:
            client.put("error", **problem(error))
        except Exception as error:  # noqa: BLE001  one client's message must not end the server
            tell(f"evt serve: {kind}: {error!r}")
            client.put("error", error=f"a defect of evt: {error!r}")

    # the pattern's messages

    async def _register(self, client: Client, message: Message) -> None:
        role, worker = message.get("role"), message.get("workerId")
        if client.gone:
            return
        if role not in ROLES:
            client.put("error", error='Invalid role. Must be "coordinator" or "worker"')
        elif role == "coordinator":
            await self._register_coordinator(client, message)
        elif not isinstance(worker, str) or not worker:
            client.put("error", error="Worker must provide workerId")
        else:
            await self._register_worker(client, message, worker)

    async def _register_coordinator(self, client: Client, message: Message) -> None:
        project = _text(message, "projectId") or work.DEFAULT
        async with self.floor.turn:
            note = await self.desk.do(lambda log: work.open_project(log, project))
            self.room.forget(client)
            client.role, client.project = "coordinator", project
            client.since = await self.desk.do(work.head)
            self._registered(client, message, note)

    async def _register_worker(self, client: Client, message: Message, worker: str) -> None:
        named = _text(message, "projectId")
        takeover = message.get("takeover") is True
        async with self.floor.turn:
            other = self.room.worker(worker)
            if other not in (None, client) and not takeover:
                client.put(
                    "error", code="name_taken",
                    error=f"{worker} is connected already; say takeover: true to replace it",
                )  # fmt: skip
                return
            note = None
            if named:
                note = await self.desk.do(lambda log: work.open_project(log, named))
            joined = await self.desk.do(lambda log: work.join(log, worker, takeover))
            self._seat(client, other, worker, named)
            client.since = joined.state.sequence
            # after a takeover coordinators hear who has the task now like everybody else's
            self.floor.was_told([one for one in joined.receipts if one["type"] == "WorkerJoined"])
            self._registered(client, message, note)
            self.room.tell_coordinators("worker_registered", workerId=worker)
            await self.floor.give(client)

    def _seat(self, client: Client, other: Client | None, worker: str, project: str | None) -> None:
        """The name is this client's now."""
        if other is not None and other is not client:
            self.room.forget(other)
            other.put("error", error=f"{worker} was taken over", code="superseded")
        self.room.forget(client)
        client.role, client.worker = "worker", worker
        client.project = project or work.DEFAULT
        client.sit(Presence(FileLog(self.desk.layout), worker))

    def _registered(self, client: Client, message: Message, note: str | None) -> None:
        facts: Message = {"role": client.role, "projectId": client.project}
        named = message.get("workerId")
        if isinstance(named, str) and named:
            facts["workerId"] = named
        if note is not None:
            facts["message"] = note
        client.put("registered", **facts)

    async def _create_tasks(self, client: Client, message: Message) -> None:
        if client.role != "coordinator":
            client.put("error", error="Only coordinator can create tasks")
            return
        tasks = message.get("tasks")
        if not isinstance(tasks, list) or not tasks:
            client.put("error", error="tasks must be a non-empty array")
            return
        async with self.floor.turn:
            queued = await self.desk.do(lambda log: work.create(log, tasks, client.project))
            client.put("tasks_created", count=len(tasks), queued=queued)
            await self.floor.serve()

    async def _request_task(self, client: Client, _: Message) -> None:
        if client.worker is None:
            client.put("error", error="Only workers can request tasks")
            return
        async with self.floor.turn:
            await self.floor.give(client)

    async def _task_complete(self, client: Client, message: Message) -> None:
        if client.worker is None:
            client.put("error", error="Only workers can complete tasks")
            return
        task, report = message.get("taskId"), message.get("report")
        if not isinstance(task, str) or not task:
            raise InvalidInput("taskId required")
        if not isinstance(report, dict):
            raise InvalidInput(f"{task}: report has to be an object with taskId, workerId, status")
        report = {"taskId": task, "workerId": client.worker, **report}
        for key, mine in (("taskId", task), ("workerId", client.worker)):
            if report[key] != mine:
                raise InvalidInput(f"the report says {key} {report[key]!r}, not {mine!r}")
        attempt = _attempt(client, message, task)
        command = work.reported(report, attempt, message.get("attested"))
        await self.floor.hand_in(command, report, client)

    async def _status(self, client: Client, _: Message) -> None:
        found = await self.desk.look(lambda log: work.status(log.state()))
        there = "connected" if self.room.coordinators() else "disconnected"
        client.put("status_response", coordinator=there, **found)

    # ours

    async def _subscribe(self, client: Client, message: Message) -> None:
        after = message.get("after", 0)
        if type(after) is not int or after < 0:
            raise InvalidInput("after is a sequence: a whole number from 0 on")
        head = await self.desk.look(work.head)
        if after > head:
            raise InvalidInput(f"there is no event {after}, the last one is {head}")
        client.put("subscribed", after=after, head=head)
        client.outbox.follow(after)

    async def _heartbeat(self, client: Client, message: Message) -> None:
        if client.worker is None:
            client.put("error", error="Only workers can send heartbeats")
            return
        task = _task(client, message)
        data = _only(message, "note", "progress", "touched", "leaseSeconds", "window")
        attempt = _attempt(client, message, task)
        reply = await self._emit(client.worker, "Heartbeat", task, data, attempt)
        client.put("heartbeat_ack", taskId=task, **{"told": [], **reply.result})

    async def _escalate(self, client: Client, message: Message) -> None:
        actor = client.worker or (work.COORDINATOR if client.role == "coordinator" else None)
        if actor is None:
            client.put("error", error="Only workers and coordinator can escalate")
            return
        task = _task(client, message)
        data = _only(message, "kind", "question", "to", "details", "files", "with", "conflict")
        attempt = _attempt(client, message, task) if client.worker else None
        async with self.floor.turn:
            reply = await self._emit(actor, "Escalated", task, data, attempt)
            asked = [one for one in reply.receipts if one["type"] == "Escalated"]
            client.put("escalated", taskId=task, escalation=asked[-1]["id"], **data)
            if client.worker is not None:
                await self.floor.give(client)
            elif not asked[-1].get("repeated"):
                client.answered.add(asked[-1]["sequence"])

    async def _resolve(self, client: Client, message: Message) -> None:
        if client.role != "coordinator":
            client.put("error", error="Only coordinator can resolve")
            return
        task = _task(client, message)
        data = _only(message, "action", "answer", "escalation", "late")
        await self._emit(work.COORDINATOR, "Resolved", task, data)
        client.put("resolved", taskId=task, **data)

    async def _emit(
        self, actor: str, type: str, task: str, data: Message, attempt: int | None = None
    ) -> Reply:
        """Append one event through the same door as everybody; raises EvtError."""
        if attempt is not None:
            data = {**data, "attempt": attempt}
        command = await self.desk.judged(prepared(Request(type, task, data), actor))
        return await self.desk.submit(command)


def problem(error: EvtError) -> Message:
    """What a client is told of a refusal: all of it in `error`, and its parts."""
    more = [
        finding(one)
        for one in error.facts.get("results", [])
        if one["verdict"] != "passed" and one["message"] not in error.message
    ]
    said: Message = {"error": "\n".join([error.message, *more]), "code": error.code}
    if error.hint:
        said["hint"] = error.hint
    names = {"task": "taskId", "holder": "holder", "results": "results"}
    return said | {names[key]: value for key, value in error.facts.items() if key in names}


def _text(message: Message, key: str) -> str | None:
    """A text of the message, None if it is not there; raises InvalidInput if it is no text."""
    value = message.get(key)
    if value is not None and not isinstance(value, str):
        raise InvalidInput(f"{key} has to be a text")
    return value or None


def _task(client: Client, message: Message) -> str:
    """The task that the message is about: the one named, else the one the worker was told."""
    task = _text(message, "taskId") or (client.told[0] if client.told else None)
    if task is None:
        raise InvalidInput("taskId required")
    return task


def _attempt(client: Client, message: Message, task: str) -> int | None:
    """The attempt named, else the one that the worker was told of, else None."""
    if "attempt" in message:
        if type(message["attempt"]) is not int:
            raise InvalidInput("attempt is a whole number")
        return int(message["attempt"])
    return client.told[1] if client.told is not None and client.told[0] == task else None


def _only(message: Message, *keys: str) -> Message:
    """These keys of the message, as far as they are there."""
    return {key: message[key] for key in keys if key in message}
