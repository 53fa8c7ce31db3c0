"""One self-contained page: timeline, figures, phases. No script, nothing loaded, light and dark."""

from __future__ import annotations

from html import escape

from evt.projections.export_svg import drawing
from evt.projections.figuretext import (
    PHASES,
    RULE_WORDS,
    WORDS,
    criterion_text,
    limit_text,
    rule_value,
)
from evt.projections.render_metrics import FIGURE_HEADS, figure_rows, head, worker_rows
from evt.projections.text import visible
from evt.projections.timeline import timeline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from evt.projections.fold import Fold

    Document = dict[str, Any]

_STYLE = """
:root{color-scheme:light dark;--text:#1b1f24;--soft:#59636e;--back:#fff;--line:#d1d9e0;
--working:#2f81f7;--assigned:#8c959f;--parked:#bf8700;--gone:#cf222e;--good:#1a7f37;--bad:#cf222e;
--in:#fff}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9198a1;--back:#0d1117;--line:#3d444d;
--working:#4493f8;--assigned:#6e7681;--parked:#d29922;--gone:#f85149;--good:#3fb950;
--bad:#f85149;--in:#0d1117}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--text);background:var(--back);
max-width:70rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid var(--line);
vertical-align:top;font-variant-numeric:tabular-nums}
th{color:var(--soft);font-weight:600}.met{color:var(--good)}.unmet{color:var(--bad)}
.none,.soft{color:var(--soft)}
svg text.in{fill:var(--in);font-size:10px;pointer-events:none}svg text.lost{fill:var(--text)}
svg{width:100%;height:auto;overflow:visible}
svg text{fill:var(--text);font-size:11px}svg .soft{fill:var(--soft)}
.grid{stroke:var(--line);stroke-width:1}.bar{stroke:var(--back);stroke-width:.5}
.working{fill:var(--working)}.assigned{fill:var(--assigned)}.parked{fill:url(#hatch)}
.gone{fill:none;stroke:var(--gone);stroke-width:1;stroke-dasharray:3 2}rect.lost{opacity:.45}
.hatch{stroke:var(--parked);stroke-width:3}.mark{fill:var(--parked);stroke:var(--text)}
"""
_CLASSES = {"met": "met", "NOT MET": "unmet", "no data": "none", "FIRED": "unmet", "quiet": "met"}


def page(fold: Fold, document: Document) -> str:
    """The page for the project of an `evt.metrics/1` document; all text is escaped."""
    advice = document["recommendation"]
    title = escape(head(document))
    reasons = "".join(f"<li>{escape(visible(reason))}</li>" for reason in advice["reasons"])
    name = document["project"]
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        f"<p><strong>Recommendation: {advice['verdict'].replace('_', ' ')}</strong></p>",
        f"<ul>{reasons}</ul>",
        "<h2>Timeline</h2>", drawing(timeline(fold, name)) if name else "<p>nothing yet</p>",
        "<h2>Workers</h2>", _table(worker_rows(document)),
        "<h2>Figures</h2>", _table([FIGURE_HEADS, *figure_rows(document)]),
        "<h2>Phases</h2>", _table([("phase", "criterion", "verdict", ""), *_phases(document)]),
        "<h2>Stop rules</h2>",
        _table([("rule", "value", "stops at", "state"), *_rules(document)]),
        '<p class="soft">Durations are log time: naps and pauses do not count.</p>',
        "</body></html>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _phases(document: Document) -> Iterable[Sequence[str]]:
    for name, phase in document["phases"].items():
        yield f"{name}, {PHASES[name]}", "all of these", WORDS[phase["verdict"]], ""
        for criterion in phase["criteria"]:
            yield "", criterion_text(criterion), WORDS[criterion["verdict"]], ""


def _rules(document: Document) -> Iterable[Sequence[str]]:
    for rule in document["abandon"]:
        yield rule["rule"], rule_value(rule), limit_text(rule), RULE_WORDS[rule["triggered"]]


def _table(rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "<p>nothing yet</p>"
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in rows[0])
    lines = ["".join(map(_cell, row)) for row in rows[1:]]
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _cell(text: str) -> str:
    kind = f' class="{_CLASSES[text]}"' if text in _CLASSES else ""
    return f"<td{kind}>{escape(text)}</td>"
