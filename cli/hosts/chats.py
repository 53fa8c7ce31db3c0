"""What hooks remember of a chat between their calls: a folder of small files per conversation. Hot.

All of it is a cache. Which worker a chat is stands in the log too (`binding.py`); losing the rest
costs at most a repeated message and the files touched in the last seconds. No call here raises
because a disk is full or read-only: a hook that cannot remember still has to answer.
"""

from __future__ import annotations

import os
from time import time

from evt.eventlog.digest import sha256_hex
from evt.eventlog.errors import EvtError
from evt.eventlog.rawjson import dumps, loads_tolerant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EVERY = 15.0  # seconds between signs of life that hooks append by themselves
TWICE = 5.0  # seconds in which an equal call of a host that counts no turns is the same call
SPOOL_MAX = 64 << 10  # bytes of touched paths kept for the next sign of life
TOUCHED_MAX = 200
OF_A_NAME = (  # `begun` is of the conversation, whatever it calls itself
    "resumed", "waiting", "look", "touched", "task", "said", "told", "heard", "seen", "searched",
)  # fmt: skip
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def folder_of(evt_folder: str) -> str:
    """Where all chats of a log are remembered."""
    return os.path.join(evt_folder, "cache", "chats")


def name_of(session: str) -> str:
    """A file name for a conversation, whatever its host calls it."""
    plain = len(session) <= 64 and not set(session) - _PLAIN
    return session if plain else "x-" + sha256_hex(session.encode("utf-8", "replace"))[:32]


