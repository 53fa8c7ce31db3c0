"""The log as it grows: one thread reads its end, everybody who follows takes from here.

Followers pull by sequence, from the newest lines in memory or, if they are further behind, from the
files: nobody can miss or repeat an event, and a slow one costs no memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError
from itertools import islice

import msgspec

from evt.eventlog.errors import EvtError, InvalidInput, NoLog
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout
from evt.eventlog.log.lookup import position_at
from evt.eventlog.log.reader import Reader

RING_LINES, RING_BYTES = 4096, 8 << 20  # kept in memory
CHUNK_LINES, CHUNK_BYTES = 512, 512 << 10  # handed over at once
STEP = 1.0  # seconds after which the thread looks whether it is to end
PAUSE = 1.0  # seconds before a log that cannot be read is tried again

Raw = tuple[int, bytes]  # sequence, line without its newline


class Envelope(msgspec.Struct, gc=False):
    """What a reader needs of a line that is only passed on."""

    sequence: str
    type: str
    batch: str | None = None


_decoder = msgspec.json.Decoder(Envelope)


def _envelope(text: bytes) -> Envelope:
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(str(error)) from None


def lines_after(layout: Layout, after: int) -> list[Raw]:
    """The next lines above a sequence, at most a chunk of them; blocks on the disk."""
    found: list[Raw] = []
    size = 0
    reader = Reader(layout, position_at(layout, after + 1), decoder=_envelope)
    for batch in reader.batches():
        for raw, envelope in batch:
            sequence = int(envelope.sequence)
            if sequence > after:
                found.append((sequence, raw))
                size += len(raw)
        if len(found) >= CHUNK_LINES or size >= CHUNK_BYTES:
            break
    return found


class Feed:
    """Follows the log from `start` on; `failed` hears why it cannot be read, None when it can."""

    def __init__(self, layout: Layout, failed: Callable[[EvtError | None], None]) -> None:
        self.layout = layout
        self.head = 0
        self._failed = failed
        self._ring: deque[Raw] = deque()
        self._bytes = 0
        self._wakers: set[Callable[[], None]] = set()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="evt-feed", daemon=True)

    def start(self, head: int) -> None:
        """Begin behind `head`, in the loop that runs."""
        self.head = head
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        """Let the thread end; it is not waited for, as it may be inside a wait."""
        self._ending.set()

    def on_change(self, waker: Callable[[], None]) -> Callable[[], None]:
        """Call `waker` whenever there is more; the result ends that."""
        self._wakers.add(waker)
        return lambda: self._wakers.discard(waker)

    async def after(self, sequence: int) -> list[Raw]:
        """The next lines above a sequence, at most a chunk; empty at the head."""
        if sequence >= self.head:
            return []
        if self._ring and sequence + 1 >= self._ring[0][0]:
            start = sequence + 1 - self._ring[0][0]
            return list(islice(self._ring, start, start + CHUNK_LINES))
        return await asyncio.to_thread(lines_after, self.layout, sequence)

    # the thread

    def _follow(self) -> None:
        log, after = FileLog(self.layout), self.head
        troubled = False
        while not self._ending.is_set():
            try:
                if log.wait(after, STEP):
                    lines = lines_after(self.layout, after)
                    after = lines[-1][0] if lines else after
                    self._hand_over(lines)
                if troubled:
                    troubled = False
                    self._loop.call_soon_threadsafe(self._failed, None)
            except EvtError as error:
                troubled = True
                self._tell(error)
            except RuntimeError:  # the loop is closed: the server has ended
                return

    def _hand_over(self, lines: list[Raw]) -> None:
        """Wait until the loop has taken them, so that a flood stays on the disk."""
        future = asyncio.run_coroutine_threadsafe(self._grow(lines), self._loop)
        with contextlib.suppress(CancelledError):
            future.result()

    def _tell(self, error: EvtError) -> None:
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._failed, error)
        if isinstance(error, NoLog):
            self._ending.set()
        self._ending.wait(PAUSE)

    async def _grow(self, lines: list[Raw]) -> None:
        for line in lines:
            self._ring.append(line)
            self._bytes += len(line[1])
            self.head = line[0]
        while len(self._ring) > RING_LINES or self._bytes > RING_BYTES:
            self._bytes -= len(self._ring.popleft()[1])
        for waker in list(self._wakers):
            waker()
