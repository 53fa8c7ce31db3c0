"""Checks of other packages: entry points of the group `evt.validators`.

A plugin is a function `check(files, *, limit: int = 5)` that yields findings: it is given the files
that the check is about and, by name, the parameters that the task gave. Its signature says which
there are. When a task is created it is called once without files, so that it can refuse values with
a ValueError. A built-in name cannot be taken.
"""

from __future__ import annotations

import inspect
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from evt.eventlog.errors import InvalidInput
from evt.validators.registry import BUILT_IN, Loaded, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evt.validators.result import Finding
    from evt.validators.work import Work

GROUP = "evt.validators"
_COMMON = ("check", "paths")
_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,), "float": (int, float), "str": (str,), "bool": (bool,), "list": (list,),
    "dict": (dict,),
}  # fmt: skip


def plugin_names() -> list[str]:
    """The checks that plugins bring, without those that are built in."""
    return sorted({point.name for point in entry_points(group=GROUP)} - set(BUILT_IN))


def load_plugin(name: str) -> Loaded | None:
    """The plugin's check, fit for the gate; None if there is none of that name."""
    point = _point(name)
    if point is None:
        return None
    function = point.load()

    def check(work: Work, asked: dict[str, Any]) -> Iterable[Finding]:
        return function(list(work.files(asked)), **_parameters(asked)) or ()

    origin = {}
    if point.dist is not None:
        origin = {"distribution": point.dist.name, "version": point.dist.version}
    return Loaded(check, origin)


def _point(name: str) -> EntryPoint | None:
    found = entry_points(group=GROUP, name=name)
    return next(iter(found), None)


def _parameters(asked: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in asked.items() if key not in _COMMON}


def validate_plugin(check: dict[str, Any]) -> None:
    """Raise InvalidInput if a plugin's check has parameters that the plugin does not take."""
    name = check["check"]
    point = _point(name)
    if point is None:
        known = [*BUILT_IN, *plugin_names()]
        raise InvalidInput(f"there is no check {name!r}, {nearest(name, known)}", "evt schema")
    try:
        function = point.load()
    except Exception as broken:  # noqa: BLE001  anybody's code
        raise InvalidInput(f"check {name}: the plugin does not load: {broken}") from None
    given = _parameters(check)
    problem = _paths_problem(check) or _mismatch(function, given) or _refusal(function, given)
    if problem:
        raise InvalidInput(f"check {name}: {problem}")


def _paths_problem(check: dict[str, Any]) -> str | None:
    from evt.eventlog.forms import is_path

    paths = check.get("paths", [])
    fits = isinstance(paths, list) and all(isinstance(p, str) and is_path(p) for p in paths)
    return None if fits else "paths is a list of paths inside the repository"


def _mismatch(function: Any, given: dict[str, Any]) -> str | None:
    """What the signature says about these parameters: unknown, missing, of another type."""
    _, *taken = inspect.signature(function).parameters.values()
    known = {parameter.name: parameter for parameter in taken}
    for key in given:
        if key not in known:
            return f"there is no parameter {key!r}, " + (
                nearest(key, known) if known else "it takes none"
            )
    for parameter in taken:
        if parameter.name not in given:
            if parameter.default is inspect.Parameter.empty:
                return f"the parameter {parameter.name!r} is missing"
            continue
        said = str(getattr(parameter.annotation, "__name__", parameter.annotation))
        wanted = _TYPES.get(said.partition("[")[0])
        value = given[parameter.name]
        if wanted and (not isinstance(value, wanted) or (type(value) is bool and said != "bool")):
            return f"{parameter.name} is {value!r}, but must be {said}"
    return None


def _refusal(function: Any, given: dict[str, Any]) -> str | None:
    """What the plugin itself has against these values, asked without files."""
    try:
        list(function([], **given) or ())
    except Exception as problem:  # noqa: BLE001  anybody's code, and that is its way to refuse
        return str(problem) or type(problem).__name__
    return None
