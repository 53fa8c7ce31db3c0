"""Shell completion by typer, for an app made from the tables of the verbs; it never runs one."""

from __future__ import annotations

import os
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any

import typer

from evt.cli.args import COMMON, Flag, Verb, Word
from evt.cli.emits import FORMS
from evt.cli.registry import VERBS, module
from evt.eventlog.errors import EvtError, Usage
from evt.eventlog.log.discovery import find
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout
from evt.eventlog.state import State

SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
OFFERED = 200  # task ids at most


def complete(args: list[str]) -> int:
    """Answer the shell, print or install the script; typer says how each shell wants it."""
    if "_EVT_COMPLETE" not in os.environ:
        if len(args) > 2 or (len(args) == 2 and args[1] not in SHELLS):
            raise Usage(
                f"{args[0]} takes the name of a shell: {', '.join(SHELLS)}", f"evt {args[0]} bash"
            )
        if len(args) == 2:  # typer takes a name only when it does not look for the shell itself
            os.environ["_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION"] = "1"
    try:
        app()(args, prog_name="evt", standalone_mode=False)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def app() -> typer.Typer:
    """All verbs with their words and flags as a typer app."""
    made = typer.Typer(add_completion=True)
    for name in VERBS:
        verb: Verb = module(name).VERB
        made.command(name, help=verb.summary)(_signed(verb))
    return made


def _signed(verb: Verb) -> Callable[..., None]:
    """A function that does nothing, with the parameters of a verb."""

    def never_run(**_: object) -> None:
        raise Usage(f"evt {verb.name} is not run here")

    parameters = [_word(word) for word in verb.words]
    parameters += [_flag(flag) for flag in (*verb.flags, *COMMON) if flag.name != "help"]
    signature = Signature(parameters)
    never_run.__signature__ = signature  # type: ignore[attr-defined]  # what inspect reads
    never_run.__annotations__ = {one.name: one.annotation for one in parameters}
    return never_run


def _word(word: Word) -> Parameter:
    offered = _OFFERS.get(word.name)
    kind = Annotated[str | None, typer.Argument(help=word.help, autocompletion=offered)]
    return Parameter(
        word.name.lower(), Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=kind
    )


def _flag(flag: Flag) -> Parameter:
    offered = _OFFERS.get(flag.metavar)
    if flag.choices:
        offered = _among(flag.choices)
    option: Any = typer.Option(f"--{flag.name}", help=flag.help, autocompletion=offered)
    kind: Any = Annotated[str | None, option]
    if flag.kind == "switch":
        kind = Annotated[bool, option]
    elif flag.repeats:
        kind = Annotated[list[str] | None, option]
    elif flag.kind == "pair":
        kind = Annotated[tuple[str, str] | None, option]
    default: Any = False if flag.kind == "switch" else None
    return Parameter(
        f"flag_{flag.key}", Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=kind
    )


def _among(words: tuple[str, ...]) -> Callable[[str], list[str]]:
    """Offers what begins like that; typer knows the argument by its name `incomplete`."""

    def offered(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return offered


def _from_log(names: Callable[[State], list[str]]) -> Callable[[str], list[str]]:
    """Names that the log knows; without a log there are none to offer."""

    def offered(incomplete: str) -> list[str]:
        try:
            known = names(FileLog(Layout(find())).state())
        except (EvtError, OSError):
            return []
        return [name for name in known if name.startswith(incomplete)][:OFFERED]

    return offered


_tasks = _from_log(lambda state: list(state.task_ids()))
_OFFERS: dict[str, Callable[[str], list[str]]] = {
    "TYPE": _among(tuple(FORMS)),
    "TASK": _tasks,
    "SUBJECT": _tasks,
    "NAME": _from_log(lambda state: ["engineer", *state.head["workers"]]),
}
