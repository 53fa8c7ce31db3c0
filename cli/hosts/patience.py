"""How long hosts let a stop hook wait, proven on this machine: marks that waiting hooks leave.

No vendor says how long a hook may wait. A hook that waits touches a mark each second and takes it
away at its end; a mark that stays behind is of a hook that was killed, and its times say when.
"""

from __future__ import annotations

import os
from time import time

from evt.cli.hosts import deadline
from evt.cli.hosts.chats import Chat, folder_of

KILLED_AFTER = 5.0  # seconds without a touch: no hook behind this mark waits any more


class waiting_for:
    """Inside `with`: a wait of a chat's stop hook, not counted by its deadline."""

    __slots__ = ("began", "chat", "pause", "seconds")

    def __init__(self, chat: Chat, seconds: float) -> None:
        self.chat = chat
        self.seconds = seconds
        self.pause = deadline.paused(self._touch)
        self.began = time()

    def __enter__(self) -> None:
        if self.seconds:
            if (killed := _killed(self.chat)) is not None:
                self.chat.mark("killed", f"{killed:.1f}")
            self.chat.mark("waits", f"{self.began:.3f}")
        self.pause.__enter__()

    def _touch(self) -> None:
        try:
            os.utime(self.chat.path("waits"))
        except OSError:
            pass

    def __exit__(self, *_: object) -> None:
        self.pause.__exit__()
        if not self.seconds:
            return
        self.chat.forget("waits")
        lasted = time() - self.began
        if lasted > _seconds(self.chat.noted("waited")):
            self.chat.mark("waited", f"{lasted:.3f}")
        if lasted >= self.seconds:
            self.chat.mark("patient")  # as long as hooks may wait here now: no earlier end counts


def _killed(chat: Chat) -> float | None:
    """Seconds that a hook had waited when it was killed; None if none was."""
    began, touched = _seconds(chat.noted("waits")), _time_of(chat, "waits")
    return max(0.0, touched - began) if began and time() - touched > KILLED_AFTER else None


def _time_of(chat: Chat, name: str) -> float:
    try:
        return os.stat(chat.path(name)).st_mtime
    except OSError:
        return 0.0


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0


def proven(evt_folder: str, host: str) -> tuple[float, float | None]:
    """Seconds of the longest wait that a hook of a host came through, and of one killed in it.

    The second is None if none was killed since hooks were last let wait as long as they wanted.
    """
    try:
        names = os.listdir(folder_of(evt_folder))
    except OSError:
        return 0.0, None
    chats = [chat for name in names if (chat := Chat(evt_folder, name)).host == host]
    since = max((_time_of(chat, "patient") for chat in chats), default=0.0)
    killed = [_seconds(chat.noted("killed")) for chat in chats if _time_of(chat, "killed") > since]
    for chat in chats:
        seconds = _killed(chat)
        if seconds is not None and _time_of(chat, "waits") > since:
            killed.append(seconds)
    longest = max((_seconds(chat.noted("waited")) for chat in chats), default=0.0)
    return longest, max(killed, default=None)
