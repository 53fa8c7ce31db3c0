"""The server's files in `.evt/cache`: its lock, what runs where, the token.

The lock is held as long as the server lives, so that nobody has to guess whether a pid is stale.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from typing import Any

from evt.eventlog.errors import InvalidInput
from evt.eventlog.log.layout import Layout, read_file, write_file
from evt.eventlog.rawjson import dumps, loads_tolerant

TOKEN_BYTES = 32
_HEX = frozenset("0123456789abcdef")


class Place:
    """Where the one server of a log leaves its traces."""

    def __init__(self, layout: Layout) -> None:
        os.makedirs(layout.path("cache"), 0o700, exist_ok=True)
        self._lock = layout.path("cache", "serve.lock")
        self._running = layout.path("cache", "serve.json")
        self._token = layout.path("cache", "serve.token")
        self.log = layout.path("cache", "serve.log")  # stderr of a detached server
        self._held = -1

    def hold(self) -> bool:
        """Take the lock for as long as this process lives; False if a server has it."""
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._held = descriptor
        self.announce(None)  # what a killed server left would pass for what this one says
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._held >= 0:
            os.close(self._held)
            self._held = -1

    def is_held(self) -> bool:
        """Whether a server runs."""
        try:
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False

    def announce(self, running: dict[str, Any] | None) -> None:
        """Write down {url, port, pid, flags}, or that nothing runs; a full disk is no failure."""
        try:
            if running is None:
                os.unlink(self._running)
            else:
                write_file(self._running, dumps(running) + b"\n")
        except OSError:
            pass

    def running(self) -> dict[str, Any] | None:
        """{url, port, pid, flags} of the server that runs; None if none does, or not yet."""
        if not self.is_held():
            return None
        try:
            found = loads_tolerant(read_file(self._running))
        except (OSError, InvalidInput):
            return None
        return found if isinstance(found, dict) else None

    def token(self) -> str:
        """The token, 256 bits in hex; kept over restarts so that an open page goes on."""
        known = self._known_token()
        if known is not None:
            return known
        token = secrets.token_hex(TOKEN_BYTES)
        try:
            write_file(self._token, token.encode() + b"\n")
        except OSError:
            pass  # a full disk: the page's link works, programs find no file to read
        return token

    def _known_token(self) -> str | None:
        """What the file has, if nobody but its owner could have written or read it."""
        try:
            found = os.lstat(self._token)
            text = read_file(self._token).decode("ascii", "replace").strip()
        except OSError:
            return None
        private = stat.S_ISREG(found.st_mode) and not found.st_mode & 0o077
        whole = len(text) == 2 * TOKEN_BYTES and not set(text) - _HEX
        return text if private and whole and found.st_uid == os.getuid() else None
