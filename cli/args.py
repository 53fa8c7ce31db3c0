"""The one flag parser of all verbs: flags anywhere after the verb, list flags repeat.

A verb is a table (`Verb`); parser, help, completion and docs/cli.md all read it. Hot: loads nothing
but what explains a mistake.
"""

from __future__ import annotations

from evt.eventlog.errors import InvalidInput, Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Flag:
    """One flag: `--name METAVAR`; `kind` says what its value is.

    switch (no value), text, integer, number, json; list and jsons repeat; pair takes two values;
    choice is a text among `choices`.
    """

    __slots__ = ("choices", "help", "kind", "metavar", "name", "short")

    def __init__(
        self, name: str, kind: str, help: str, metavar: str = "", *,
        choices: tuple[str, ...] = (), short: str = "",
    ) -> None:  # fmt: skip
        self.name = name
        self.kind = kind
        self.help = help
        self.metavar = metavar or ("|".join(choices) if choices else name.upper())
        self.choices = choices
        self.short = short

    @property
    def key(self) -> str:
        """The name under which `Parsed` has it."""
        return self.name.replace("-", "_")

    @property
    def repeats(self) -> bool:
        """Whether it may be given several times."""
        return self.kind in ("list", "jsons")


class Word:
    """A positional argument; `choices` are all it may be."""

    __slots__ = ("choices", "help", "name", "needed")

    def __init__(
        self, name: str, help: str, needed: bool = False, choices: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.help = help
        self.needed = needed
        self.choices = choices


class Verb:
    """One command of evt: its words, flags, help and examples.

    `examples` are (command, what it does). `rest`: what follows `--` is an argument list.
    """

    __slots__ = ("examples", "flags", "name", "notes", "rest", "summary", "words")

    def __init__(
        self,
        name: str,
        summary: str,
        words: tuple[Word, ...] = (),
        flags: tuple[Flag, ...] = (),
        examples: tuple[tuple[str, str], ...] = (),
        notes: str = "",
        rest: bool = False,
    ) -> None:
        self.name = name
        self.summary = summary
        self.words = words
        self.flags = flags
        self.examples = examples
        self.notes = notes
        self.rest = rest


JSON = Flag("json", "switch", "one JSON document (or lines of JSON) on stdout")
HELP = Flag("help", "switch", "this text", short="h")
AS = Flag("as", "text", "who acts (or EVT_AS; else engineer)", "NAME")
COMMON = (AS, JSON, HELP)


class Parsed:
    """What was given: values by flag key, words by position, what followed `--`."""

    __slots__ = ("rest", "values", "words")

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.words: list[str] = []
        self.rest: list[str] = []

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a flag, or the default if it was not given."""
        return self.values.get(key, default)

    def word(self, number: int) -> str | None:
        """A positional argument, None if it was not given."""
        return self.words[number] if number < len(self.words) else None


def parse(verb: Verb, args: list[str]) -> Parsed:
    """Read the arguments of a verb; raises Usage or InvalidInput naming what would be right."""
    flags = {"--" + flag.name: flag for flag in (*verb.flags, *COMMON)}
    flags |= {"-" + flag.short: flag for flag in (*verb.flags, *COMMON) if flag.short}
    parsed = Parsed()
    left = args[::-1]
    while left:
        text = left.pop()
        if text == "--":
            if verb.rest:
                parsed.rest = left[::-1]
            else:
                parsed.words += left[::-1]
            break
        if text[:1] != "-" or len(text) == 1:
            parsed.words.append(text)
            continue
        name, equals, value = text.partition("=")
        if name not in flags and text[:2] in flags:  # -n20
            name, equals, value = text[:2], "=", text[2:]
        flag = flags.get(name)
        if flag is None:
            raise _unknown(verb, name, flags)
        _take(parsed, flag, name, value if equals else None, left, flags)
    if not parsed.get("help"):
        _check_words(verb, parsed)
    return parsed


def _take(
    parsed: Parsed, flag: Flag, name: str, value: str | None, left: list[str],
    flags: dict[str, Flag],
) -> None:  # fmt: skip
    """The value of one flag, typed as `name`; what belongs to it is taken from `left`."""
    if flag.kind == "switch":
        if value is not None:
            raise Usage(f"{name} takes no value")
        parsed.values[flag.key] = True
        return
    wanted = 2 if flag.kind == "pair" else 1
    values = [value] if value is not None else []
    while len(values) < wanted:
        if not left or left[-1].partition("=")[0] in flags:
            raise _no_value(flag, name, left)
        values.append(left.pop())
    if flag.kind == "pair":
        parsed.values[flag.key] = values
        return
    found = _value(flag.kind, flag.choices, name, values[0])
    if flag.repeats:
        parsed.values.setdefault(flag.key, []).append(found)
    elif flag.key in parsed.values and parsed.values[flag.key] != found:
        raise Usage(f"{name} is there twice with different values")
    else:
        parsed.values[flag.key] = found


def _no_value(flag: Flag, name: str, left: list[str]) -> Usage:
    if flag.kind == "pair":
        return Usage(f"{name} needs two values: {name} {flag.metavar}")
    meant = f"{name}={left[-1]}  (if that is the value)" if left else ""
    return Usage(f"{name} needs a value: {name} {flag.metavar}", meant)


def _value(kind: str, choices: tuple[str, ...], name: str, text: str) -> Any:
    if not text.isascii() and not _is_text(text):
        raise InvalidInput(f"{name} has bytes in it that are not UTF-8")
    if kind in ("json", "jsons"):
        from evt.eventlog.rawjson import loads

        try:
            return loads(text)
        except InvalidInput as error:
            raise InvalidInput(f"{name}: {error.message}", error.hint) from None
    if kind == "choice" and text not in choices:
        raise Usage(f"{name} is one of {', '.join(choices)}, not {text[:40]!r}")
    if kind == "integer":
        return _integer(name, text)
    return _number(name, text) if kind == "number" else text


def _is_text(given: str) -> bool:
    """Whether what the system gave is UTF-8; its other bytes come as surrogates."""
    try:
        given.encode()
    except UnicodeEncodeError:
        return False
    return True


def _integer(name: str, text: str) -> int:
    try:
        if len(text) > 20 or not text.isascii() or "_" in text:
            raise ValueError
        return int(text)
    except ValueError:
        raise Usage(f"{name} is a whole number, not {text[:40]!r}") from None


def _number(name: str, text: str) -> int | float:
    try:
        if not text.isascii() or "_" in text:
            raise ValueError
        value = float(text)
        if value - value != 0.0:
            raise ValueError
    except ValueError:
        raise Usage(f"{name} is a number, not {text[:40]!r}") from None
    return int(text) if text.lstrip("+-").isdecimal() else value


def _check_words(verb: Verb, parsed: Parsed) -> None:
    if len(parsed.words) > len(verb.words):
        extra = parsed.words[len(verb.words)]
        raise Usage(f"evt {verb.name} does not know what to do with {extra[:40]!r}")
    for number, word in enumerate(verb.words):
        given = parsed.word(number)
        if given is None and word.needed:
            raise Usage(f"evt {verb.name} needs {word.name}: {word.help}", *verb.examples[0][:1])
        if given is not None and not given.isascii() and not _is_text(given):
            raise InvalidInput(f"{word.name} has bytes in it that are not UTF-8")
        if given == "":
            raise Usage(f"{word.name} is empty: give it, or leave it out")


def _unknown(verb: Verb, name: str, flags: dict[str, Flag]) -> Usage:
    near = nearest(name, flags)
    said = f", did you mean {near}?" if near else ""
    return Usage(f"evt {verb.name} has no flag {name[:40]}{said}")


def nearest(word: str, known: Any) -> str | None:
    """The known word that looks most like this one, None if none does."""
    from difflib import get_close_matches

    found = get_close_matches(word, known, 1, 0.6)
    return str(found[0]) if found else None
