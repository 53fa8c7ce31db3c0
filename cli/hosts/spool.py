"""Touched files that throttled hooks kept, carried into the log before the gate asks for them."""

from __future__ import annotations

import os

from evt.cli.hosts.binding import is_current
from evt.cli.hosts.chats import Chat, folder_of
from evt.cli.requests import Request, prepared
from evt.cli.service import submit
from evt.eventlog.errors import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.log.filelog import FileLog
    from evt.eventlog.rows import AttemptRow, TaskRow


def carried(log: FileLog, task: TaskRow, attempt: AttemptRow) -> bool:
    """Append what the hooks of an attempt's worker kept; whether there was anything."""
    folder, found = log.layout.folder, False
    try:
        names = os.listdir(folder_of(folder))
    except OSError:
        return False
    for chat in (Chat(folder, name) for name in names):
        if chat.worker != attempt["worker"] or not is_current(chat, log.state()):
            continue
        paths = chat.take_touched()
        if not paths:
            continue
        data = {"attempt": attempt["n"], "source": "hook", "touched": paths}
        try:
            submit(log, prepared(Request("Heartbeat", task["id"], data), attempt["worker"]))
            found = True
        except Refusal:
            pass  # too late: they belong to no attempt any more
        except BaseException:
            chat.touch(paths)
            raise
    return found