class Chat:
    """One conversation; `worker` is the name it has in the log, "" if it is not tied to any.

    `joined` is the time of the join that tied it: a later join of that name is another chat.
    """

    __slots__ = ("_binding", "evt_folder", "folder")

    def __init__(self, evt_folder: str, session: str) -> None:
        self.evt_folder = evt_folder
        self.folder = os.path.join(folder_of(evt_folder), name_of(session))
        self._binding = _read_json(self.path("binding"))

    def path(self, name: str) -> str:
        """Where something of this chat is kept."""
        return os.path.join(self.folder, name)

    # who this is

    @property
    def worker(self) -> str:
        """The name in the log."""
        return self._said("worker")

    @property
    def role(self) -> str:
        """worker or coordinator."""
        return self._said("role")

    @property
    def host(self) -> str:
        """cursor, claude or codex."""
        return self._said("host")

    @property
    def joined(self) -> str:
        """Time of the WorkerJoined."""
        return self._said("at")

    @property
    def join(self) -> int:
        """Sequence of the WorkerJoined."""
        number = self._binding.get("join")
        return number if isinstance(number, int) else 0

    def _said(self, key: str) -> str:
        value = self._binding.get(key)
        return value if isinstance(value, str) else ""

    def tie(self, binding: dict[str, Any]) -> None:
        """Remember who this is; what was remembered of an earlier name is forgotten."""
        if binding != self._binding:
            for name in OF_A_NAME:
                self.forget(name)
        self._binding = binding
        self._write("binding", dumps(binding))

    # signs of life

    def is_due(self) -> bool:
        """Whether the last sign of life is long enough ago."""
        age = self._age("beat")
        if age is None:
            return True
        text = self.noted("beat")
        return not 0 <= age < (min(EVERY, int(text)) if text.isdecimal() else EVERY)

    def beaten(self, every: int) -> None:
        """A sign of life was appended; the next one is due in so many seconds."""
        self._write("beat", str(every).encode())

    def touch(self, paths: list[str]) -> None:
        """Keep touched paths for the next sign of life."""
        if not paths:
            return
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            descriptor = os.open(self.path("touched"), flags, 0o600)
            try:
                if os.fstat(descriptor).st_size < SPOOL_MAX:
                    os.write(descriptor, "".join(path + "\n" for path in paths).encode())
            finally:
                os.close(descriptor)
        except OSError:
            pass

    def take_touched(self) -> list[str]:
        """The paths kept so far, each once; they are no longer kept."""
        mine = self.path(f".touched.{os.getpid()}")
        try:
            os.rename(self.path("touched"), mine)  # what comes meanwhile begins a new file
        except OSError:
            return []
        lines = _read(mine).decode("utf-8", "replace").splitlines()
        _remove(mine)
        return list(dict.fromkeys(line for line in lines if line))[:TOUCHED_MAX]

    # flags and last words

    def mark(self, name: str, text: str = "") -> bool:
        """Set a flag, with a text if it has one; False if it could not be kept."""
        return self._write(name, text.encode())

    def has(self, name: str) -> bool:
        """Whether the flag is set."""
        return os.path.exists(self.path(name))

    def noted(self, name: str) -> str:
        """The text of a flag."""
        return _read(self.path(name)).decode("utf-8", "replace")

    def forget(self, name: str) -> None:
        """Take a flag away."""
        _remove(self.path(name))

    def is_news(self, name: str, text: str) -> bool:
        """Whether this is not what was said last under this name; it is from now on.

        What cannot be remembered is no news: it would be said for ever.
        """
        digest = sha256_hex(text.encode("utf-8", "replace"))
        return self.noted(name) != digest and self.mark(name, digest)

    # the same call twice

    def answered(self, kind: str, key: str, sequence: int, lasting: bool) -> dict[str, Any] | None:
        """What the last call of this kind was answered, if this is that call again.

        It is not if the log has gone on since (`sequence`), or, where the host does not tell one
        turn from the next (not `lasting`), if it was more than a few seconds ago. Words come again
        once: a host that always looks the same would be kept going for ever.
        """
        age = self._age(f"last-{kind}")
        if age is None or (not lasting and not 0 <= age < TWICE):
            return None
        last = _read_json(self.path(f"last-{kind}"))
        answer = last.get("answer")
        same = last.get("key") == key and last.get("sequence") == sequence
        if not same or not isinstance(answer, dict):
            return None
        if answer and (last.get("again") or not self._again(kind, last)):
            return None
        return answer

    def _again(self, kind: str, last: dict[str, Any]) -> bool:
        """Remember that an answer is given again; False if that cannot be kept."""
        return self._write(f"last-{kind}", dumps({**last, "again": True}))

    def answer(self, kind: str, key: str, sequence: int, answer: dict[str, Any]) -> None:
        """Remember what this call is answered, and where the log stood then."""
        last = {"key": key, "sequence": sequence, "answer": answer}
        self._write(f"last-{kind}", dumps(last))

    def is_first(self, key: str) -> bool:
        """Whether no call with this key came in the last seconds, even at the same moment."""
        import fcntl

        try:
            os.makedirs(self.folder, 0o700, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            descriptor = os.open(self.path("prompts"), flags, 0o600)
        except OSError:
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            lines = os.read(descriptor, SPOOL_MAX).decode("ascii", "replace").splitlines()
            now = time()
            late = [line for line in lines if 0 <= now - _time_in(line) < TWICE]
            if any(line.startswith(f"{key} ") for line in late):
                return False
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, "".join(f"{x}\n" for x in [*late, f"{key} {now}"]).encode(), 0)
        except OSError:
            pass
        finally:
            os.close(descriptor)
        return True

    def _age(self, name: str) -> float | None:
        try:
            return time() - os.stat(self.path(name)).st_mtime
        except OSError:
            return None

    def _write(self, name: str, text: bytes) -> bool:
        """Whether it was written: whole or not at all, for whoever reads at the same time."""
        temporary = self.path(f".{name}.{os.getpid()}")
        try:
            os.makedirs(self.folder, 0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
            descriptor = os.open(temporary, flags, 0o600)
            try:
                whole = os.write(descriptor, text) == len(text)
            finally:
                os.close(descriptor)
            if whole:
                os.rename(temporary, self.path(name))
                return True
        except OSError:
            pass
        _remove(temporary)
        return False


def _time_in(line: str) -> float:
    try:
        return float(line.partition(" ")[2])
    except ValueError:
        return 0.0


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def _read(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 1 << 20)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _read_json(path: str) -> dict[str, Any]:
    text = _read(path)
    try:
        value = loads_tolerant(text) if text else {}
    except EvtError:
        return {}
    return value if isinstance(value, dict) else {}
