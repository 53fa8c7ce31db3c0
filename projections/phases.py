"""The four phases of a trial, each with its criteria: what must be shown before the next one."""

from __future__ import annotations

from evt.eventlog.catalog import FINAL
from evt.projections.measure import EVIDENCE_MAX, evidence, ratio
from evt.projections.targets import (
    AT_LEAST,
    AT_MOST,
    EQUAL,
    MET,
    NO_DATA,
    NOT_MET,
    SPEEDUP,
    early,
    judged,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from evt.projections.measure import Number
    from evt.projections.run import Run

    Criterion = dict[str, Any]
    Phase = dict[str, Any]

SILENCE_PART = 0.95


class Measure:
    """What a criterion may look at: the run, all values, verdicts, targets and evidence."""

    def __init__(
        self, run: Run, values: Mapping[str, Any], verdicts: Mapping[str, str],
        targets: Mapping[str, tuple[str, Any]], seen: Mapping[str, list[int]],
    ) -> None:  # fmt: skip
        self.run = run
        self.values = values
        self.verdicts = verdicts
        self.targets = targets
        self.seen = seen


def phases(given: Measure) -> dict[str, Phase]:
    """`"1"` to `"4"`: {verdict, criteria}."""
    found = {}
    for name, make in (("1", _first), ("2", _second), ("3", _third), ("4", _fourth)):
        criteria = make(given)
        said = {criterion["verdict"] for criterion in criteria}
        verdict = NOT_MET if NOT_MET in said else NO_DATA if NO_DATA in said else MET
        found[name] = {"verdict": verdict, "criteria": criteria}
    return found


def _criterion(
    given: Measure, id: str, text: str, value: Number | None, how: str, target: float,
    seen: list[int],
) -> Criterion:  # fmt: skip
    verdict = judged(how, value, target)
    if not given.values["handoffs"]:
        verdict = early(how, verdict)
    return {
        "id": id, "text": text, "value": value, "target": target, "verdict": verdict,
        "evidence": seen,
    }  # fmt: skip


def _of_figure(given: Measure, id: str, text: str, key: str) -> Criterion:
    """A criterion that is a figure's own target."""
    return {
        "id": id, "text": text, "value": given.values[key], "target": given.targets[key][1],
        "verdict": given.verdicts[key], "evidence": given.seen[key],
    }  # fmt: skip


def _first(given: Measure) -> list[Criterion]:
    run, values = given.run, given.values
    acts = run.views["interventions"]
    alone: dict[str, list[int]] = {}
    for task, number in run.done.items():
        if number >= 0 and task not in acts["of"]:
            alone.setdefault(run.attempts[number]["worker"], []).append(number)
    best = max(alone.values(), key=len, default=[])
    seen = evidence(run.accepted_at(number)[1] for number in best[-EVIDENCE_MAX:])
    return [
        _criterion(given, "tasks", "at least 2 tasks were created", values["tasks.total"],
                   AT_LEAST, 2, given.seen["tasks.total"]),
        _criterion(given, "alone", "one worker completed at least 2 tasks without an intervention",
                   len(best), AT_LEAST, 2, seen),
        _criterion(given, "interventions", "at most 2 interventions per completed task",
                   ratio(len(acts["all"]), len(run.done)), AT_MOST, 2, evidence(acts["all"])),
        _criterion(given, "scores", "every context score is at least 4",
                   values["context_score.min"], AT_LEAST, 4, given.seen["context_score.min"]),
    ]  # fmt: skip


def _second(given: Measure) -> list[Criterion]:
    run = given.run
    attempts, window = run.views["attempts"], run.views["window"]
    first = window["started"][1] if window["started"] else 0
    last = window["ended"][1] if window["ended"] else run.state.sequence
    servers = [start for start, stop in run.fold.whole["presence"]["server"]
               if start <= last and (stop is None or stop > first)]  # fmt: skip
    served = _served(run)
    steps, long = attempts["silences"], attempts["long"]
    back, well = _returned(run)
    return [
        _criterion(given, "server", "the live server was started", len(servers), AT_LEAST, 1,
                   servers),
        _criterion(given, "task", "a joined worker got a task", len(served), AT_LEAST, 1,
                   evidence(served)),
        _criterion(given, "silences", "95 % of silences inside active attempts last at most 60 s",
                   ratio(steps - len(long), steps), AT_LEAST, SILENCE_PART, evidence(long)),
        _criterion(given, "returned", "every worker that came back went on without a duplicate",
                   ratio(well, len(back)), AT_LEAST, 1, evidence(back)),
    ]  # fmt: skip


def _served(run: Run) -> list[int]:
    """The first Assigned of each worker that had joined by then."""
    found = []
    for worker, numbers in run.workers.items():
        spans = run.fold.whole["presence"]["joined"].get(worker, ())
        for attempt in map(run.attempts.__getitem__, numbers):
            at = attempt["begin"]
            if any(start <= at and (end is None or at <= end) for start, end in spans):
                found.append(attempt["sequence"])
                break
    return found


def _returned(run: Run) -> tuple[list[int], int]:
    """Where workers that had left or timed out went on, and how many did so without a duplicate."""
    twice = {(task, n) for task, *both, _ in run.views["attempts"]["pairs"] for n in both}
    back, well = [], 0
    for worker, numbers in run.workers.items():
        own = [run.attempts[number] for number in numbers]
        spans = run.fold.whole["presence"]["joined"].get(worker, ())
        gone = [end for _, end in spans if end is not None and end >= own[0]["begin"]]
        gone += [attempt["end"] for attempt in own if attempt["how"] == "TimedOut"]
        again = [attempt for attempt in own if "gaps" in attempt]
        again += [attempt for attempt in own if gone and attempt["begin"] >= min(gone)]
        if again:
            back.append(again[0]["sequence"])
            well += not any((attempt["task"], attempt["n"]) in twice for attempt in again)
    return back, well


def _third(given: Measure) -> list[Criterion]:
    run, values = given.run, given.values
    most, seen = run.views["attempts"]["most"]
    ended = sum(values[f"tasks.{status}"] for status in FINAL)
    twice = run.views["attempts"]["twice"]
    loose = values["tasks.total"] - ended + len(twice) if values["tasks.total"] else None
    key = SPEEDUP[values["speedup.vs_baseline"] is not None]
    return [
        _criterion(given, "parallel", "at least 3 attempts were open at once", most, AT_LEAST, 3,
                   [seen] if seen else []),
        _of_figure(given, "duplicates", "no task was worked on twice at once", "duplicates"),
        _criterion(given, "ended", "every task ended, and none was completed twice", loose,
                   EQUAL, 0, evidence(twice)),
        _of_figure(given, "speedup", "it was as much faster as intended", key),
    ]  # fmt: skip


def _fourth(given: Measure) -> list[Criterion]:
    return [
        _of_figure(given, "detection", "silence was noticed in time", "recovery.detection_s.max"),
        _of_figure(given, "reassigned", "lost work went on by itself", "recovery.reassigned"),
        _of_figure(given, "caught", "the gate caught bad work", "gate.catch_rate"),
        _of_figure(given, "conflicts", "every conflict was put before somebody",
                   "conflicts.escalated"),
    ]  # fmt: skip
