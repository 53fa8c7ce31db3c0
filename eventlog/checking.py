"""Is this data what its type asks for? Hot: reads generated tables; pydantic comes only to explain.

`check` is for requests, where evt still adds keys and refuses evidence; with `written` for data as
it is stored.
"""

from __future__ import annotations

from evt.eventlog.checks import ASKED, ROOTS, STORED
from evt.eventlog.errors import InvalidInput
from evt.eventlog.forms import FORMS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Node = tuple[Any, ...]


def check(type: str, data: dict[str, Any], *, written: bool = False) -> dict[str, Any]:
    """The same data, if it fits; raises InvalidInput or OutsideRepository in one sentence."""
    table = (STORED if written else ASKED).get(type)
    if table is None:
        raise _unknown(type)
    return _fitting(table, data, type, written)


def check_task(task: dict[str, Any]) -> dict[str, Any]:
    """The same task JSON, if it fits; the reported fields may be there."""
    return _fitting(ROOTS["task"], task, "task", True)


def _fitting(table: Node, data: dict[str, Any], name: str, written: bool) -> dict[str, Any]:
    if not fits(table, data):
        from evt.eventlog.explaining import refuse, without_plugins

        rest = without_plugins(data)
        if not fits(table, rest):
            refuse(table, rest, name, written)
    return data


def _unknown(type: str) -> InvalidInput:
    from difflib import get_close_matches

    near = get_close_matches(type, STORED, 1, 0.5)
    did_you_mean = f", did you mean {near[0]}?" if near else ""
    return InvalidInput(f"there is no event type {type!r}{did_you_mean}", "evt schema")


def fits(node: Node, value: Any) -> bool:
    """Whether a JSON value is what a table asks for."""
    return _KINDS[node[0]](node, value)


def _object(node: Node, value: Any) -> bool:
    if type(value) is not dict:
        return False
    _, required, items, any_of, one_of = node
    for key, inner in value.items():
        item = items.get(key)
        if item is None or not _KINDS[item[0]](item, inner):
            return False
    return (
        all(key in value for key in required)
        and (not any_of or any(key in value for key in any_of))
        and (not one_of or sum(key in value for key in one_of) <= 1)
    )


def _list(node: Node, value: Any) -> bool:
    _, item, least, most = node
    return (
        type(value) is list
        and (least is None or len(value) >= least)
        and (most is None or len(value) <= most)
        and all(fits(item, inner) for inner in value)
    )


def _text(node: Node, value: Any) -> bool:
    _, least, most = node
    return type(value) is str and len(value) >= least and (most is None or len(value) <= most)


def _whole(node: Node, value: Any) -> bool:
    return type(value) is int and bool(node[1] <= value <= node[2])


def _number(node: Node, value: Any) -> bool:
    return type(value) in (int, float) and bool(node[1] <= value <= node[2])


def _map(node: Node, value: Any) -> bool:
    return type(value) is dict and all(fits(node[1], inner) for inner in value.values())


def _by(node: Node, value: Any) -> bool:
    if type(value) is not dict:
        return False
    name = value.get(node[1])
    arm = node[2].get(name) if type(name) is str else None
    return arm is not None and _object(arm, value)


_KINDS: dict[str, Callable[[Node, Any], bool]] = {
    "object": _object,
    "list": _list,
    "text": _text,
    "form": lambda node, value: type(value) is str and FORMS[node[1]](value),
    "one": lambda node, value: type(value) is str and value in node[1],
    "whole": _whole,
    "number": _number,
    "flag": lambda _, value: type(value) is bool,
    "any": lambda *_: True,
    "any_object": lambda _, value: type(value) is dict,
    "map": _map,
    "null": lambda node, value: value is None or fits(node[1], value),
    "or": lambda node, value: fits(node[1], value) or fits(node[2], value),
    "by": _by,
}
