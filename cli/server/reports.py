"""Report files: what chats without a connection drop into a folder is taken as their report.

Every content is taken once, whatever happens to the file afterwards, over restarts as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from time import monotonic
from typing import Any

from watchfiles import awatch

from evt.cli.output import tell
from evt.cli.server import work
from evt.cli.server.floor import Floor
from evt.cli.server.protocol import problem
from evt.eventlog.commands import Emit
from evt.eventlog.digest import sha256_hex
from evt.eventlog.errors import EvtError, InvalidInput, Refusal, Unexpected
from evt.eventlog.log.layout import Layout, read_file, write_file
from evt.eventlog.rawjson import dumps, loads

FOLDER = os.path.join("tmp", "coordination", "reports")
BYTES_MAX = 1 << 20
TAKEN_MAX = 1000  # contents remembered
LOOK_MS = 1000  # how often to look, whatever the file system tells
HALF_WRITTEN = 1.0  # seconds in which a file that does not parse may still be written
TRY_AGAIN = (1, 75)  # exits that say nothing about the report itself
WAIT, WAIT_MAX = 0.5, 30.0  # seconds until such a one is taken up again; doubled every time

# When it came or changed here in nanoseconds (copying keeps the other time), bytes, inode.
Signature = tuple[int, int, int]


class Reports:
    """Watches the folder of one repository."""

    def __init__(self, layout: Layout, floor: Floor) -> None:
        self.folder = os.path.join(layout.root, FOLDER)
        self.floor = floor
        self._memory = layout.path("cache", "reports.json")
        self._taken = self._remembered()
        self._seen: dict[str, Signature] = {}
        self._broken: dict[str, float] = {}  # path -> since when it does not parse
        self._waits: dict[str, float] = {}  # digest -> seconds waited last for another try
        self._running: set[asyncio.Task[None]] = set()

    async def watch(self) -> None:
        """Look after every change, until cancelled. The folder need not be there yet."""
        while True:
            with contextlib.suppress(OSError, RuntimeError):  # no file notification: look by clock
                self._look()
                async for _ in awatch(
                    self.folder, recursive=False, debounce=50, step=10, rust_timeout=LOOK_MS,
                    yield_on_timeout=True,
                ):  # fmt: skip
                    self._look()
            await asyncio.sleep(LOOK_MS / 1000)

    def _look(self) -> None:
        """Take what is new or has changed since the last look."""
        for name in sorted(os.listdir(self.folder)):
            if name.startswith("task-") and name.endswith("-report.json"):
                path = os.path.join(self.folder, name)
                signature = _signature(path)
                if signature is not None and self._seen.get(path) != signature:
                    self._file(path, signature)

    def _file(self, path: str, signature: Signature) -> None:
        if signature[1] > BYTES_MAX:
            self._seen[path] = signature
            self._tell(None, path, InvalidInput("a report has at most 1 MiB"))
            return
        text = _content(path)
        if text is None:
            return
        digest = sha256_hex(text)
        if digest not in self._taken:
            try:
                report = loads(text)
            except InvalidInput as error:
                if monotonic() - self._broken.setdefault(path, monotonic()) < HALF_WRITTEN:
                    return
                self._tell(None, path, error)
                report = None
            self._taken[digest] = None
            if report is not None:
                self._start(path, report, signature[0], digest)
        self._seen[path] = signature
        self._broken.pop(path, None)

    def _start(self, path: str, report: Any, written_ns: int, digest: str) -> None:
        """A gate may need minutes: reports do not wait for each other."""
        task = asyncio.create_task(self._take(path, report, written_ns, digest))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _take(self, path: str, report: Any, written_ns: int, digest: str) -> None:
        worker = None
        try:
            command = work.reported(report)
            worker = command.actor
            await self._must_be_newer(command, written_ns, digest)
            client = self.floor.room.worker(worker)
            told = client.told if client else None
            if told is not None and told[0] == command.subject:
                command.data["attempt"] = told[1]
            if digest not in self._waits:
                self.floor.room.tell_coordinators(
                    "report_detected", taskId=command.subject, workerId=worker, reportPath=path,
                    report=report,
                )  # fmt: skip
            await self.floor.hand_in(command, report, client)
        except EvtError as error:
            if error.exit in TRY_AGAIN:
                await self._take_up_later(worker, path, error, digest)
                return
            self._tell(worker, path, error)
        except Exception as error:  # noqa: BLE001  one report must not end the server
            tell(f"evt serve: {path}: {error!r}")
            self._tell(worker, path, Unexpected(f"a defect of evt: {error!r}"))
        self._waits.pop(digest, None)
        self._remember()

    async def _take_up_later(
        self, worker: str | None, path: str, error: EvtError, digest: str
    ) -> None:
        """Say so once, and let the file count as new after a while."""
        if digest not in self._waits:
            self._tell(worker, path, error)
        self._waits[digest] = min(2 * self._waits.get(digest, WAIT / 2), WAIT_MAX)
        self._taken.pop(digest, None)
        await asyncio.sleep(self._waits[digest])
        self._seen.pop(path, None)

    async def _must_be_newer(self, command: Emit, written_ns: int, digest: str) -> None:
        """An old one is not taken now; written anew it is."""
        try:
            await self.floor.desk.look(
                lambda log: work.must_be_newer(log.state(), command, written_ns // 1000)
            )
        except Refusal:
            self._taken.pop(digest, None)
            raise

    def _tell(self, worker: str | None, path: str, error: EvtError) -> None:
        """Who wrote it, if connected, and the coordinators hear why it is not taken."""
        said = problem(error)
        said["error"] = f"{os.path.basename(path)}: {said['error']}"
        client = self.floor.room.worker(worker or "")
        if client is not None:
            client.put("error", **said)
        self.floor.room.tell_coordinators("error", **said)

    def _remembered(self) -> dict[str, None]:
        try:
            found = loads(read_file(self._memory))
        except (OSError, InvalidInput):
            return {}
        return dict.fromkeys(map(str, found)) if isinstance(found, list) else {}

    def _remember(self) -> None:
        while len(self._taken) > TAKEN_MAX:
            del self._taken[next(iter(self._taken))]
        try:
            write_file(self._memory, dumps(list(self._taken)))
        except OSError:
            pass  # a full disk: after a restart a report may be taken once more, which is the same


def _signature(path: str) -> Signature | None:
    """What changes when the file does; None for anything but a regular file."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return found.st_ctime_ns, found.st_size, found.st_ino


def _content(path: str) -> bytes | None:
    """The bytes of the file; None if it became a link or went away meanwhile."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return os.read(descriptor, BYTES_MAX)
    except OSError:
        return None
    finally:
        os.close(descriptor)
