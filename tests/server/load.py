"""The load of the load tests and the bench: subscribers, a stalled one, idle sockets, a writer."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import time

from websockets.asyncio.client import connect

from evt.cli.server.client import Client
from tests.conftest import ROOT
from tests.server.serving import Served

SUBSCRIBERS, IDLE = 20, 100
# Appends notes at a steady rate, each with the time at which its append began; says the last one.
WRITER = """
import sys, time
from tests.bench.box import note, open_log
log = open_log(sys.argv[1])
count, rate, size = int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
began = time.time()
for number in range(count):
    time.sleep(max(0, began + number / rate - time.time()))
    log.transact(note(f"{time.time():.6f} " + "x" * size))
print(log.head().sequence)
"""


@dataclass
class Load:
    """What was seen: per subscriber (sequence, event id); how late, in ms; memory, in MB.

    `stalled_dropped`: the one that never reads was cut off; not asked where the server was killed.
    """

    seen: list[list[tuple[int, str]]] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    last: int = 0
    stalled_dropped: bool = False
    grown_mb: float = 0.0

    @property
    def p99_ms(self) -> float:
        """The delay that 99 of 100 deliveries stay below."""
        return sorted(self.late_ms)[int(len(self.late_ms) * 0.99)]


def run(
    served: Served, seconds: float, rate: float, bytes: int,
    restart: Callable[..., Served] | None = None,
) -> Load:  # fmt: skip
    """Load a server for so long; with `restart` it is killed in the middle and comes back."""
    return asyncio.run(_run(served, seconds, rate, bytes, restart))


async def _run(
    served: Served, seconds: float, rate: float, bytes: int,
    restart: Callable[..., Served] | None,
) -> Load:  # fmt: skip
    load = Load()
    url = f"ws://127.0.0.1:{served.port}/"
    async with AsyncExitStack() as stack:
        for _ in range(IDLE):
            await stack.enter_async_context(connect(url, ping_interval=None))
        clients = [
            await stack.enter_async_context(Client(url, after=0)) for _ in range(SUBSCRIBERS)
        ]
        stalled = _stalled(served)
        before = memory_mb(served)
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, str(served.repo), str(int(seconds * rate)), str(rate),
            str(bytes), cwd=ROOT, stdout=subprocess.PIPE,
        )  # fmt: skip
        listening = [asyncio.create_task(_listen(load, client)) for client in clients]
        if restart is not None:
            await asyncio.sleep(seconds / 2)
            await asyncio.to_thread(served.kill)
            served = await asyncio.to_thread(restart, port=served.port)
        load.last = int((await writer.communicate())[0])
        end = asyncio.get_running_loop().time() + 20
        while min(map(len, load.seen)) < load.last and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.02)
        load.grown_mb = memory_mb(served) - before
        load.stalled_dropped = restart is not None or await asyncio.to_thread(_is_cut_off, stalled)
        stalled.close()
        for task in listening:
            task.cancel()
    return load


async def _listen(load: Load, client: Client) -> None:
    seen: list[tuple[int, str]] = []
    load.seen.append(seen)
    async for message in client.events():
        event = message["event"]
        seen.append((message["sequence"], event["id"]))
        if event["type"] == "Noted" and event["data"]["text"][:1].isdigit():
            load.late_ms.append((time() - float(event["data"]["text"].split(" ", 1)[0])) * 1000)


def _stalled(served: Served) -> socket.socket:
    from tests.server.test_streams import FOLLOW, deaf

    return deaf(served, FOLLOW)


def _is_cut_off(client: socket.socket) -> bool:
    from tests.server.test_streams import is_cut_off

    return is_cut_off(client)


def memory_mb(served: Served) -> float:
    """Resident memory of the server."""
    for line in Path(f"/proc/{served.ready['pid']}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
