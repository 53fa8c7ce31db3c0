"""What a hook could not append because others held the lock: the next hook, of any chat, does it.

A session that has ended has no next hook of its own, and one that waits for consent has none soon,
so this is beside the folders of the chats. No text of a prompt is in it.
"""

from __future__ import annotations

import os

from evt.cli.service import submit
from evt.eventlog.commands import Emit
from evt.eventlog.errors import EvtError, Locked
from evt.eventlog.ids import event_id, new_seed, valid_id
from evt.eventlog.rawjson import dumps, loads_tolerant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.hosts.chats import Chat
    from evt.eventlog.log.filelog import FileLog

LOCK_SECONDS = "0"  # what is owed can wait longer; the hook's own business cannot
KEPT_MAX, SETTLED_MAX = 1000, 20
SUBJECT_MAX = 256
TAG = "chat"  # of the Noted that ties a chat to its worker, and what its id begins with


def append(log: FileLog, command: Emit, joined: str) -> None:
    """Append an event of a chat, which holds while its worker's join is the one of that time.

    Raises what submitting raises, but keeps the event for later when the lock was not had.
    """
    command.id = command.id or event_id(new_seed())
    try:
        submit(log, command)
    except Locked:
        keep(log, command, joined)
        raise


def keep(log: FileLog, command: Emit, joined: str) -> bool:
    """Leave an event to the next hook; lost only if the cache cannot be written.

    False if something else is kept under its id: what was first is what the log will have.
    """
    command.id = command.id or event_id(new_seed())
    event = {
        "actor": command.actor, "type": command.type, "subject": command.subject,
        "data": command.data, "id": command.id, "joined": joined,
    }  # fmt: skip
    try:
        with open(os.path.join(_folder(log), command.id), "rb") as file:
            return file.read() == dumps(event)
    except OSError:
        _write(log, command.id, dumps(event))
    return True


def keep_sign(log: FileLog, chat: Chat, source: str, more: dict[str, Any]) -> None:
    """Leave a sign of life of a chat to the next hook: the latest of its source."""
    name = os.path.basename(chat.folder)
    sign = {"type": "Heartbeat", "chat": name, "source": source, "more": more}
    _write(log, f"sign-{source}-{name}", dumps(sign))


def _write(log: FileLog, name: str, text: bytes) -> None:
    folder = _folder(log)
    try:
        os.makedirs(folder, 0o700, exist_ok=True)
        if len(os.listdir(folder)) >= KEPT_MAX:
            return
        temporary = os.path.join(folder, f".{name}.{os.getpid()}")
        with open(temporary, "wb") as file:
            file.write(text)
        os.rename(temporary, os.path.join(folder, name))
    except OSError:
        pass


def settle(log: FileLog) -> None:
    """Append what was kept, oldest first, as far as the lock is had."""
    folder = _folder(log)
    try:
        found = [file for file in os.scandir(folder) if file.name[:1] != "."]
        names = [file.name for file in sorted(found, key=lambda file: file.stat().st_mtime_ns)]
    except OSError:  # there is none, or another hook is at it
        return
    before = os.environ.get("EVT_LOCK_TIMEOUT", "")
    os.environ["EVT_LOCK_TIMEOUT"] = LOCK_SECONDS
    for name in names[:SETTLED_MAX]:
        try:
            _settled(log, os.path.join(folder, name))
        except Locked:
            break
        except (EvtError, OSError, KeyError, TypeError, AttributeError):
            pass  # it does not fit the log any more, or another hook was faster
        _remove(os.path.join(folder, name))
    os.environ["EVT_LOCK_TIMEOUT"] = before


def _settled(log: FileLog, path: str) -> None:
    with open(path, "rb") as file:
        event: dict[str, Any] = loads_tolerant(file.read())
    if event["type"] == "Heartbeat":
        _signed(log, event)
        return
    type, actor, data = event["type"], event["actor"], event["data"]
    if not _is_sound(event):
        return
    row = log.state().get(f"w/{actor}")
    gone = row is None or not row["joined"] or row["at"] != event["joined"]
    if gone and type != "Intervened":
        return  # the name is somebody else's now
    submit(log, Emit(actor, type, event["subject"], data, id=event["id"]))


def _signed(log: FileLog, sign: dict[str, Any]) -> None:
    """Append a sign of life for its chat, which hears later what it is answered."""
    from evt.cli.hosts.chats import Chat, name_of
    from evt.cli.hosts.life import Life

    name, source, more = sign["chat"], sign["source"], sign["more"]
    if source not in ("waiting", "hook") or more.keys() - {"window"} or name_of(name) != name:
        return
    chat = Chat(log.layout.folder, name)
    if chat.worker and (source != "waiting" or chat.has("waiting")):  # else that is over
        Life(log, chat).beat(source, more)


def _is_sound(event: dict[str, Any]) -> bool:
    """Whether this is a file that `keep` wrote: a prompt, a tie of a chat, the end of a session.

    Not the check of all events: what it refuses it explains, which takes longer than a hook has.
    """
    data, texts = event["data"], (event["actor"], event["subject"] or "-", event["id"])
    if not all(isinstance(text, str) and 0 < len(text) <= SUBJECT_MAX for text in texts):
        return False
    if not valid_id(event["id"]):
        return False
    if event["type"] == "Intervened":
        return data in ({"kind": "prompt"}, {"kind": "setup"})
    if event["type"] == "Noted":
        tied = data.get("tags") == [TAG] and event["id"].startswith(f"{TAG}-")
        whole = data.keys() == {"text", "tags", "extra"} and isinstance(data["extra"], dict)
        return tied and whole and isinstance(data["text"], str)
    reason = data.get("reason")
    return event["type"] == "WorkerLeft" and len(data) == 1 and isinstance(reason, str)


def _folder(log: FileLog) -> str:
    return log.layout.path("cache", "owed")


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass
