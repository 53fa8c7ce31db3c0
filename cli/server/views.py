"""What the page and programs may look at: state now, state then, figures; each a document.

Plain functions, called in the thread for views.
"""

from __future__ import annotations

from typing import Any

from evt.cli.moments import sequence_of
from evt.eventlog.clock import iso, now_us
from evt.eventlog.decide.draft import log_now
from evt.eventlog.errors import Refusal
from evt.eventlog.line import GENESIS
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.layout import Layout
from evt.projections.inbox import inbox
from evt.projections.logfold import LogFold, fold_log
from evt.projections.metrics import metrics
from evt.projections.status import counts, project, status, worker_view

Document = dict[str, Any]


def status_now(log: FileLog) -> Document:
    """The document of `evt status --json`."""
    state = log.state()
    return status(state, log.head().hash, now_us())


def glance(log: FileLog) -> Document:
    """What moves with the clock and is small: figures, workers and their verdicts, questions."""
    state, clock = log.state(), now_us()
    log_us = log_now(state, clock)
    return {
        "schema": "evt.now/1",
        "sequence": state.sequence,
        "time": iso(clock),
        "project": project(state),
        "open": state.head["project"] is not None,
        "counts": counts(state),
        "workers": [worker_view(state, name, log_us) for name in state.head["workers"]],
        "questions": inbox(state, clock),
    }


def state_then(log: FileLog, at: str) -> Document:
    """The document of `evt replay --at AT --json`.

    Raises InvalidInput for what is no moment, Refusal if it was not yet.
    """
    last = log.head().sequence
    sequence = sequence_of(log, at, start=False) or 0
    _must_be_there(sequence, last)
    state = log.state_at(sequence)
    line_hash = (
        next((line.hash for line in log.read(sequence - 1)), GENESIS) if sequence else GENESIS
    )
    return status(state, line_hash, state.clock_us)


def _must_be_there(sequence: int, last: int) -> None:
    if sequence > last:
        raise Refusal(4, "not_found", f"there is no event {sequence}, the last one is {last}")


class Figures:
    """The metrics, folded on from call to call."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._fold = LogFold(layout)

    def now(self, project: str | None) -> Document:
        """The document of `evt metrics --json`; raises Refusal for an unknown project."""
        return metrics(self._fold.catch_up(), project)

    def then(self, log: FileLog, sequence: int) -> Document:
        """The same as it was after a sequence; raises Refusal if there is none such."""
        _must_be_there(sequence, log.head().sequence)
        return metrics(fold_log(self.layout, until=sequence))
