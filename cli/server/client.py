"""A client of the live server that comes back: it reconnects, registers again, and resumes.

    async with Client("ws://127.0.0.1:3100/", role="worker", worker="worker-A") as client:
        message = await client.hear()

Events of a subscription come once and in order, whatever happens to the connection or the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any, Self

import aiohttp

from evt.cli.server.streams import MESSAGE_MAX

Message = dict[str, Any]
PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)  # seconds between two tries, the last one again and again
EVENT_MAX = 2 * MESSAGE_MAX  # a line of the log has at most 1 MiB, the message a little more
TOO_LATE = 5.0  # seconds in which a connection has to be greeted


class Client:
    """One name at the server, over as many connections as it takes.

    `role` is worker (with `worker`, its name) or coordinator (with `project`), or None to look on.
    `token` is needed where the server asks local programs for it. `after`: the last event that was
    seen; None: events are not wanted.
    """

    def __init__(
        self,
        url: str,
        *,
        role: str | None = None,
        worker: str | None = None,
        project: str | None = None,
        token: str | None = None,
        after: int | None = None,
    ) -> None:
        self.url = url
        self.after = after
        self.connections = 0
        facts = {"role": role, "workerId": worker, "projectId": project}
        self._register = {key: value for key, value in facts.items() if value is not None}
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._connected = asyncio.Event()
        self._heard: asyncio.Queue[Message] = asyncio.Queue()
        self._events: asyncio.Queue[Message] = asyncio.Queue(1000)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        self._running = asyncio.create_task(self._run())
        await self._connected.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._running
        await self._session.close()

    async def say(self, type: str, **facts: Any) -> None:
        """Send a message; waits for a connection if there is none now."""
        while True:
            await self._connected.wait()
            socket = self._socket
            if socket is not None:
                with contextlib.suppress(ConnectionError):
                    await socket.send_str(json.dumps({"type": type, **facts}))
                    return
            await asyncio.sleep(PAUSES[0])

    async def hear(self) -> Message:
        """The next message that is no event."""
        return await self._heard.get()

    async def until(self, *types: str) -> Message:
        """The next message of one of these types; what comes before it is passed over."""
        while (message := await self.hear())["type"] not in types:
            pass
        return message

    async def events(self) -> AsyncIterator[Message]:
        """The events above `after`, each once and in order: {sequence, event}."""
        while True:
            yield await self._events.get()

    async def _run(self) -> None:
        """Connect again and again, a little later after each try that led to nothing."""
        tries = 0
        while True:
            try:
                async with self._session.ws_connect(
                    self.url, headers=self._headers, max_msg_size=EVENT_MAX
                ) as socket:
                    await self._begin(socket)
                    tries = 0
                    await self._read(socket)
            except (aiohttp.ClientError, ConnectionError, TimeoutError):
                pass
            self._connected.clear()
            self._socket = None
            await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
            tries += 1

    async def _begin(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Be greeted, say who this is and from where events are wanted."""
        await socket.receive_json(timeout=TOO_LATE)
        if self._register:
            await socket.send_json({"type": "register", **self._register})
        if self.after is not None:
            await socket.send_json({"type": "subscribe", "after": self.after})
        self.connections += 1
        self._socket = socket
        self._connected.set()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for text in socket:
            if text.type != aiohttp.WSMsgType.TEXT:
                continue
            message = text.json()
            if message["type"] != "event":
                await self._heard.put(message)
            elif self.after is not None and message["sequence"] == self.after + 1:
                self.after += 1
                await self._events.put(message)
