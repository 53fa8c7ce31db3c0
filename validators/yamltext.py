"""YAML: is it well-formed, and its value as JSON has it; neither expands aliases without limit.

Well-formed is judged on the events of libyaml, which limits nesting; PyYAML's own objects are made
only for `json_schema`. A key that is there twice is an error in YAML, though PyYAML takes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from evt.validators.formats import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

NODES_MAX = 200_000  # of a value with its aliases written out
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Plain(_Loader):  # type: ignore[misc]  # whichever of the two loaders is there
    """Resolves as YAML 1.2 does: `on` and `yes` are text, and so are dates."""


_RESOLVED = {"null", "bool", "int", "float", "merge"}
_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag.rpartition(":")[2] in _RESOLVED]
    for first, found in _Loader.yaml_implicit_resolvers.items()
    if first not in "yYnNoO"
}


def check_yaml(text: str) -> None:
    """Raise Broken if the text is not YAML, has a key twice or is nothing but a sentence."""
    try:
        _walk(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        words = problem.problem or problem.context or "broken"
        raise Broken(f"is not YAML: {words}", mark.line + 1 if mark else None) from None
    except yaml.YAMLError as problem:
        raise Broken(f"is not YAML: {problem}") from None


def _walk(events: Iterator[Any]) -> None:
    """Follow the events with a stack of open collections; each mapping knows its keys."""
    stack: list[tuple[set[str] | None, list[bool]]] = []
    anchors: set[str] = set()
    for event in events:
        anchor = getattr(event, "anchor", None)
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            if anchor not in anchors:
                raise Broken(f"is not YAML: there is no anchor &{anchor} before *{anchor}", line)
        elif anchor:
            anchors.add(anchor)
        if isinstance(event, yaml.DocumentStartEvent):
            anchors = set()
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
        elif isinstance(event, yaml.NodeEvent):
            _one_node(event, stack, line)


def _one_node(event: Any, stack: list[tuple[set[str] | None, list[bool]]], line: int) -> None:
    if stack:
        keys, is_key = stack[-1]
        if keys is not None:
            is_key[0] = not is_key[0]
            if is_key[0] and isinstance(event, yaml.ScalarEvent) and event.value != "<<":
                if event.value in keys:
                    raise Broken(f"has the key {event.value!r} twice in one mapping", line)
                keys.add(event.value)
    elif isinstance(event, yaml.ScalarEvent) and not event.style and " " in event.value.strip():
        raise Broken("is a sentence, not YAML with keys or a list", line)
    if isinstance(event, yaml.MappingStartEvent):
        stack.append((set(), [False]))
    elif isinstance(event, yaml.SequenceStartEvent):
        stack.append((None, [False]))


def yaml_value(text: str) -> Any:
    """The value of a single document, fit for JSON; raises Broken, also when it grows too large."""
    check_yaml(text)
    try:
        value = yaml.load(text, Loader=_Plain)  # a SafeLoader
        return _counted(value, [NODES_MAX])
    except yaml.YAMLError as problem:
        raise Broken(f"is not YAML that JSON could hold: {problem}".split("\n")[0]) from None
    except RecursionError:
        raise Broken("refers to itself") from None


def _counted(value: Any, left: list[int]) -> Any:
    """A copy with text for keys; every use of an alias counts."""
    left[0] -= 1
    if left[0] < 0:
        raise Broken(f"has more than {NODES_MAX:,} values when its aliases are written out")
    if isinstance(value, dict):
        return {_key(key): _counted(inner, left) for key, inner in value.items()}
    if isinstance(value, list):
        return [_counted(inner, left) for inner in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(key).lower() if isinstance(key, bool) else str(key)
