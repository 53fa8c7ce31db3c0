"""What lies where in `.evt`, and how a log is made.

config.json            {"logId", "segmentBytes"}
log/<16 digits>.jsonl  the truth: segments named by their first sequence
lock, poisoned         the write lock; a write that may not have been synced
cache/                 may be deleted at any time
quarantine/            bytes that were cut off a torn tail
"""

from __future__ import annotations

import os
import stat

from evt.eventlog.errors import Damaged, InvalidInput, NoLog
from evt.eventlog.ids import event_id, new_seed
from evt.eventlog.log import syscalls
from evt.eventlog.rawjson import dumps, loads

SEGMENT_BYTES = 64 << 20
SUFFIX = ".jsonl"
FIRST = f"{1:016d}{SUFFIX}"
_IGNORE = b"# made by evt: the log is local to this machine\n*\n"


class Layout:
    """Paths of one log; `folder` is the `.evt` folder itself."""

    __slots__ = ("_config", "folder")

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._config: dict[str, object] | None = None

    def path(self, *names: str) -> str:
        """A path inside the folder."""
        return "/".join((self.folder, *names))

    def segment(self, first: int) -> str:
        """The segment whose first line has this sequence."""
        return f"{self.folder}/log/{first:016d}{SUFFIX}"

    def segments(self) -> list[int]:
        """First sequences of all segments, in order."""
        try:
            names = os.listdir(self.path("log"))
        except OSError:
            raise no_log(self.folder) from None
        return sorted(
            int(name[:16])
            for name in names
            if name[16:] == SUFFIX and name[:16].isascii() and name[:16].isdecimal()
        )

    @property
    def config(self) -> dict[str, object]:
        """config.json; raises Damaged if it cannot be read as such."""
        if self._config is None:
            try:
                text = read_file(self.path("config.json"))
                config = loads(text)
                config["logId"] = config.get("logId") or self._id_of_lines()
                config["logId"] + ""
            except FileNotFoundError:
                raise no_log(self.folder) from None
            except (InvalidInput, AttributeError, TypeError):
                raise Damaged(f"{self.path('config.json')} is not readable", "evt repair") from None
            self._config = config
        return self._config

    def _id_of_lines(self) -> str:
        """The log id as the first line has it, for a config in which somebody left it out."""
        with open(self.segment(1), "rb") as file:
            line = file.readline()
        return str(loads(line)["source"]).removeprefix("/evt/") if line else event_id(new_seed())

    @property
    def log_id(self) -> str:
        """The id in the `source` of every line."""
        return str(self.config["logId"])

    @property
    def segment_bytes(self) -> int:
        """Size at which a segment is sealed."""
        size = self.config.get("segmentBytes", SEGMENT_BYTES)
        return size if isinstance(size, int) and size > 0 else SEGMENT_BYTES

    @property
    def root(self) -> str:
        """The repository that the log belongs to."""
        return os.path.dirname(os.path.abspath(self.folder))


def no_log(where: str) -> NoLog:
    """The error of a call that found no log."""
    return NoLog(f"there is no evt log at {where}", "evt init")


def replaced(where: str) -> NoLog:
    """The error for a log that is another one than at the beginning of the call."""
    return NoLog(f"{where} was replaced during this call; nothing stored", "evt status")


def read_file(path: str) -> bytes:
    """All bytes of a small file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        parts = []
        while part := os.read(descriptor, 1 << 16):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def write_file(path: str, text: bytes) -> None:
    """A small file, whole or not at all, on the disk when this returns."""
    temporary = f"{path}.{os.getpid()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    descriptor = syscalls.open(temporary, flags, 0o600)
    try:
        try:
            syscalls.write_all(descriptor, text)
            syscalls.fsync(descriptor)
        finally:
            os.close(descriptor)
        syscalls.rename(temporary, path)
    except OSError:
        _discard(temporary)
        raise
    sync_folder(os.path.dirname(path))


def _discard(path: str) -> None:
    """Half a file on a full disk takes room that somebody needs."""
    try:
        syscalls.unlink(path)
    except OSError:
        pass


def sync_folder(path: str) -> None:
    """Make names in a folder survive a power cut."""
    descriptor = syscalls.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        syscalls.fsync(descriptor)
    finally:
        os.close(descriptor)


def create(folder: str, log_id: str, segment_bytes: int = SEGMENT_BYTES) -> bool:
    """Make a log; False if there is one. What an interrupted call left behind is completed."""
    layout = Layout(folder)
    if exists(folder):
        return False
    os.makedirs(folder, mode=0o700, exist_ok=True)
    for name in ("log", "cache", "quarantine"):
        os.makedirs(layout.path(name), mode=0o700, exist_ok=True)
    write_file(layout.path(".gitignore"), _IGNORE)
    if not os.path.exists(layout.path("config.json")):
        config = {"logId": log_id, "segmentBytes": segment_bytes}
        write_file(layout.path("config.json"), dumps(config) + b"\n")
    os.close(os.open(layout.path("lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    if layout.segments():
        raise Damaged(f"{folder} has segments but not its first one", "evt repair")
    write_file(layout.segment(1), b"")
    sync_folder(folder)
    sync_folder(os.path.dirname(os.path.abspath(folder)))
    return True


def exists(folder: str) -> bool:
    """Whether a log is there: its first segment makes it one."""
    try:
        return stat.S_ISREG(os.stat(os.path.join(folder, "log", FIRST)).st_mode)
    except OSError:
        return False
