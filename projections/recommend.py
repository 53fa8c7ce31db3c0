"""Go on, stop, or keep measuring, with reasons that somebody can act on, each with its figure."""

from __future__ import annotations

from evt.eventlog.catalog import SECOND
from evt.projections.abandon import said
from evt.projections.figuretext import duration, percent
from evt.projections.measure import nearest_rank
from evt.projections.targets import MET, NOT_MET, TARGETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.projections.run import Run

    Document = dict[str, Any]

PART_HIGH = 0.2  # of the workers' time; more than this in one place is worth a word
PARTS_SAID = {
    "coordination": "task size: {part} of the workers' time passed between tasks (the usual task "
    "takes {usual}): make tasks larger",
    "waiting": "answers: {part} of the workers' time was spent waiting for them: "
    "evt inbox --wait 540",
    "absent": "absence: workers were gone for {part} of the time: start them together, or fewer",
    "rework": "rework: {part} of the workers' time went into attempts that were not accepted: say "
    "more exactly what is wanted",
    "idle": "idle: for {part} of the workers' time no task was ready: let fewer tasks wait for "
    "others, or use fewer workers",
}
LAST = 3  # scores of a worker that say how it is now


def recommend(document: Document, run: Run) -> dict[str, Any]:
    """`{"verdict": continue|abandon|keep_measuring, "reasons": [sentence, ...]}`."""
    fired = [rule for rule in document["abandon"] if rule["triggered"]]
    unknown = [rule for rule in document["abandon"] if rule["triggered"] is None]
    number = document["phase"]
    phase = document["phases"].get(str(number))
    met = phase is not None and phase["verdict"] == MET
    verdict = "abandon" if fired else "continue" if met else "keep_measuring"
    reasons = [f"stop rule: {said(rule)}" for rule in fired]
    if phase is None:
        reasons.append("no phase is declared: evt emit ProjectRevised --phase 1")
    elif met:
        reasons.append(f"phase {number} is met")
    else:
        reasons += _missing(phase, number)
    if document["values"]["handoffs"]:
        reasons += [*_time(document, run), *_plan(document, run), *_workers(document)]
        reasons += _checks(document)
    if unknown:
        names = ", ".join(rule["rule"] for rule in unknown)
        reasons.append(f"stop rules not judged for want of data: {names}")
    return {"verdict": verdict, "reasons": reasons}


def _missing(phase: dict[str, Any], number: int) -> Iterator[str]:
    """What keeps the declared phase from being met."""
    for criterion in phase["criteria"]:
        if criterion["verdict"] != MET:
            how = "not met" if criterion["verdict"] == NOT_MET else "no data"
            value = "" if criterion["value"] is None else f" ({criterion['value']:.3g})"
            yield f"phase {number}: {criterion['text']}: {how}{value}"


def _time(document: Document, run: Run) -> Iterator[str]:
    """Where the workers' time went instead of into accepted work."""
    spent = {part: document["values"][f"time.{part}_s"] for part in ("work", *PARTS_SAID)}
    whole = sum(us or 0 for us in spent.values())
    taken = run.taken.values()
    usual = duration(nearest_rank(taken, 50) / SECOND) if taken else "?"
    for part, text in PARTS_SAID.items():
        if whole and spent[part] > PART_HIGH * whole:
            yield text.format(part=percent(spent[part] / whole), usual=usual)


def _plan(document: Document, run: Run) -> Iterator[str]:
    """A chain that nothing can shorten, and files that two tasks want."""
    values = document["values"]
    bound, workers = values["speedup.bound"], values["speedup.workers"]
    if bound is not None and workers > 1 and bound < TARGETS["speedup.value"][1]:
        chain, serial = values["speedup.critical_path_s"], values["speedup.serial_s"]
        yield (
            f"chain: {duration(chain)} of {duration(serial)} of work had to be done one after "
            f"another, so {workers} workers cannot be more than {bound:.1f} times as fast: split "
            "the longest tasks of the chain"
        )
    met = values["conflicts.detected"]
    if met:
        yield (
            f"overlap: tasks met in the same files (conflicts: {met}): give each file to one task, "
            "or let one wait for the other"
        )


def _workers(document: Document) -> Iterator[str]:
    for name, worker in document["workers"].items():
        last = worker["scores"][-LAST:]
        if len(last) == LAST and sum(last) < LAST * LAST:
            yield (
                f"degraded: the last {LAST} scores of {name} average {sum(last) / LAST:.1f}: let "
                "it hand over (evt leave --note) and start a fresh chat"
            )
        if worker["timed_out"] > 1:
            yield f"silent: {name} timed out {worker['timed_out']} times: look at its chat"


def _checks(document: Document) -> Iterator[str]:
    part, caught = (
        document["values"][f"gate.{name}"] for name in ("machine_checked", "catch_rate")
    )
    if part is None and document["values"]["tasks.completed"]:
        yield "checks: no task says when it is done: add acceptance.checks (evt plan shows where)"
    elif part is not None and part < 0.5:
        yield f"checks: a machine checks {percent(part)} of the criteria: add acceptance.checks"
    if caught is not None and caught < TARGETS["gate.catch_rate"][1]:
        yield (
            f"escapes: the gate caught {percent(caught)} of the tasks with a fault: add a check "
            "for each that escaped"
        )
