"""One call of a hook: decide whether there is anything to do before anything is loaded to do it.

Most calls end here: a chat that never joined, or one whose last sign of life is seconds ago. The
rest is `reacting.py`. Whatever goes wrong, the answer is `{}`: no hook ever blocks a chat. Hot.
"""

from __future__ import annotations

import os

from evt.cli.hosts.chats import Chat, folder_of
from evt.cli.hosts.growth import has_news
from evt.cli.hosts.payload import LOOKING, inside, parse
from evt.cli.hosts.shapes import CODE, HOSTS, KINDS
from evt.eventlog.log.discovery import find, main_work_tree, work_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.hosts.payload import Payload
    from evt.cli.hosts.shapes import Answer

LOCK_SECONDS = "0.15"  # a chat must not wait for others; what is not written now comes next time


def answer(host: str, event: str, raw: bytes) -> Answer:
    """What a host is told; `{}` when there is nothing to say."""
    kind = KINDS.get(event.lower())
    payload = parse(raw) if kind and host in HOSTS else None
    if kind is None or payload is None or not payload.session:
        return {}
    folder = _evt_folder(payload)
    if folder is None:
        return {}
    joins = kind == "post" and CODE in payload.output()
    chat = Chat(folder, payload.session)
    if not chat.worker and not joins and os.path.isdir(folder_of(folder)):
        return {}
    if chat.worker and not joins and _is_quick(chat, kind, payload):
        return {}
    os.environ["EVT_LOCK_TIMEOUT"] = LOCK_SECONDS
    from evt.cli.hosts.reacting import react

    return react(host, kind, payload, chat, raw)


def _evt_folder(payload: Payload) -> str | None:
    """The `.evt` folder of the chat's repository, None if there is no log."""
    if os.environ.get("EVT_DIR"):
        return _with_log(find())
    for start in payload.folders():
        root = main_work_tree(start)
        folder = _with_log(os.path.join(root, ".evt")) if root else None
        if folder is not None:
            return folder
    return None


def _with_log(folder: str) -> str | None:
    return folder if os.path.isdir(os.path.join(folder, "log")) else None


def _is_quick(chat: Chat, kind: str, payload: Payload) -> bool:
    """Whether all there is to do is to keep which files were touched."""
    if kind not in ("edit", "pre", "post"):
        return False
    if chat.role != "worker":
        return kind != "post" or not forgot_its_name(payload)
    if kind == "pre":
        return payload.text("tool_name") in LOOKING or chat.has("waiting")
    if chat.is_due() or (kind == "post" and _has_to_look(chat, payload)):
        return False
    chat.touch(touched(chat, payload))
    return True


def _has_to_look(chat: Chat, payload: Payload) -> bool:
    """Only signs of life are throttled: what the log has for the chat is said at once."""
    asked = chat.has("waiting") or chat.has("look") or forgot_its_name(payload)
    return asked or has_news(chat.evt_folder, chat.noted("seen"))


def touched(chat: Chat, payload: Payload) -> list[str]:
    """The files of the repository, or of the chat's work tree, that this event changed."""
    files = payload.files()
    if not files:
        return []
    roots = [root for start in payload.folders() if (root := work_tree(start)) is not None]
    roots.append(os.path.dirname(chat.evt_folder))
    names = (inside(path, roots) for path in files)
    return [name for name in names if name is not None]


def forgot_its_name(payload: Payload) -> bool:
    """Whether evt has just asked this chat who it is."""
    return "say who you are" in payload.output()
