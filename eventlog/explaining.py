"""One clear sentence about data that the generated check refused; the models say what is wrong."""

from __future__ import annotations

import json
from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import ValidationError

from evt.eventlog.errors import InvalidInput, OutsideRepository, Unexpected
from evt.eventlog.events import MODELS
from evt.eventlog.events_fields import Data
from evt.eventlog.events_project import Policy
from evt.eventlog.events_request import REQUESTS
from evt.eventlog.events_task import BUILT_IN, Task
from evt.eventlog.vocabulary import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

    from evt.eventlog.checking import Node

ROOTS: dict[str, type[Data]] = {"task": Task, "policy": Policy}
_FORMS = {
    "path": "a path inside the repository without control characters",
    "sha256": "64 lower-case hexadecimal digits",
    "task_id": "a task id ([a-z0-9][a-z0-9._-]*, at most 64 characters)",
    "event_id": "an event id (1-128 characters of [A-Za-z0-9._:-])",
}
_KINDS = {
    "string_type": "a text", "int_type": "a whole number", "float_type": "a number",
    "bool_type": "true or false", "list_type": "a list", "dict_type": "an object",
    "model_type": "an object", "model_attributes_type": "an object",
    "int_from_float": "a whole number", "finite_number": "a finite number",
}  # fmt: skip


def model_of(name: str, written: bool = False) -> type[Data]:
    """The model of a type (as asked for, or as written), of `task` or of `policy`."""
    if name in ROOTS:
        return ROOTS[name]
    return MODELS[name] if written or name not in REQUESTS else REQUESTS[name]


def without_plugins(data: Any) -> Any:
    """The data with a built-in check in place of each that an installed plugin has to judge.

    A built-in name stays a built-in check, whatever a plugin calls itself.
    """
    if not isinstance(data, dict):
        return data
    inner = {
        key: without_plugins(value) for key, value in data.items()
        if key in ("acceptance", "changed")
    }  # fmt: skip
    if isinstance(checks := data.get("checks"), list):
        inner["checks"] = [
            {"check": BUILT_IN[0]} if _is_plugin(check) else check for check in checks
        ]
    return {**data, **inner}


def _is_plugin(check: Any) -> bool:
    name = check.get("check") if isinstance(check, dict) else None
    if not isinstance(name, str) or name in BUILT_IN:
        return False
    return name in entry_points(group="evt.validators").names


def refuse(table: Node, data: Any, name: str, written: bool = False) -> NoReturn:
    """Raise the InvalidInput that says what is wrong with data that does not fit its table."""
    hint = f"evt schema {name}"
    try:
        model_of(name, written).model_validate(data)
    except ValidationError as error:
        first = min(error.errors(include_url=False), key=_urgency)
        keys = _keys(data, first["loc"], first["type"])
        where = _path(keys)
        if first["type"] == "outside_repository":
            raise OutsideRepository(
                f"{name}: {where} is {_shown(first['input'])}, which leaves the repository: "
                "paths are relative and have no '..'",
                hint,
            ) from None
        allowed = _allowed(table, data, keys[:-1])
        raise InvalidInput(
            f"{name}: {_sentence(first, where, keys, allowed, name)}", hint
        ) from None
    raise Unexpected(f"{name}: the generated check and the models differ", "report this as a bug")


def _urgency(error: ErrorDetails) -> int:
    """A path outside first, then a misspelt key: a missing key is often what it stands for."""
    order = ("outside_repository", "extra_forbidden")
    return order.index(error["type"]) if error["type"] in order else len(order)


def _keys(data: Any, location: Sequence[int | str], kind: str) -> list[int | str]:
    """The keys that lead to the error; names of the models' union arms are not keys."""
    keys: list[int | str] = []
    for number, key in enumerate(location):
        if _has(data, key):
            data = data[key]
        elif not (kind == "missing" and number == len(location) - 1):
            continue
        keys.append(key)
    return keys


def _has(data: Any, key: int | str) -> bool:
    if isinstance(data, list):
        return isinstance(key, int) and key < len(data)
    return isinstance(data, dict) and key in data


def _path(keys: list[int | str]) -> str:
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return text.lstrip(".") or "the data"


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _sentence(
    error: ErrorDetails, where: str, keys: list[int | str], allowed: list[str], name: str
) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(where, keys, allowed, name)
    if kind == "union_tag_invalid":
        return f"{where}: there is no check {_shown(context['tag'])}, " + _instead(
            context["tag"], BUILT_IN
        )
    if kind == "missing":
        return f"{where} is missing"
    if kind in ("any_of", "one_of"):
        said = "give one of" if kind == "any_of" else "give only one of"
        return f"{said} {context['keys']}" + (f" in {where}" if keys else "")
    return f"{where} is {_shown(error['input'])}, but must be {_wanted(kind, context)}"


def _wanted(kind: str, context: dict[str, Any]) -> str:
    if kind == "form":
        return _FORMS[context["form"]]
    if kind == "literal_error":
        return str(context["expected"])
    if kind == "union_tag_not_found":
        return 'an object that names its "check"'
    if kind == "greater_than_equal":
        return f"at least {context['ge']}"
    if kind == "less_than_equal":
        return f"at most {context['le']}"
    if kind in ("string_too_short", "too_short"):
        return (
            "more than nothing"
            if context["min_length"] == 1
            else f"at least {context['min_length']} long"
        )
    if kind in ("string_too_long", "too_long"):
        return f"at most {context['max_length']} long"
    return _KINDS.get(kind, "something else (" + kind + ")")


def _unknown_key(where: str, keys: list[int | str], allowed: list[str], name: str) -> str:
    pattern = "".join("[]" if isinstance(key, int) else f".{key}" for key in keys).lstrip(".")
    if pattern in EVIDENCE.get(name, ()):
        return f"{where} is written by evt only, leave it out"
    return f"there is no key {_shown(where)[1:-1]}, " + _instead(str(keys[-1]), allowed)


def _instead(word: str, allowed: list[str]) -> str:
    near = get_close_matches(word, allowed, 1, 0.5)
    if near:
        return f"did you mean {near[0]}?"
    return "only " + ", ".join(allowed) if allowed else "leave it out"


def _allowed(node: Node, data: Any, keys: list[int | str]) -> list[str]:
    """The keys that an object may have, at the end of a way through table and data."""
    for arm in _arms(node, data):
        if arm[0] == "object" and not keys:
            return list(arm[2])
        if keys and _has(data, keys[0]):
            inner = arm[2].get(keys[0]) if arm[0] == "object" else arm[1]
            return _allowed(inner, data[keys[0]], keys[1:])
    return []


def _arms(node: Node, data: Any) -> list[Node]:
    """The tables of this kind of value that a node offers."""
    kind = "list" if isinstance(data, list) else "object"
    if node[0] == "by":
        arm = node[2].get(data.get(node[1])) if isinstance(data, dict) else None
        return [arm] if arm else []
    if node[0] in ("or", "null"):
        return [arm for inner in node[1:] for arm in _arms(inner, data)]
    return [node] if node[0] in (kind, "map") else []
