"""One running server: binds, says so in the log, works, and ends when nothing is left to serve."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import resource
import socket
from collections.abc import Coroutine
from time import monotonic
from typing import Any

from aiohttp import web

from evt.cli.output import tell
from evt.cli.server import work
from evt.cli.server.access import Access
from evt.cli.server.desk import Desk
from evt.cli.server.feed import Feed
from evt.cli.server.floor import Floor
from evt.cli.server.place import Place
from evt.cli.server.protocol import Protocol
from evt.cli.server.reports import Reports
from evt.cli.server.room import Room
from evt.cli.server.streams import Streams
from evt.cli.server.web import Web
from evt.eventlog.commands import Server
from evt.eventlog.errors import EvtError, LogIO, NoLog, Usage
from evt.eventlog.log.layout import Layout

HOST = "127.0.0.1"
IDLE_SECONDS = 1800.0  # without an open project the server ends
CONNECTIONS_MAX = 512  # of any kind; streams have a limit of their own
SEND_BUFFER = 32 << 10  # bytes: a client that takes nothing is felt soon
SEGMENT = 8 << 10  # bytes: with one of 64 KiB, as loopback has, each buffer waits for a late answer
KEEP_ALIVE = 75.0
FORBIDDEN = (
    errno.EPERM, errno.EACCES, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.ENETUNREACH,
    errno.EHOSTUNREACH,
)  # fmt: skip


class Live:
    """The live server of one log. `idle_seconds`: how long it outlives the last open project."""

    def __init__(
        self,
        layout: Layout,
        place: Place,
        *,
        run_commands: bool = False,
        require_token: bool = False,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.layout = layout
        self.place = place
        self.run_commands = run_commands
        self.require_token = require_token
        self.idle_seconds = idle_seconds
        self.desk = Desk(layout, run_commands)
        self.feed = Feed(layout, self._feed_failed)
        self.room = Room()
        self.floor = Floor(self.desk, self.feed, self.room)
        self.streams = Streams(self.feed, Protocol(self.floor), self.room)
        self._over: asyncio.Future[str] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._announced = False
        self._facts: dict[str, Any] = {}
        self._complaint: str | None = None

    async def start(self, port: int) -> dict[str, Any]:
        """Listen; returns {url, port, pid, link, readOnly}. Raises LogIO or Usage if it cannot."""
        _more_files()
        listener = listen(port)
        self.port = listener.getsockname()[1]
        self.access = Access(self.place.token(), self.port, self.require_token)
        self._over = asyncio.get_running_loop().create_future()
        head = await self.desk.look(work.head)
        self.feed.start(head)
        facts = {"pid": os.getpid(), "runCommands": self.run_commands}
        app = Web(self.access, self.desk, self.streams, facts).application()
        self._runner = web.AppRunner(
            app, access_log=None, logger=_quiet(), keepalive_timeout=KEEP_ALIVE,
            shutdown_timeout=1.0,
        )  # fmt: skip
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, sock=listener)
        await _reaches_itself(self.port)
        await self._announce()
        for part in (self.floor.follow(head), self.floor.tick(), self._stay(),
                     Reports(self.layout, self.floor).watch()):  # fmt: skip
            self._tasks.append(asyncio.create_task(self._part(part)))
        running = {"url": f"http://{HOST}:{self.port}", "port": self.port, "pid": os.getpid()}
        flags = {"require-token": self.require_token, "run-commands": self.run_commands}
        self._facts = {**running, "flags": [name for name, on in flags.items() if on]}
        self.place.announce(self._facts)
        link = f"{running['url']}/?key={self.access.link()}"
        return {**running, "link": link, "readOnly": self.desk.trouble}

    def _connection(self) -> asyncio.BaseProtocol:
        """A connection that is one too many is closed at once."""
        server = self._runner.server
        assert server is not None
        return server() if len(server.connections) < CONNECTIONS_MAX else _Refused()

    async def _part(self, part: Coroutine[Any, Any, None]) -> None:
        """A part that fails ends the server with a reason, instead of leaving half of one."""
        try:
            await part
        except Exception as error:  # noqa: BLE001  whatever it is, it is said
            self.end(f"a defect of evt: {error!r}")

    async def _announce(self) -> None:
        """Put ServerStarted into the log; one that cannot be written is served read-only."""
        try:
            await self.desk.submit(Server(True, {"host": HOST, "port": self.port}))
            self._announced = True
        except EvtError as error:
            if error.message != self._complaint:
                tell(f"evt serve: read-only: {error.message}")
            self._complaint = error.message

    async def _stay(self) -> None:
        """End some time after the last open project."""
        since = monotonic()
        while True:
            with contextlib.suppress(EvtError):
                state = await self.desk.look(lambda log: log.state())
                if state.head["project"] is not None:
                    since = monotonic()
            if not self._announced:
                await self._announce()
            if self.place.running() is None:  # the disk was full
                self.place.announce(self._facts)
            if monotonic() - since >= self.idle_seconds:
                self.end(f"no project was open for {round(self.idle_seconds / 60)} minutes")
            await asyncio.sleep(min(5.0, self.idle_seconds / 4))

    def end(self, reason: str) -> None:
        """Let the server end; may be called more than once."""
        if self._over is not None and not self._over.done():
            self._over.set_result(reason)

    def _feed_failed(self, error: EvtError | None) -> None:
        self.desk.trouble = error.message if error is not None else None
        if isinstance(error, NoLog):
            self.end("the log went away")

    async def over(self) -> str:
        """Wait until it is to end; returns why."""
        assert self._over is not None
        return await self._over

    async def stop(self, reason: str) -> None:
        """Say goodbye to every client and to the log."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        self.feed.stop()
        await self.streams.goodbye(f"Server is shutting down: {reason}")
        with contextlib.suppress(EvtError):
            await self.desk.submit(Server(False, {"reason": reason}))
        self.place.announce(None)
        await self._runner.cleanup()
        self.place.release()


class _Refused(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            transport.abort()


def listen(port: int) -> socket.socket:
    """A socket on loopback; raises Usage for a port that is taken, LogIO where none is allowed."""
    try:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        with contextlib.suppress(OSError):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Usage(
                f"port {port} is taken by another program", "evt serve --port 0  (any free one)"
            ) from None
        raise _no_loopback(error) from None
    listener.setblocking(False)
    return listener


async def _reaches_itself(port: int) -> None:
    """Some sandboxes let a program listen, but nobody connect."""
    try:
        async with asyncio.timeout(5):
            _, writer = await asyncio.open_connection(HOST, port)
    except OSError as error:  # TimeoutError is one
        raise _no_loopback(error) from None
    writer.close()


def _no_loopback(error: OSError) -> EvtError:
    why = error.strerror or "no answer"
    if error.errno in FORBIDDEN or isinstance(error, TimeoutError):
        return LogIO(
            f"loopback is forbidden here ({why}), as in many sandboxes: there is no live server. "
            "Nothing else depends on it",
            "evt watch  (or run evt serve in a terminal of your own)",
        )
    return LogIO(f"cannot listen on {HOST}: {why}; nothing else depends on the server", "evt watch")


def _quiet() -> logging.Logger:
    """What broken requests look like is of no use to anybody; our own defects are printed."""
    logger = logging.getLogger("evt.serve")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    return logger


def _more_files() -> None:
    """Allow as many open files as connections may need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * CONNECTIONS_MAX
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
