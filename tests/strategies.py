"""Hypothesis strategies that are read off the generated tables: data that every type accepts.

`event_data("Completed")` gives data as stored, with `written=False` as asked for.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from evt.eventlog.checks import ASKED, ROOTS, STORED

SIZE = 3  # items of a list and characters of a text beyond the least: small, many combinations
NAMES = st.text("abcdefghij0123456789", min_size=1, max_size=8)
FORMS = {
    "path": st.lists(NAMES, min_size=1, max_size=3).map("/".join),
    "sha256": st.text("0123456789abcdef", min_size=64, max_size=64),
    "task_id": NAMES,
    "event_id": NAMES,
}
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def event_data(type: str, *, written: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    """Data that this type accepts, as stored or as asked for."""
    return from_table((STORED if written else ASKED)[type])


def task_json() -> st.SearchStrategy[dict[str, Any]]:
    """A task as chats know it."""
    return from_table(ROOTS["task"])


def from_table(node: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Values that fit a table of `checks.py`."""
    kind, *rest = node
    if kind == "object":
        return _object(*rest)
    if kind == "text":
        least, most = rest
        return st.text(min_size=least, max_size=min(least + SIZE, most or least + SIZE))
    if kind == "list":
        item, least, most = rest
        least = least or 0
        return st.lists(from_table(item), min_size=least, max_size=least + SIZE)
    if kind == "number":
        return st.floats(*rest, allow_nan=False) | st.integers(int(rest[0]), min(int(rest[1]), 99))
    if kind == "map":
        return st.dictionaries(NAMES, from_table(rest[0]), max_size=SIZE)
    if kind == "null":
        return st.none() | from_table(rest[0])
    if kind == "or":
        return from_table(rest[0]) | from_table(rest[1])
    if kind == "by":
        key, arms = rest
        return st.one_of([_named(from_table(arm), key, name) for name, arm in arms.items()])
    return _leaf(kind, rest)


def _leaf(kind: str, rest: list[Any]) -> st.SearchStrategy[Any]:
    if kind == "form":
        return FORMS[rest[0]]
    if kind == "one":
        return st.sampled_from(rest[0])
    if kind == "whole":
        return st.integers(*rest)
    if kind == "flag":
        return st.booleans()
    if kind == "any_object":
        return st.dictionaries(NAMES, JSON, max_size=SIZE)
    assert kind == "any", kind
    return JSON


def _named(objects: st.SearchStrategy[Any], key: str, name: str) -> st.SearchStrategy[Any]:
    return objects.map(lambda found: {**found, key: name})


@st.composite
def _object(
    draw: st.DrawFn,
    required: tuple[str, ...],
    items: dict[str, tuple[Any, ...]],
    any_of: tuple[str, ...],
    one_of: tuple[str, ...],
) -> dict[str, Any]:
    needed = {*required, *([draw(st.sampled_from(any_of))] if any_of else ())}
    left_out = {*one_of} - {draw(st.sampled_from(one_of))} if one_of else set()
    free = [key for key in items if key not in needed and key not in left_out]
    chosen = needed | set(draw(st.lists(st.sampled_from(free), max_size=6)) if free else ())
    return {key: draw(from_table(item)) for key, item in items.items() if key in chosen}
