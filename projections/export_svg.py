"""A timeline as a drawing: a lane per worker, states by colour and pattern, questions as marks."""

from __future__ import annotations

from html import escape

from evt.projections.figuretext import duration
from evt.projections.text import cut, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Record = dict[str, Any]

LEFT, WIDE, TALL, LANE, TOP = 120, 1000, 14, 22, 24
LETTER = 7  # room that a letter takes inside a bar
BARS_MAX = 2_000  # more are not drawn: a page of megabytes is of no use
TICKS = 8
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400)
LEGEND = (("working", "working"), ("assigned", "not begun"), ("parked", "waits for an answer"),
          ("gone", "silent until it timed out"))  # fmt: skip
_SECOND = 1_000_000
_HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternTransform="rotate(45)" '
    'patternUnits="userSpaceOnUse"><line class="hatch" y2="6"/></pattern></defs>'
)


def drawing(line: Record) -> str:
    """The timeline as inline SVG; classes give the colours."""
    end = max([line["end"], *(bar["to"] for w in line["workers"] for bar in w["bars"])], default=0)
    scale = (WIDE - LEFT) / (end or 1)
    rows: dict[str | None, int] = {None: 0}  # worker -> its first row
    number = 0
    for worker in line["workers"]:
        rows[worker["name"]] = number
        number += worker["lanes"]
    height = TOP + LANE * number + 40
    bars = [(rows[w["name"]] + bar["lane"], bar) for w in line["workers"] for bar in w["bars"]]
    marks = [(rows[q["worker"]] + q["lane"], q) for q in line["questions"]]
    parts = [
        f'<svg viewBox="0 0 {WIDE} {height}" role="img" aria-label="Attempts of each worker">',
        _HATCH,
        *_axis(end, scale, height),
        *(_label(worker["name"], rows[worker["name"]]) for worker in line["workers"]),
        *(part for row, bar in bars[:BARS_MAX] for part in _bar(bar, row, scale)),
        *(_mark(question, row, scale) for row, question in marks[:BARS_MAX]),
        *_legend(height - 8),
        "</svg>",
    ]
    if len(bars) > BARS_MAX:
        parts.append(f'<p class="soft">The first {BARS_MAX} of {len(bars)} attempts are drawn.</p>')
    return "\n".join(parts)


def _axis(end: int, scale: float, height: int) -> Iterator[str]:
    whole = end / _SECOND
    step = next((step for step in STEPS if whole / step <= TICKS), whole / TICKS or 1)
    at = 0.0
    while at <= whole:
        x = LEFT + at * _SECOND * scale
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - 34}"/>'
        place = f'x="{x:.1f}" y="{TOP - 10}" text-anchor="middle"'
        yield f'<text class="soft" {place}>{duration(at)}</text>'
        at += step


def _label(name: str, row: int) -> str:
    y = TOP + row * LANE + TALL - 3
    return f'<text x="0" y="{y}">{_plain(cut(visible(name), 18))}</text>'


def _bar(bar: Record, row: int, scale: float) -> Iterator[str]:
    lost = "" if bar["accepted"] or not bar["how"] else " lost"
    took = duration((bar["to"] - bar["from"]) / _SECOND)
    words = f"{bar['task']}, attempt {bar['attempt']}: {bar['how'] or 'open'} after {took}"
    y = TOP + row * LANE
    yield f"<g><title>{_plain(words + ': ' + bar['title'])}</title>"
    for piece in bar["states"]:
        x = LEFT + piece["from"] * scale
        size = max(0.5, (piece["to"] - piece["from"]) * scale)
        kind = piece["state"] if piece["state"] == "gone" else piece["state"] + lost
        place = f'x="{x:.2f}" y="{y}" width="{size:.2f}" height="{TALL}"'
        yield f'<rect class="bar {kind}" {place}/>'
    first = bar["states"][0]
    if (first["to"] - first["from"]) * scale > LETTER * len(bar["task"]):
        place = f'x="{LEFT + bar["from"] * scale + 3:.2f}" y="{y + TALL - 3}"'
        yield f'<text class="in{lost}" {place}>{_plain(bar["task"])}</text>'
    yield "</g>"


def _mark(question: Record, row: int, scale: float) -> str:
    x, y = LEFT + question["at"] * scale, TOP + row * LANE - 1
    title = _plain(f"{question['task']} ({question['kind']}): {question['question']}")
    shape = f"M{x:.1f} {y + 6} l-4 -7 h8 z"
    return f'<g><title>{title}</title><path class="mark" d="{shape}"/></g>'


def _legend(y: int) -> Iterator[str]:
    for number, (state, words) in enumerate(LEGEND):
        x = LEFT + number * 190
        yield f'<rect class="bar {state}" x="{x}" y="{y - 10}" width="20" height="10"/>'
        yield f'<text x="{x + 26}" y="{y}">{words}</text>'


def _plain(text: str) -> str:
    return escape(visible(text))
