"""Which conversation is which worker: tied by a code that only the chat that joined has seen.

`evt join` prints a code made of the sequence and the hash of its WorkerJoined line. The hook that
sees it in the output of a tool of that chat writes down, as a Noted with the tag `chat`, that this
conversation is that worker. The id of the Noted is a digest of the code, so that a second
conversation which shows the same one is refused by the log itself, and so that the log shows no
code to a chat that only looks at it. `.evt/cache/chats/` is only an index of these Noted: when it
is gone, it is made anew from the log.
"""

from __future__ import annotations

import os

from evt.cli.hosts import owed
from evt.cli.hosts.chats import Chat, folder_of
from evt.cli.hosts.owed import TAG
from evt.cli.hosts.shapes import CODE
from evt.cli.requests import Request, prepared
from evt.cli.service import submit
from evt.eventlog.commands import Emit
from evt.eventlog.digest import sha256_hex
from evt.eventlog.errors import EvtError, Locked, Refusal
from evt.eventlog.line import decode
from evt.eventlog.log.layout import Layout
from evt.eventlog.log.lookup import line_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.hosts.payload import Payload
    from evt.eventlog.log.filelog import FileLog
    from evt.eventlog.state import State

LINE = "chat code "  # what the line of join has before the code
_BEFORE = 40  # characters before a code that are looked at
_HASH = 12  # digits of the line's hash in a code: nobody hits one of 2^48 by chance
_HEX = frozenset("0123456789abcdef")
_NEEDLE = f'"tags":["{TAG}"]'.encode()
_SMALL = 4 << 20  # bytes of log below which looking for ties again and again costs nothing


def code(receipt: dict[str, Any]) -> str:
    """The one-time code of a join, from the receipt of its WorkerJoined."""
    return f"{CODE}{receipt['sequence']}-{receipt['hash'][:_HASH]}"


def code_in(text: str) -> str | None:
    """The last code that a text has as `evt join` prints it, in its line or its JSON."""
    text = _without_escapes(text)
    start = len(text)
    while (start := text.rfind(CODE, 0, start)) >= 0:
        number, _, rest = text[start + len(CODE) :][:40].partition("-")
        digits = rest[:_HASH]
        whole = number.isascii() and number.isdecimal() and len(number) <= 16
        if whole and _is_hash(digits) and _is_of_join(text[max(0, start - _BEFORE) : start]):
            return f"{CODE}{number}-{digits}"
    return None


def _without_escapes(text: str) -> str:
    """The text without what colours it in a terminal, also where JSON has written that out."""
    if CODE not in text or ("\x1b" not in text and "u001b" not in text.lower()):
        return text
    import re

    return re.sub(r"(?:\x1b|\\+u001[bB])\[[0-9;:?]*[A-Za-z]", "", text)


def _is_of_join(before: str) -> bool:
    """Whether a code that stands behind this is one that join prints; JSON may be quoted again."""
    return before.endswith(LINE) or before.replace("\\", "").replace(" ", "").endswith('"code":"')


def _is_hash(text: str) -> bool:
    return len(text) == _HASH and not set(text) - _HEX


def is_current(chat: Chat, state: State) -> bool:
    """Whether the name of this chat is joined, and by the join that tied the chat."""
    row = state.get(f"w/{chat.worker}")
    return row is not None and row["joined"] and row["at"] == chat.joined


def tie(log: FileLog, chat: Chat, payload: Payload, host: str, found: str) -> str:
    """Tie the conversation to the worker whose code it has seen; what to tell it if that fails.

    A code that no line of the log has made means nothing and is passed over in silence; so is one
    that is used or over, if the chat saw it elsewhere than in a join of its own.
    """
    sequence, digits = found[len(CODE) :].split("-")
    try:
        line = line_at(log.layout, int(sequence))
    except LookupError:
        return ""
    event = line.event
    if event.type != "WorkerJoined" or line.hash[:_HASH] != digits:
        return ""
    worker = event.subject or ""
    row = log.state().get(f"w/{worker}")
    if row is None or not row["joined"] or row["at"] != event.time:
        said = f"evt: the code of an earlier join of {worker} says nothing any more; run: evt join"
        return said if _has_joined(payload) else ""
    binding = {
        "worker": worker, "role": event.data["role"], "host": host, "session": payload.session,
        "join": event.sequence, "at": event.time,
    }  # fmt: skip
    if _noted(log, chat, worker, found, binding):
        return ""
    said = f"evt: another chat is {worker} (the code was used before); run: evt join"
    return said if _has_joined(payload) else ""


def _has_joined(payload: Payload) -> bool:
    """Whether the tool whose output this is was asked to join, as far as the host says."""
    given = payload.data.get("tool_input")
    command = given.get("command") if isinstance(given, dict) else given
    return "join" in (command if isinstance(command, str) else payload.text("tool_name"))


def _noted(log: FileLog, chat: Chat, worker: str, found: str, binding: dict[str, Any]) -> bool:
    """Whether the conversation is the worker's now; not if another one was with this code."""
    text = f"a chat of {binding['host']} is {worker}"
    data = {"text": text, "tags": [TAG], "extra": binding}
    request = Request("Noted", None, data)
    request.id = f"{TAG}-{sha256_hex(found.encode())[:32]}"
    request.allow_secret = True  # a session id may look like one
    tied = prepared(request, worker)
    try:
        submit(log, tied)
    except Refusal:
        return False
    except Locked:
        if not owed.keep(log, tied, binding["at"]):
            return False  # another one showed the code during the same lock
    except EvtError:
        pass  # full: the chat is tied all the same, for as long as the cache is there
    _leave_earlier_name(log, chat, worker)
    chat.tie(binding)
    chat.mark("said")  # nothing yet, and that is known
    return True


def _leave_earlier_name(log: FileLog, chat: Chat, worker: str) -> None:
    """A chat that has joined anew is no longer who it was: that name's task is free at once."""
    if chat.worker in ("", worker) or not is_current(chat, log.state()):
        return
    data = {"reason": f"its chat joined as {worker}"}
    try:
        submit(log, Emit(chat.worker, "WorkerLeft", chat.worker, data))
    except EvtError:
        pass  # then its lease ends it


def make_anew(evt_folder: str) -> None:
    """Make the index of all chats from the log, if it is gone."""
    if os.path.isdir(folder_of(evt_folder)):
        return
    layout = Layout(evt_folder)
    found, size = [], 0
    for segment in layout.segments():
        path = layout.segment(segment)
        size += os.stat(path).st_size
        with open(path, "rb") as file:
            found += [line for line in file if _NEEDLE in line and line.endswith(b"\n")]
    for line in found:
        binding = decode(line).data.get("extra")
        if isinstance(binding, dict) and isinstance(binding.get("session"), str):
            Chat(evt_folder, binding["session"]).tie(binding)
    if size > _SMALL:  # nothing of a chat: only that there is no need to look again
        os.makedirs(folder_of(evt_folder), 0o700, exist_ok=True)
