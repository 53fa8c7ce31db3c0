"""A trace for Perfetto or chrome://tracing: a lane per worker, questions and dependencies on top.

A worker with several attempts at once (one of them parked, say) has more than one lane, so that no
two slices of a lane overlap.
"""

from __future__ import annotations

import orjson

from evt.projections.text import json_text
from evt.projections.timeline import timeline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.projections.fold import Fold

    Record = dict[str, Any]

_PROCESS = 1
_COLOURS = {"working": "good", "parked": "bad", "gone": "terrible", "assigned": "grey"}


def chrome_trace(fold: Fold, project: str) -> bytes:
    """The trace as JSON; a microsecond of it is one of log time since the project started."""
    line = timeline(fold, project)
    first: dict[str | None, int] = {}  # worker -> number of its first lane
    records = [_named("process_name", 0, f"evt {project}")]
    number = 1
    for worker in line["workers"]:
        first[worker["name"]] = number
        for extra in range(worker["lanes"]):
            label = worker["name"] + (f" +{extra}" if extra else "")
            records += [_named("thread_name", number, label), _order(number)]
            number += 1
    first[None] = number
    records += [_named("thread_name", number, "without a worker"), _order(number)]
    bars = [(bar, first[w["name"]] + bar["lane"]) for w in line["workers"] for bar in w["bars"]]
    records += [record for bar, lane in bars for record in _slices(bar, lane)]
    records += _flows(bars)
    records += [_instant(q, first[q["worker"]] + q["lane"]) for q in line["questions"]]
    return json_text(orjson.dumps({"displayTimeUnit": "ms", "traceEvents": records})).encode()


def _named(kind: str, lane: int, name: str) -> Record:
    return {"ph": "M", "pid": _PROCESS, "tid": lane, "name": kind, "args": {"name": name}}


def _order(lane: int) -> Record:
    return {"ph": "M", "pid": _PROCESS, "tid": lane, "name": "thread_sort_index",
            "args": {"sort_index": lane}}  # fmt: skip


def _slices(bar: Record, lane: int) -> Iterator[Record]:
    for piece in bar["states"]:
        yield {
            "ph": "X", "pid": _PROCESS, "tid": lane, "cat": piece["state"],
            "name": f"{bar['task']} #{bar['attempt']}" + _suffix(piece["state"]),
            "ts": piece["from"], "dur": piece["to"] - piece["from"],
            "cname": _COLOURS[piece["state"]],
            "args": {"title": bar["title"], "state": piece["state"], "ended by": bar["how"] or "-",
                     "accepted": bar["accepted"]},
        }  # fmt: skip


def _suffix(state: str) -> str:
    return "" if state == "working" else f" ({state})"


def _flows(bars: list[tuple[Record, int]]) -> Iterator[Record]:
    """From the accepted attempt of a dependency to the first attempt of what waited for it."""
    results = {bar["task"]: (bar, lane) for bar, lane in bars if bar["accepted"]}
    begun: set[str] = set()
    number = 0
    for bar, lane in sorted(bars, key=lambda pair: pair[0]["from"]):
        if bar["task"] in begun:
            continue
        begun.add(bar["task"])
        for name in bar["needs"]:
            if name not in results:
                continue
            before, other = results[name]
            number += 1
            flow = {"cat": "dependency", "name": "needs", "id": number, "pid": _PROCESS}
            inside = max(before["from"], before["to"] - 1)  # a slice does not contain its end
            yield {"ph": "s", "tid": other, "ts": inside, **flow}
            yield {"ph": "f", "bp": "e", "tid": lane, "ts": bar["from"], **flow}


def _instant(question: Record, lane: int) -> Record:
    return {
        "ph": "i", "s": "t", "pid": _PROCESS, "tid": lane, "ts": question["at"],
        "cat": "escalation", "name": f"{question['task']}: {question['kind']}",
        "args": {"question": question["question"]},
    }  # fmt: skip
