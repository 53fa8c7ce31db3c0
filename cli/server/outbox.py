"""What one client is to be sent: in order, bounded, and never more than it takes.

Messages wait in a short queue; events are pulled from the feed by sequence. A client that takes
nothing for a while, or for whom too much waits, is dropped: it can come back and resume.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from evt.cli.output import json_bytes
from evt.cli.server.feed import Feed, Raw

QUEUE_MAX = 256  # messages
STALLED = 5.0  # seconds that one send may take
AT_ONCE = 32  # events that are put into form here; more of them in a thread

Shape = Callable[[list[Raw]], list[bytes]]


class Dropped(Exception):
    """The client does not take what it is sent; the text says what was seen."""


class Outbox:
    """The sending half of a connection; `run` ends with Dropped or when the connection breaks."""

    def __init__(self, feed: Feed, send: Callable[[bytes], Awaitable[None]], shape: Shape) -> None:
        self._feed = feed
        self._send = send
        self._shape = shape
        self._queue: deque[bytes] = deque()
        self._full = False
        self._more = asyncio.Event()
        self._cursor: int | None = None
        self._forget = feed.on_change(self._more.set)

    def put(self, message: dict[str, Any]) -> None:
        """Send a message after those that wait."""
        self.put_text(json_bytes(message))

    def put_text(self, text: bytes) -> None:
        """Send this as it stands."""
        if len(self._queue) >= QUEUE_MAX:
            self._full = True
        else:
            self._queue.append(text)
        self._more.set()

    def follow(self, after: int) -> None:
        """Send every event above a sequence, from now on."""
        self._cursor = after
        self._more.set()

    async def run(self) -> None:
        """Send until cancelled."""
        try:
            while True:
                self._more.clear()
                if self._full:
                    raise Dropped(f"more than {QUEUE_MAX} messages wait")
                if self._queue:
                    await self._sent(self._queue.popleft())
                elif not await self._followed():
                    await self._more.wait()
        finally:
            self._forget()

    async def flush(self) -> None:
        """Send what waits now; for the last words."""
        while self._queue:
            await self._sent(self._queue.popleft())

    async def _followed(self) -> bool:
        """Whether there were events to send."""
        if self._cursor is None:
            return False
        cursor = self._cursor
        lines = await self._feed.after(cursor)
        if self._cursor != cursor:  # `follow` was called meanwhile
            return True
        if not lines:
            return False
        self._cursor = lines[-1][0]
        many = len(lines) > AT_ONCE
        texts = await asyncio.to_thread(self._shape, lines) if many else self._shape(lines)
        for text in texts:
            await self._sent(text)
        return True

    async def _sent(self, text: bytes) -> None:
        try:
            async with asyncio.timeout(STALLED):
                await self._send(text)
        except TimeoutError:
            raise Dropped(f"nothing was taken for {STALLED:.0f} s") from None
