"""What evt makes of a hook of a chat that has joined: events in the log, words for the chat."""

from __future__ import annotations

from evt.cli.hosts import binding, growth, owed, shapes
from evt.cli.hosts.hook import forgot_its_name, touched
from evt.cli.hosts.life import Life
from evt.cli.requests import Request, prepared
from evt.eventlog.commands import Emit
from evt.eventlog.digest import sha256_hex
from evt.eventlog.errors import Locked
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evt.cli.hosts.chats import Chat
    from evt.cli.hosts.payload import Payload
    from evt.cli.hosts.shapes import Answer
    from evt.cli.hosts.stopping import Said

ONCE = ("prompt", "compact", "stop", "subagent", "end")  # kinds that come once in a turn
HEAD = 80  # characters of a message by which it is known when it comes back as a prompt
RESUMING = ("", "startup", "resume")  # sources of a session start that an engineer caused
REASON_MAX = 64


class Turn:
    """One call of a hook: who says what, about which log."""

    __slots__ = ("chat", "host", "kind", "life", "log", "payload", "raw")

    def __init__(
        self, host: str, kind: str, payload: Payload, chat: Chat, log: FileLog, raw: bytes
    ) -> None:
        self.host = host
        self.kind = kind
        self.payload = payload
        self.chat = chat
        self.log = log
        self.raw = raw
        self.life = Life(log, chat)

    @property
    def key(self) -> str:
        """The same for the same call: by turn where the host counts turns, else by its bytes."""
        payload = self.payload
        if not payload.turn:
            return sha256_hex(self.raw)
        parts = [payload.turn, payload.text("tool_use_id"), str(payload.count("loop_count"))]
        if self.kind == "stop":  # a host may go on in the same turn, and stop again
            parts += [str(bool(payload.data.get("stop_hook_active"))), payload.text("status")]
        if self.kind == "prompt":  # an engineer may say more in the same turn
            parts.append(sha256_hex(payload.text("prompt").encode("utf-8", "replace")))
        return sha256_hex(
            "\n".join((payload.session, self.kind, *parts)).encode("utf-8", "replace")
        )

    def is_completed(self) -> bool:
        """Whether the turn came to its own end; only Cursor has to say so."""
        unsaid = "" if self.host == "cursor" else "completed"
        return bool(self.payload.data.get("status", unsaid) == "completed")

    def is_continued(self) -> bool:
        """Whether this turn was begun by what a stop hook said, as far as the host tells."""
        count = self.payload.count("loop_count")
        return bool(count or self.payload.data.get("stop_hook_active"))

    def say(self, text: str) -> Answer:
        """Words for the chat at its start or after a tool; nothing if there are none."""
        return shapes.context(self.host, self.kind, text) if text else {}


def react(host: str, kind: str, payload: Payload, chat: Chat, raw: bytes) -> Answer:
    """The answer to one call; may raise, which the caller turns into `{}`."""
    log = FileLog(Layout(chat.evt_folder))
    if not chat.worker:
        binding.make_anew(chat.evt_folder)
        chat = type(chat)(chat.evt_folder, payload.session)
    turn = Turn(host, kind, payload, chat, log, raw)
    found = binding.code_in(payload.output()) if kind == "post" else None
    if found is not None:
        owed.settle(log)  # perhaps another chat showed this code, and the log does not know yet
        if chat.worker:
            turn.life.has_begun()  # remembered while it is known which name to look for
        refused = binding.tie(log, chat, payload, host, found)
        if refused:
            return turn.say(refused)
    if not chat.worker:
        return {}
    if found is None:
        owed.settle(log)
    if kind not in ONCE or (kind == "prompt" and not payload.turn):
        return _DO[kind](turn)
    known = chat.answered(kind, turn.key, log.head().sequence, bool(payload.turn))
    if known is None:
        known = _DO[kind](turn)
        chat.answer(kind, turn.key, log.head().sequence, known)
    return known


def _start(turn: Turn) -> Answer:
    """Who the chat is, and what is open."""
    from evt.cli.hosts.words import welcome

    if turn.payload.text("source") in RESUMING:
        turn.chat.mark("resumed")
    state = turn.log.state()
    return turn.say(welcome(turn.chat, state, binding.is_current(turn.chat, state)))


def _prompt(turn: Turn) -> Answer:
    """Count a prompt of the engineer; its text is looked at for our own message, never kept."""
    if _is_ours(turn):
        return {}
    chat, state = turn.chat, turn.log.state()
    if not binding.is_current(chat, state):
        return {}
    if not turn.payload.turn and not chat.is_first(turn.key):
        return {}  # the same hook twice, of a host that counts no turns
    chat.mark("said")  # nothing yet in this turn
    chat.forget("waiting")  # the prompt is a sign of life and ends it
    resumed = chat.has("resumed")
    chat.forget("resumed")
    kind = "setup" if resumed or not turn.life.has_begun() else "prompt"
    request = Request("Intervened", turn.life.task_at_hand(), {"kind": kind})
    if turn.payload.turn:
        request.id = f"prompt-{turn.key[:32]}"
    owed.append(turn.log, prepared(request, chat.worker), chat.joined)
    return {}


