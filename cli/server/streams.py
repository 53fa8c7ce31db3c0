"""The connections that stay open: WebSockets and server-sent events, each with its outbox."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Coroutine, Iterator
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

from aiohttp import WSMsgType, web

from evt.cli.output import tell
from evt.cli.server import work
from evt.cli.server.feed import Feed, Raw
from evt.cli.server.outbox import Dropped, Outbox
from evt.cli.server.protocol import Protocol
from evt.cli.server.room import Client, Room
from evt.eventlog.errors import EvtError
from evt.eventlog.line import decode
from evt.eventlog.rawjson import dumps
from evt.projections.story import words

STREAMS_MAX = 256  # WebSockets and event streams together
MESSAGE_MAX = 1 << 20  # bytes
WRITE_AHEAD = 16 << 10  # bytes that wait for a slow client in this process
PENDING_MAX = 4  # messages of one client that wait to be answered
ALIVE_SECONDS = 15.0  # a comment keeps an event stream from looking dead
GOODBYE_SECONDS = 1.0


def as_messages(lines: list[Raw]) -> list[bytes]:
    """Events as messages of the protocol."""
    return [b'{"type":"event","sequence":%d,"event":%b}' % line for line in lines]


def as_stream(lines: list[Raw]) -> list[bytes]:
    """Events as server-sent events, the stored line as data."""
    return [b"".join(b"id: %d\ndata: %b\n\n" % line for line in lines)]


def as_told(lines: list[Raw]) -> list[bytes]:
    """The same with the event in words beside it."""
    told = ((number, dumps(words(decode(raw))), raw) for number, raw in lines)
    return [b"".join(b'id: %d\ndata: {"words":%b,"event":%b}\n\n' % one for one in told)]


class Streams:
    """All open streams of a server."""

    def __init__(self, feed: Feed, protocol: Protocol, room: Room) -> None:
        self.feed = feed
        self.protocol = protocol
        self.room = room
        self._open = 0
        self._sockets: dict[web.WebSocketResponse, Client] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """Talk to one client until one of both ends it."""
        if self._open >= STREAMS_MAX:
            return _full()
        socket = web.WebSocketResponse(
            timeout=GOODBYE_SECONDS,
            compress=False,
            writer_limit=1,
            max_msg_size=MESSAGE_MAX + 1,  # the library refuses what reaches this
        )
        with self._counted():
            await socket.prepare(request)
            _write_little_ahead(request)
            outbox = Outbox(self.feed, lambda text: socket.send_str(text.decode()), as_messages)
            client = Client(outbox)
            self._sockets[socket] = client
            self.room.enter(client)
            self.protocol.welcome(client)
            try:
                await self._until_over(request, outbox.run(), self._receive(socket, client))
            finally:
                self.room.leave(client)
                del self._sockets[socket]
                await socket.close()
        return socket

    async def _receive(self, socket: web.WebSocketResponse, client: Client) -> None:
        """Read on while an answer takes its time: a connection that ends is noticed at once."""
        pending: asyncio.Queue[Any] = asyncio.Queue(PENDING_MAX)
        answers = self._start(self._answer(pending, client))
        try:
            async for message in socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    await pending.put(message.data)
        finally:
            try:
                pending.put_nowait(None)
            except asyncio.QueueFull:
                answers.cancel()

    async def _answer(self, pending: asyncio.Queue[Any], client: Client) -> None:
        """Answer in order; what a client said before it went away counts."""
        while (text := await pending.get()) is not None:
            await self.protocol.receive(client, text)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events above `after` or Last-Event-ID; `words=1` adds them in words."""
        given = request.headers.get("Last-Event-ID") or request.query.get("after") or "0"
        if not given.isascii() or not given.isdecimal() or len(given) > 16:
            raise web.HTTPBadRequest(text="after is a sequence: a whole number from 0 on")
        after, head = int(given), await self.protocol.desk.look(work.head)
        if after > head:  # of another log, or lost with the power: whoever follows begins anew
            raise web.HTTPConflict(text=f"there is no event {after}, the last one is {head}")
        if self._open >= STREAMS_MAX:
            return _full()
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        with self._counted():
            await stream.prepare(request)
            _write_little_ahead(request)
            shape = as_told if request.query.get("words") else as_stream
            outbox = Outbox(self.feed, stream.write, shape)
            outbox.put_text(b"retry: 1000\n\n")
            outbox.follow(after)
            await self._until_over(request, outbox.run(), _keep_alive(outbox))
        return stream

    async def _until_over(self, request: web.Request, *parts: Coroutine[Any, Any, None]) -> None:
        """Run until the first part ends; a client that takes nothing is cut off."""
        tasks = [self._start(part) for part in parts]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                    task.result()
        except (Dropped, EvtError) as error:  # it may come back and resume
            tell(f"evt serve: dropped a client: {error}")
            _cut_off(request)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, part: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(part)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def goodbye(self, message: str) -> None:
        """Tell every client that the server ends, then let go of all of them."""
        closing = [self._close(socket, client, message) for socket, client in self._sockets.items()]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2 * GOODBYE_SECONDS):
                await asyncio.gather(*closing, return_exceptions=True)
        for task in list(self._running):
            task.cancel()

    async def _close(self, socket: web.WebSocketResponse, client: Client, message: str) -> None:
        client.put("server_shutdown", message=message)
        async with asyncio.timeout(GOODBYE_SECONDS):
            await client.outbox.flush()
        await socket.close(code=1001)

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1


async def _keep_alive(outbox: Outbox) -> None:
    while True:
        await asyncio.sleep(ALIVE_SECONDS)
        outbox.put_text(b":\n\n")


def _write_little_ahead(request: web.Request) -> None:
    """Feel soon that a client takes nothing."""
    transport = request.transport
    if isinstance(transport, asyncio.WriteTransport):
        transport.set_write_buffer_limits(high=WRITE_AHEAD)


def _cut_off(request: web.Request) -> None:
    """End the connection at once, and what waits for it in the kernel as well."""
    if request.transport is not None:
        socket = request.transport.get_extra_info("socket")
        if socket is not None:
            socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()


def _full() -> web.Response:
    return web.Response(status=503, text=f"more than {STREAMS_MAX} connections are open")
