"""Refusals as a chat without a shell reads them: the next call is that of a tool, if there is one.

The hint of a refusal is a command line; evt's own parser reads it, so that every flag is known.
What has no tool (`evt verify`, `evt trust`) stays a command: it is for the engineer.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import Any

from evt.cli.args import Parsed, parse
from evt.cli.emits import FORMS
from evt.cli.output import error_words
from evt.cli.registry import module
from evt.cli.requests import from_flags
from evt.eventlog.errors import EvtError
from evt.eventlog.rawjson import dumps

Args = dict[str, Any]
# verb -> the arguments of its tool, from what stands behind the verb
_TOOLS: dict[str, Callable[[Parsed, str], Args]] = {
    "join": lambda p, _: {
        "name": p.word(0), "role": p.get("role"), "takeover": p.get("takeover"),
    },
    "next": lambda p, me: {"name": p.get("as", me), "wait": p.get("wait")},
    "check": lambda p, me: {"name": p.get("as", me), "task": p.word(0)},
    "emit": lambda p, me: _emitted(p, me),
    "leave": lambda p, me: {"name": p.get("as", me), "note": p.get("note")},
    "status": lambda _, __: {},
    "inbox": lambda p, me: {"name": p.get("as", me), "wait": p.get("wait")},
    "plan": lambda p, me: {"name": p.get("as", me), "path": p.word(0), "apply": p.get("apply")},
}  # fmt: skip
_FORMS = {
    "emit": "emit(name=..., type=..., task=..., data={...})",
    "plan": "plan(name=..., path=..., apply=...)",
}
_KEYS = {
    flag: path.rpartition(".")[2] for form in FORMS.values() for flag, path in form.flags if path
} | {"as": "name"}
_FLAG = re.compile(r"--([a-z]+(?:-[a-z]+)*)")
_IN_DATA = re.compile(r' \(or "\w+" in --data\)')


def words(error: EvtError, me: str) -> str:
    """What failed, the findings, and the next call of the chat called `me`, a line each."""
    message = _IN_DATA.sub(" in data", error.message)
    said = EvtError(_FLAG.sub(_key, message), called(error.hint, me), **error.facts)
    return error_words(said)


def _key(found: re.Match[str]) -> str:
    return _KEYS.get(found[1], found[0])


def called(hint: str, me: str) -> str:
    """A command line as the call of a tool; as it stands if no tool does the same."""
    if hint.startswith("--"):
        flag, _, value = hint[2:].partition(" ")
        return f"{_KEYS[flag]}={value}" if flag in _KEYS else hint
    before, evt, command = hint.partition("evt ")
    if not evt or before not in ("", before.rstrip() + " "):
        return hint
    command, comment, why = command.partition("  # ")
    try:
        verb, *given = shlex.split(command)
        call = _called(verb, given, me)
    except (EvtError, ValueError):
        return hint  # several calls in one line, or not one that the parser takes
    return f"{before}{call}{comment}{_FLAG.sub(_key, why)}" if call else hint


def _called(verb: str, given: list[str], me: str) -> str:
    """The call of a tool; "" if there is none for this verb."""
    if verb not in _TOOLS:
        return ""
    try:
        parsed = parse(module(verb).VERB, given)
    except EvtError:
        if verb != "emit":
            raise
        return f"emit({_with_blanks(given, me)})"
    if parsed.get("help"):
        return _FORMS.get(verb, f"{verb}(...)")
    return f"{verb}({_written(_TOOLS[verb](parsed, me))})"


def _with_blanks(given: list[str], me: str) -> str:
    """The arguments of an event that has blanks to be filled in, such as `--score N`."""
    flags = [place for place, word in enumerate(given) if word.startswith("--")]
    args: Args = dict(zip(("type", "task"), given[: flags[0]], strict=False))
    values = {given[place][2:]: given[place + 1 : place + 2] for place in flags}
    name = "".join(values.pop("as", [])) or me
    blanks = ", ".join(f"{_KEYS.get(flag, flag)}: {' '.join(v)}" for flag, v in values.items())
    return f"{_written({'name': name, **args})}, data={{{blanks}}}"


def _emitted(parsed: Parsed, me: str) -> Args:
    type, subject = parsed.word(0) or "", parsed.word(1)
    data = from_flags(type, subject, parsed).data
    return {"name": parsed.get("as", me), "type": type, "task": subject, "data": data or None}


def _written(args: Args) -> str:
    known = [(key, value) for key, value in args.items() if value not in (None, "")]
    return ", ".join(f"{key}={_value(value)}" for key, value in known)


def _value(value: Any) -> str:
    return str(value) if isinstance(value, bool) else dumps(value).decode()