def _is_ours(turn: Turn) -> bool:
    """Whether a prompt is what a stop hook has just submitted, not what the engineer typed."""
    prompt = turn.payload.data.get("prompt")
    if not isinstance(prompt, str) or not shapes.is_marked(prompt):
        return False
    sent = turn.chat.noted("sent")
    return sent in ("", _head(prompt))  # unknown when the memory is gone: then by its mark alone


def _head(text: str) -> str:
    """What a message is known by, however its host breaks its lines."""
    return sha256_hex(" ".join(text.split())[:HEAD].encode("utf-8", "replace"))


def _sign(turn: Turn) -> bool:
    """A sign of life if one is due, and always when a tool call is over that may have waited."""
    due = turn.chat.has("waiting") or turn.chat.is_due()
    if due:
        turn.chat.forget("waiting")
        turn.life.beat("hook")
    return due


def _beat(turn: Turn, source: str, more: dict[str, Any]) -> bool:
    """A sign of life that another hook appends if this one meets a lock: none says it again."""
    try:
        return turn.life.beat(source, more)
    except Locked:
        owed.keep_sign(turn.log, turn.chat, source, more)
        raise


def _edit(turn: Turn) -> Answer:
    turn.chat.touch(touched(turn.chat, turn.payload))
    _sign(turn)
    return {}


def _pre(turn: Turn) -> Answer:
    """A tool call begins, perhaps with waiting for consent; what there is to say comes after it."""
    turn.chat.mark("waiting")
    if not _beat(turn, "waiting", {}):
        turn.chat.forget("waiting")
        turn.chat.mark("look")
    return {}


def _post(turn: Turn) -> Answer:
    """A tool call is over; what the chat should hear now is said once."""
    chat, life = turn.chat, turn.life
    place = growth.end_of(chat.evt_folder)
    chat.touch(touched(chat, turn.payload))
    chat.forget("look")
    if not _sign(turn) and life.has_to_hear():
        life.beat("hook")
    life.look_for_begin()
    news = list(dict.fromkeys(life.news()))
    if news and not chat.is_news("told", "\n".join(news)):
        news = []
    chat.mark("seen", place)
    if forgot_its_name(turn.payload):
        news.append(f"you are {chat.worker}: say --as {chat.worker} in every call")
    return turn.say("\n".join((f"{shapes.MARK} {news[0]}", *news[1:]))) if news else {}


def _compact(turn: Turn) -> Answer:
    """How full the window is, measured by the host."""
    payload = turn.payload
    window = {
        "tokens": payload.count("context_tokens"),
        "size": payload.count("context_window_size"),
    }
    known = {key: value for key, value in window.items() if value is not None}
    if known:
        _beat(turn, "hook", {"window": known})
    else:
        _sign(turn)
    return {}


def _subagent(turn: Turn) -> Answer:
    turn.chat.touch(touched(turn.chat, turn.payload))
    _sign(turn)
    return {}


def _stop(turn: Turn) -> Answer:
    from evt.cli.hosts.stopping import last_words

    _sign(turn)
    if not turn.is_completed():
        return {}
    said = last_words(turn.log, turn.chat, turn.life)
    if not said.text or not _goes_on(turn, said):
        return {}
    if said.given:
        turn.life.begin()
    known = said.text.splitlines()
    more = [line for line in turn.life.heard() if line not in known]
    text = "\n".join((f"{shapes.MARK} {said.text}", *more))
    turn.chat.mark("sent", _head(text))
    return shapes.go_on(turn.host, text)


def _goes_on(turn: Turn, said: Said) -> bool:
    """Whether the chat is kept going: not by the same message twice, else it would never end.

    Nor when the host says that it was kept going before and nobody remembers by what: the memory
    of chats is a cache, and may be gone or not writable.
    """
    lost = turn.is_continued() and not turn.chat.has("said")
    news = turn.chat.is_news("said", said.about)
    return said.given or (news and not lost)


def _end(turn: Turn) -> Answer:
    """The conversation is over: the name and the task are free again."""
    chat = turn.chat
    if not binding.is_current(chat, turn.log.state()):
        return {}
    said = turn.payload.text("reason")[:REASON_MAX]
    reason = f"session ended: {said}" if said.isprintable() and said else "session ended"
    left = Emit(chat.worker, "WorkerLeft", chat.worker, {"reason": reason})
    try:
        if chat.has("touched"):
            turn.life.beat("hook")
    except Locked:
        owed.keep(turn.log, left, chat.joined)
        return {}
    owed.append(turn.log, left, chat.joined)
    return {}


_DO: dict[str, Callable[[Turn], Answer]] = {
    "start": _start, "prompt": _prompt, "edit": _edit, "pre": _pre, "post": _post,
    "compact": _compact, "stop": _stop, "subagent": _subagent, "end": _end,
}  # fmt: skip
