"""What people read of a project: pinned by snapshots, within its columns, nothing obeyed."""

from __future__ import annotations

import csv
import io
import itertools
from typing import Any

import jsonschema
import pytest
from syrupy.assertion import SnapshotAssertion

from evt.eventlog.schemas import schema
from evt.projections import compare, render_metrics
from evt.projections.export_chrome import chrome_trace
from evt.projections.export_csv import attempts_csv, events_csv, tasks_csv
from evt.projections.export_html import page
from evt.projections.export_tasks import tasks_md
from evt.projections.fold import Fold
from evt.projections.metrics import metrics
from evt.projections.review import review
from evt.projections.text import width
from evt.projections.timeline import timeline
from evt.projections.views import TOLD
from tests.projections.history import History
from tests.projections.story import eventful


@pytest.fixture(scope="module")
def fold() -> Fold:
    return eventful().fold(views=TOLD)


@pytest.fixture(scope="module")
def document(fold: Fold) -> dict[str, Any]:
    return metrics(fold)


def other() -> dict[str, Any]:
    """The same four tasks, one after another by one worker whose name is wide."""
    log = History().project(name="alone 日本").join(0, "一人")
    log.tasks(0, *(f"t{number}" for number in range(4)))
    for number in range(4):
        log.claim(number * 500, "一人", f"t{number}")
        log.done(number * 500 + 490, "一人", f"t{number}")
    return log.metrics()


def test_the_document(document: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    assert document == snapshot
    for found in (document, metrics(Fold()), other()):
        jsonschema.validate(found, schema("evt.metrics/1"))


@pytest.mark.parametrize("columns", [60, 80])
def test_the_table(document: dict[str, Any], snapshot: SnapshotAssertion, columns: int) -> None:
    text = render_metrics.table(document, columns)
    assert text == snapshot
    assert max(map(width, text.splitlines())) <= columns


def test_the_table_of_nothing(snapshot: SnapshotAssertion) -> None:
    assert render_metrics.table(metrics(Fold())) == snapshot


def test_markdown(document: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    assert render_metrics.markdown(document) == snapshot


def test_the_comparison(document: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    # alone: 0-1990 s; docs: 10-1100 s, so 1.83 times as fast
    found = compare.compare(other(), document)
    assert found["speedup"] == pytest.approx(1990 / 1090)
    assert found["values"]["speedup.makespan_s"]["better"] == "b"
    text = compare.table(found)
    assert text == snapshot
    assert max(map(width, text.splitlines())) <= 80


def test_the_review(fold: Fold, snapshot: SnapshotAssertion) -> None:
    found = review(fold)
    assert [entry["task"] for entry in found] == [
        "task-001", "task-003", "task-002", "task-004", "task-005",
    ]  # fmt: skip
    assert found == snapshot


def test_the_timeline(fold: Fold, snapshot: SnapshotAssertion) -> None:
    found = timeline(fold, "docs")
    assert found == snapshot
    for worker in found["workers"]:
        for bar in worker["bars"]:
            pieces = bar["states"]
            assert (pieces[0]["from"], pieces[-1]["to"]) == (bar["from"], bar["to"])
            assert all(a["to"] == b["from"] for a, b in itertools.pairwise(pieces))


def test_the_trace(fold: Fold, snapshot: SnapshotAssertion) -> None:
    assert chrome_trace(fold, "docs").decode() == snapshot


def test_the_page(fold: Fold, document: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    assert page(fold, document) == snapshot


def test_csv(fold: Fold, snapshot: SnapshotAssertion) -> None:
    events = "".join(events_csv(eventful().events()))
    tables = {"tasks": tasks_csv(fold, "docs"), "attempts": attempts_csv(fold, "docs")}
    assert tables == snapshot
    for text in (*tables.values(), events):
        rows = list(csv.reader(io.StringIO(text)))
        assert {len(row) for row in rows} == {len(rows[0])}
        cells = [cell for row in rows for cell in row if cell != "-1"]  # a priority
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert events.count("\n") == len(eventful().lines) + 1


def test_tasks_md(fold: Fold, snapshot: SnapshotAssertion) -> None:
    assert tasks_md(b"", fold, "docs").decode() == snapshot
