"""Every check by its name: the built-in ones and those of installed plugins.

A built-in check is a module with a function `check(work, asked)` and a line here. It is loaded when
a task needs it. A plugin is an entry point of the group `evt.validators`; docs/write-a-check.md.
"""

from __future__ import annotations

import sys

from evt.eventlog.errors import InvalidInput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from evt.validators.result import Finding
    from evt.validators.work import Work

    Check = Callable[[Work, dict[str, Any]], Iterable[Finding]]

BUILT_IN: dict[str, str] = {
    "files_exist": "evt.validators.checks.files_exist",
    "absent": "evt.validators.checks.absent",
    "not_empty": "evt.validators.checks.not_empty",
    "conflict_markers": "evt.validators.checks.conflict_markers",
    "placeholders": "evt.validators.checks.placeholders",
    "not_copied": "evt.validators.checks.not_copied",
    "syntax": "evt.validators.checks.syntax",
    "secrets": "evt.validators.checks.secrets",
    "word_count": "evt.validators.checks.word_count",
    "line_count": "evt.validators.checks.line_count",
    "sections": "evt.validators.checks.sections",
    "contains": "evt.validators.checks.contains",
    "not_contains": "evt.validators.checks.not_contains",
    "json_schema": "evt.validators.checks.json_schema",
    "links": "evt.validators.checks.links",
    "max_size": "evt.validators.checks.max_size",
    "in_scope": "evt.validators.checks.in_scope",
    "unchanged": "evt.validators.checks.unchanged",
    "context_score": "evt.validators.checks.context_score",
    "command": "evt.validators.checks.command",
}


class Loaded:
    """A check that can be called; `origin` is {distribution, version} of a plugin, else empty."""

    __slots__ = ("check", "origin")

    def __init__(self, check: Check, origin: dict[str, str]) -> None:
        self.check = check
        self.origin = origin


def load(name: str) -> Loaded | None:
    """The check of that name, None if nobody has one. A plugin that does not load raises."""
    module = BUILT_IN.get(name)
    if module is None:
        from evt.validators.plugins import load_plugin

        return load_plugin(name)
    __import__(module)
    return Loaded(sys.modules[module].check, {})


def validate(check: dict[str, Any]) -> None:
    """Raise InvalidInput in one sentence if a check object is not one that the gate can make."""
    from evt.eventlog.checking import check_task

    name = check.get("check")
    if isinstance(name, str) and name not in BUILT_IN:
        from evt.validators.plugins import validate_plugin

        validate_plugin(check)
        return
    check_task({"id": "t", "type": "task", "description": "d", "acceptance": {"checks": [check]}})
    problem = _problem(check)
    if problem:
        raise InvalidInput(f"check {check['check']}: {problem}", "evt schema TaskCreated")


def validate_checks(data: dict[str, Any]) -> None:
    """Validate every check of a task's or project's acceptance; raises InvalidInput."""
    for check in data.get("acceptance", {}).get("checks", ()):
        validate(check)


def _problem(check: dict[str, Any]) -> str | None:
    """What is wrong with parameters that each have the right type."""
    name = check["check"]
    if name in ("word_count", "line_count"):
        if "min" not in check and "max" not in check:
            return "give min, max or both"
        if check.get("min", 0) > check.get("max", check.get("min", 0)):
            return f"min {check['min']} is more than max {check['max']}"
    if name == "command" and check["argv"].count("{path}") > 1:
        return "only one argument may be {path}"
    if name == "syntax" and "format" in check:
        from evt.validators.formats import FORMATS

        return None if check["format"].lower().lstrip(".") in FORMATS else _no_format(check)
    if name in ("contains", "not_contains") and check.get("regex"):
        import re

        try:
            re.compile(check["pattern"])
        except re.error as problem:
            return f"the pattern is not a regular expression: {problem}"
    return None


def _no_format(check: dict[str, Any]) -> str:
    from evt.validators.formats import FORMATS

    return f"there is no format {check['format']!r}, " + nearest(check["format"], FORMATS)


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean X?`, or everything that there is."""
    from difflib import get_close_matches

    names = sorted(known)
    near = get_close_matches(word, names, 1, 0.5)
    return f"did you mean {near[0]}?" if near else f"only {', '.join(names)}"
