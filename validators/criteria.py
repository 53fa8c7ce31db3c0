"""Sentences of a task that a program can check become checks; all others are manual, never a guess.

A sentence is compiled when all of it is one of the known phrasings and it is clear which files it
is about. `effective` is everything that the gate will look at.
"""

from __future__ import annotations

from evt.validators.work import DEFAULTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

COMMAND_SECONDS = 300
LEASE_SECONDS = 60  # beyond the time limits of the commands
_SHELL = frozenset("|&;<>()$`*?[]~#!\n\\")
_SHELL_WORDS = frozenset({
    "cd", "export", "source", ".", "set", "unset", "if", "for", "while", "until", "case", "eval",
    "exit", "alias", "ulimit", "umask", "wait", "trap", "type", "command", "builtin", "time",
})  # fmt: skip


def compile_task(data: dict[str, Any]) -> list[dict[str, Any]]:
    """[{text, check}] for each criterion in order; check is None if somebody has to look."""
    criteria = data.get("acceptance", {}).get("criteria", [])
    if not criteria:
        return []
    from evt.validators.phrases import compiled

    outputs = data.get("context", {}).get("outputFiles", [])
    command = known_command(data)
    return [{"text": text, "check": compiled(text, outputs, command)} for text in criteria]


def effective(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Every check of a task: defaults, its own, compiled criteria, the validation; no two alike.

    A default check that the task words itself is replaced; for `paths` alone, the default goes on
    for all other files. A project's acceptance has no outputs and so no defaults.
    """
    own = data.get("acceptance", {}).get("checks", [])
    compiled = [one["check"] for one in compile_task(data) if one["check"]]
    line = validation(data)
    found: list[dict[str, Any]] = []
    for check in [*_defaults(data, own), *own, *compiled, *([line] if line else [])]:
        if not check.get("off") and check not in found:
            found.append(check)
    return found


def _defaults(data: dict[str, Any], own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if "description" not in data:
        return []
    found: list[dict[str, Any]] = []
    for name in DEFAULTS:
        worded = [check for check in own if check["check"] == name]
        if name == "absent" and not data.get("context", {}).get("deletedFiles"):
            continue
        if not worded:
            found.append({"check": name})
        elif all("paths" in check for check in worded):
            without = [path for check in worded for path in check["paths"]]
            found.append({"check": name, "exceptPaths": without})
    return found


def validation(data: dict[str, Any]) -> dict[str, Any] | None:
    """The check of `acceptance.validation`: its words, or bash with the line that needs a shell."""
    line = data.get("acceptance", {}).get("validation")
    return {"check": "command", "argv": words_of(line)} if line else None


def words_of(line: str) -> list[str]:
    """The argument list of a command line."""
    import shlex

    shell = ["bash", "-c", line]
    if not _SHELL.isdisjoint(line):
        return shell
    try:
        words = shlex.split(line)
    except ValueError:
        return shell
    if (
        not words
        or words[0] in _SHELL_WORDS
        or "=" in words[0]
        or "{" in line.replace("{path}", "")
    ):
        return shell
    return words


def known_command(data: dict[str, Any]) -> dict[str, Any] | None:
    """The command that "tests pass" means: the validation, else the task's first command check."""
    own = data.get("acceptance", {}).get("checks", [])
    return validation(data) or next((check for check in own if check["check"] == "command"), None)


def lease(task: dict[str, Any]) -> int:
    """Seconds that the gate may be silent: the time limits of the commands, and 60."""
    return LEASE_SECONDS + sum(
        int(check.get("timeoutSeconds", COMMAND_SECONDS))
        for check in effective(task)
        if check["check"] == "command"
    )
