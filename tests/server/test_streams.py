"""Streams of events: in order, without gap or repeat, whatever happens to log, server or client."""

from __future__ import annotations

import asyncio
import json
import select
import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from evt.eventlog.log.layout import create
from tests.cli.support import opened, raw
from tests.conftest import Evt
from tests.eventlog.log.logs import note
from tests.server.conftest import Serve
from tests.server.serving import Peer, Served, peer

LOG_ID = "0190a0a0-0000-7000-8000-000000000000"


def append(repo: Path, count: int, text: str = "n") -> int:
    """Append notes by another process's hand; returns the last sequence."""
    log = opened(repo)
    for number in range(count):
        log.transact(note(f"{text} {number}"))
    return log.head().sequence


async def events(client: Peer, until: int) -> list[dict[str, Any]]:
    """The next events up to a sequence."""
    found: list[dict[str, Any]] = []
    while not found or found[-1]["sequence"] < until:
        message = await client.hear()
        assert message["type"] == "event", message
        found.append(message)
    return found


def test_a_subscriber_gets_what_was_and_what_comes(serve: Serve, log: Path) -> None:
    """Given old events, when more come, then each comes once, in order, byte for byte."""
    append(log, 20)
    served = serve()

    async def play() -> None:
        async with peer(served) as client:
            await client.say("subscribe", after=5)
            assert await client.hear() == {"type": "subscribed", "after": 5, "head": 21}
            old = await events(client, 21)
            last = await asyncio.to_thread(append, log, 10)
            new = await events(client, last)
            assert [m["sequence"] for m in old + new] == list(range(6, last + 1))
            stored = [json.loads(line) for line in raw(log).splitlines()]
            assert [m["event"] for m in old + new] == stored[5:]
            await client.say("subscribe", after=last - 1)
            assert (await client.hear())["type"] == "subscribed"
            assert [m["sequence"] for m in await events(client, last)] == [last]

    asyncio.run(play())


def test_a_client_resumes_where_it_was_when_the_server_was_killed(serve: Serve, log: Path) -> None:
    served = serve()

    async def first(served: Served) -> int:
        async with peer(served) as client:
            await client.say("subscribe")
            await client.hear()
            return (await events(client, await asyncio.to_thread(append, log, 5)))[-1]["sequence"]

    async def second(served: Served, after: int) -> list[int]:
        async with peer(served) as client:
            await client.say("subscribe", after=after)
            head = (await client.hear())["head"]
            return [message["sequence"] for message in await events(client, head)]

    seen = asyncio.run(first(served))
    served.kill()
    append(log, 5)
    found = asyncio.run(second(serve(), seen))
    assert found == list(range(seen + 1, seen + 7))  # the five, and ServerStarted


def test_rotation_and_a_torn_tail_are_no_gap(
    repo: Path, tmp_path: Path, evt: Evt, serve: Serve
) -> None:
    """Given small segments and a writer that died in the middle, then the stream goes on."""
    for path in sorted((repo / ".evt" / "log").glob("*")):
        path.unlink()
    (repo / ".evt" / "config.json").unlink()
    create(str(repo / ".evt"), LOG_ID, 4096)
    served = serve()

    async def play() -> None:
        async with peer(served) as client:
            await client.say("subscribe")
            await client.hear()
            last = await asyncio.to_thread(append, repo, 40)
            found = await events(client, last)
            newest = max((repo / ".evt/log").glob("*.jsonl"))
            with newest.open("ab") as file:
                file.write(b'{"specversion":"1.0","id":"half')
            last = await asyncio.to_thread(append, repo, 5)
            found += await events(client, last)
            assert [m["sequence"] for m in found] == list(range(1, last + 1))
            kinds = [m["event"]["type"] for m in found]
            assert kinds.count("TailQuarantined") == 1
            assert kinds.count("SegmentSealed") >= 3

    asyncio.run(play())


def stream(served: Served, path: str, **headers: str) -> tuple[HTTPConnection, HTTPResponse]:
    connection = HTTPConnection("127.0.0.1", served.port, timeout=15)
    connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    return connection, connection.getresponse()


def told(answer: HTTPResponse) -> Iterator[tuple[int, Any]]:
    """Events of a stream: id and data."""
    number = 0
    while line := answer.readline():
        if line.startswith(b"id: "):
            number = int(line[4:])
        elif line.startswith(b"data: "):
            yield number, json.loads(line[6:])


def test_server_sent_events_resume_after_the_last_event_id(serve: Serve, log: Path) -> None:
    served = serve()
    last = append(log, 10)
    connection, answer = stream(served, "/api/events?after=2")
    assert answer.getheader("Content-Type") == "text/event-stream"
    found = [next(it) for it in [told(answer)] for _ in range(last - 2)]
    assert [number for number, _ in found] == list(range(3, last + 1))
    assert all(int(data["sequence"]) == number for number, data in found)
    connection.close()
    last = append(log, 3)
    connection, answer = stream(served, "/api/events?after=2&words=1", Last_Event_ID=str(last - 2))
    number, data = next(told(answer))
    assert number == last - 1
    assert data["words"] == "engineer noted on the project: n 1"
    connection.close()


@pytest.mark.parametrize(
    ("after", "status"), [("x", 400), ("-1", 400), ("1" * 30, 400), ("9999", 409)]
)
def test_a_stream_from_nowhere_is_refused(standing: Served, after: str, status: int) -> None:
    assert standing.ask("GET", f"/api/events?after={after}")[0] == status


FOLLOW = b"GET /api/events?after=0 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
STATUS = b"\x81\x91\0\0\0\0" + b'{"type":"status"}'  # a text frame, masked with zeros


def deaf(served: Served, request: bytes) -> socket.socket:
    """A client that never reads what it asked for."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", served.port))
    client.sendall(request % served.port)
    return client


def is_cut_off(client: socket.socket) -> bool:
    """Whether the server ends the connection although nothing was read."""
    poll = select.poll()
    poll.register(client, select.POLLERR)
    return bool(poll.poll(20_000))


def test_a_client_that_asks_much_and_takes_nothing_is_dropped(serve: Serve) -> None:
    """Given a client that only ever sends, when too many answers wait, then it is cut off."""
    served = serve()
    asking = deaf(served, UPGRADE)
    asking.settimeout(20)
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        for _ in range(10_000):
            asking.sendall(STATUS * 100)
    asking.close()
    assert served.ask("GET", "/api/now")[0] == 200
