"""Metrics as people read them: a table of 80 columns, Markdown for a pull request."""

from __future__ import annotations

from evt.projections.figuretext import (
    PHASES,
    RULE_WORDS,
    WORDS,
    criterion_text,
    limit_text,
    percent,
    rule_value,
    sequences_text,
    target_text,
    value_text,
)
from evt.projections.text import aligned, cut, visible, wrap
from evt.projections.views.account import PARTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Document = dict[str, Any]
    Cells = tuple[str, ...]

COLUMNS = 80
FIGURE_HEADS = ("figure", "value", "target", "verdict", "evidence")
WORKER_HEADS = ("worker", "tasks", "scores", "work", "rework", "waits", "absent", "coord.", "idle")
NAME_COLUMNS = 20


def table(document: Document, columns: int = COLUMNS) -> str:
    """Everything in lines of at most so many columns; text from the log is made visible."""
    parts = [
        [head(document)],
        [*aligned([FIGURE_HEADS, *figure_rows(document)])],
        [*aligned(worker_rows(document))],
        *(_phase(name, phase, columns) for name, phase in document["phases"].items()),
        ["stop rules", *(line for rule in document["abandon"] for line in _rule(rule, columns))],
        _advice(document, columns),
    ]
    lines = [line for part in parts if part for line in ("", *part)][1:]
    return "\n".join(cut(line, columns) for line in lines)


def markdown(document: Document) -> str:
    """The same for a pull request; text from the log cannot become markup."""
    advice = document["recommendation"]
    lines = [f"## {literal(head(document))}", ""]
    lines += [f"**Recommendation: {advice['verdict'].replace('_', ' ')}**", ""]
    lines += [f"- {literal(visible(reason))}" for reason in advice["reasons"]]
    lines += ["", *grid([FIGURE_HEADS, *figure_rows(document)])]
    workers = worker_rows(document)
    lines += ["", *grid(workers)] if workers else []
    for name, phase in document["phases"].items():
        lines += ["", f"### Phase {name}, {PHASES[name]}: {WORDS[phase['verdict']]}", ""]
        lines += [f"- {WORDS[c['verdict']]}: {criterion_text(c)}" for c in phase["criteria"]]
    rules: list[Cells] = [("stop rule", "value", "stops at", "state"), *(
        (rule["rule"], rule_value(rule), limit_text(rule), RULE_WORDS[rule["triggered"]])
        for rule in document["abandon"]
    )]  # fmt: skip
    return "\n".join([*lines, "", *grid(rules)]) + "\n"


def head(document: Document) -> str:
    """Which project, and how far the log was read."""
    phase = f", phase {document['phase']}" if document["phase"] else ""
    name = visible(document["project"]) if document["project"] else "no project yet"
    return f"{name}{phase}, up to event {document['sequence']}"


def figure_rows(document: Document) -> Iterator[Cells]:
    """A row per figure, under `FIGURE_HEADS`."""
    for key, value in document["values"].items():
        yield (
            key, value_text(key, value), target_text(document["targets"], key),
            WORDS[document["verdicts"].get(key)], sequences_text(document["evidence"][key]),
        )  # fmt: skip


def worker_rows(document: Document) -> list[Cells]:
    """The time account per worker, in shares of the makespan."""
    rows: list[Cells] = []
    for name, worker in document["workers"].items():
        spent = [worker[f"{part}_s"] or 0 for part in PARTS]
        shares = [percent(part / sum(spent)) if sum(spent) else "-" for part in spent]
        scores = " ".join(map(str, worker["scores"][-3:])) or "-"
        tasks = f"{worker['completed']}/{worker['handoffs']}"
        rows.append((cut(visible(name), NAME_COLUMNS), tasks, scores, *shares))
    return [WORKER_HEADS, *rows] if rows else []


def _phase(name: str, phase: dict[str, Any], columns: int) -> list[str]:
    lines = [f"phase {name}, {PHASES[name]}: {WORDS[phase['verdict']]}"]
    for criterion in phase["criteria"]:
        text = f"  {WORDS[criterion['verdict']]:<9}{criterion_text(criterion)}"
        lines += wrap(text, columns, " " * 11)
    return lines


def _rule(rule: dict[str, Any], columns: int) -> list[str]:
    state = RULE_WORDS[rule["triggered"]]
    line = f"  {state:<9}{rule['rule']:<21}{rule_value(rule):>6}  stops at {limit_text(rule)}"
    hint = [f"{' ' * 11}needs: {rule['hint']}"] if "hint" in rule else []
    return [line, *(part for text in hint for part in wrap(text, columns, " " * 13))]


def _advice(document: Document, columns: int) -> list[str]:
    advice = document["recommendation"]
    lines = [f"recommendation: {advice['verdict'].replace('_', ' ')}"]
    for reason in advice["reasons"]:
        lines += wrap(f"  - {visible(reason)}", columns, "    ")
    return lines


def grid(rows: list[Cells]) -> Iterator[str]:
    """A table of Markdown, its first row the heads."""
    for number, row in enumerate(rows):
        yield "| " + " | ".join(map(literal, row)) + " |"
        if number == 0:
            yield "|---" * len(row) + "|"


def literal(text: str) -> str:
    """The text with what Markdown or HTML would take for markup written out."""
    for character in "\\`*_|[]<>#~":
        text = text.replace(character, "\\" + character)
    return text.replace("&", "&amp;").replace("@", "&#64;")  # nobody is to be notified
