"""One call of a verb: its arguments, who acts, the log it is about."""

from __future__ import annotations

from evt.cli import output, who
from evt.cli.args import parse
from evt.cli.registry import module
from evt.eventlog.errors import InvalidInput, Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.args import Parsed, Verb
    from evt.eventlog.log.filelog import FileLog


class Call:
    """What a verb is given. The log is opened when it is first asked for."""

    __slots__ = ("_log", "args", "verb")

    def __init__(self, verb: Verb, args: Parsed) -> None:
        self.verb = verb
        self.args = args
        self._log: FileLog | None = None

    @property
    def json(self) -> bool:
        """Whether output is for programs."""
        return bool(self.args.get("json"))

    @property
    def log(self) -> FileLog:
        """The log of this repository; raises NoLog. Loaded here: a throttled hook needs none."""
        if self._log is None:
            from evt.eventlog.log.discovery import find
            from evt.eventlog.log.filelog import FileLog
            from evt.eventlog.log.layout import Layout

            self._log = FileLog(Layout(find()))
        return self._log

    def actor(self) -> str:
        """Who acts; raises Usage inside a chat host if nobody was named."""
        return who.actor(self.args.get("as"), f"evt {self.verb.name} ...")

    def reader(self) -> str | None:
        """Who reads: the name that was said, the engineer outside chats, else nobody."""
        name = who.named(self.args.get("as"))
        return name or (None if who.in_chat() else who.ENGINEER)

    def answer(self, document: Any, text: str, *, failed: bool = False) -> None:
        """Print the document with `--json`, else the text.

        `failed`: the exit code will say so; beside a document the words go to stderr.
        """
        if not self.json:
            output.say(text)
            return
        output.say_json(document)
        if failed:
            output.tell(text)


def run(name: str, args: list[str]) -> int:
    """Parse the arguments of a verb and run it; returns the exit code."""
    loaded = module(name)
    try:
        parsed = parse(loaded.VERB, args)
        if parsed.get("help"):
            from evt.cli.helping import verb_help

            output.say(verb_help(name, parsed.word(0)))
            return 0
        code: int = loaded.run(Call(loaded.VERB, parsed))
    except (Usage, InvalidInput) as error:
        if name == "hook":
            return int(loaded.misused(error))
        typed = args[0] if name == "emit" and args and args[0][:1].isupper() else ""
        error.hint = error.hint or " ".join(["evt", name, *([typed] if typed else []), "--help"])
        raise
    return code
