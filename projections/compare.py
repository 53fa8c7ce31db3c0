"""Two projects side by side: two ways of working, or one worker against several."""

from __future__ import annotations

from evt.projections.figuretext import duration, value_text
from evt.projections.render_metrics import grid, literal
from evt.projections.text import aligned, cut, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Document = dict[str, Any]

SCHEMA = "evt.compare/1"
LESS_IS_BETTER = frozenset({
    "intervention_ratio", "prompts_per_task", "duplicates", "speedup.makespan_s",
    "speedup.stalled_s", "time.rework_s", "time.waiting_s", "time.absent_s", "time.coordination_s",
    "time.idle_s", "recovery.detection_s.p50", "recovery.detection_s.max", "recovery.late_results",
    "recovery.wasted_s", "conflicts.detected", "engineer.hours", "engineer.debug_ratio",
})  # fmt: skip
MORE_IS_BETTER = frozenset({
    "context_score.mean", "context_score.min", "context_score.last", "speedup.value",
    "speedup.vs_baseline", "speedup.bound", "time.efficiency", "recovery.reassigned",
    "gate.catch_rate", "gate.machine_checked",
})  # fmt: skip
NAME_COLUMNS = 18


def compare(one: Document, other: Document) -> Document:
    """`{"schema", "a", "b", "values": {KEY: {a, b, change, better}}, "speedup"}` of two documents.

    `change` is b - a; `better` names a, b, or is null where neither is. `speedup`: how many times
    as fast b was as a, by their makespans, where both completed as many tasks; else null.
    """
    values = {
        key: _pair(key, value, other["values"].get(key)) for key, value in one["values"].items()
    }
    took, done = values["speedup.makespan_s"], values["tasks.completed"]
    alike = done["a"] == done["b"] and took["a"] and took["b"]
    return {
        "schema": SCHEMA,
        "a": one["project"],
        "b": other["project"],
        "values": values,
        "speedup": took["a"] / took["b"] if alike else None,
    }


def table(document: Document, columns: int = 80) -> str:
    """The comparison in lines of at most so many columns; rows without any value are left out."""
    lines = [*aligned([*_rows(document)]), "", _outcome(document)]
    return "\n".join(cut(line, columns) for line in lines)


def markdown(document: Document) -> str:
    """The same for a pull request; names from the log cannot become markup."""
    one, other = _names(document)
    head = f"## {literal(one)} and {literal(other)}"
    return "\n".join([head, "", *grid([*_rows(document)]), "", literal(_outcome(document))]) + "\n"


def _names(document: Document) -> tuple[str, str]:
    one, other = (cut(visible(document[side] or "?"), NAME_COLUMNS) for side in ("a", "b"))
    return one, other


def _outcome(document: Document) -> str:
    """Which was faster, where that can be said."""
    if document["speedup"] is None:
        return "no speedup of one against the other: they did not complete as many tasks"
    one, other = _names(document)
    took = document["values"]["speedup.makespan_s"]
    fast = f"{document['speedup']:.2f} times as fast"
    return f"{other} took {duration(took['b'])}, {one} {duration(took['a'])}: {fast}"


def _rows(document: Document) -> Iterator[tuple[str, ...]]:
    names = _names(document)
    yield "figure", *names, "better"
    for key, pair in document["values"].items():
        if pair["a"] is not None or pair["b"] is not None:
            better = {"a": names[0], "b": names[1], None: ""}[pair["better"]]
            yield key, value_text(key, pair["a"]), value_text(key, pair["b"]), better


def _pair(key: str, one: float | None, other: float | None) -> dict[str, Any]:
    change = None if one is None or other is None else other - one
    better = None
    if change and key in LESS_IS_BETTER:
        better = "b" if change < 0 else "a"
    elif change and key in MORE_IS_BETTER:
        better = "b" if change > 0 else "a"
    return {"a": one, "b": other, "change": change, "better": better}
