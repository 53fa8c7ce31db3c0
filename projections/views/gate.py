"""The gate: what it caught, what escaped it, how much of what was asked a machine checks."""

from __future__ import annotations

from evt.projections.measure import evidence, ratio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.run import Figures, Run
    from evt.projections.views import Row

TYPES = frozenset({"Completed", "Rejected", "Reopened"})


def initial() -> Row:
    """`caught`, `escaped`: task -> sequences; `criteria`: task -> [by machine, all], the last.

    `reopened`: task -> sequences of every Reopened, also of those after the project ended.
    """
    return {"caught": {}, "escaped": {}, "criteria": {}, "reopened": {}}


def evolve(view: Row, event: Event, moment: Moment) -> None:
    """Apply one event."""
    task = event.subject
    if event.type == "Reopened":
        view["reopened"].setdefault(task, []).append(moment.sequence)
        if event.data["escaped"]:
            view["escaped"].setdefault(task, []).append(moment.sequence)
    elif moment.running:
        results = event.data.get("results", ())
        if event.type == "Rejected" and any(r["verdict"] == "failed" for r in results):
            view["caught"].setdefault(task, []).append(moment.sequence)
        _criteria(view, event, moment)


def _criteria(view: Row, event: Event, moment: Moment) -> None:
    """Count checks, validation and criteria; a criterion that had to be attested is not checked."""
    row = moment.state.task(event.subject or "")
    asked = row["data"].get("acceptance", {}) if row else {}
    sure = sum(not check.get("off") for check in asked.get("checks", ()))
    sure += bool(asked.get("validation"))
    texts = len(asked.get("criteria", ()))
    manual = sum(r["verdict"] == "manual" for r in event.data.get("results", ()))
    attested = {a["criterion"] for a in event.data.get("attested", ())}
    by_hand = min(texts, max(manual, len(attested)))
    if sure + texts:
        view["criteria"][event.subject] = [sure + texts - by_hand, sure + texts]


def figures(run: Run) -> Figures:
    """The share of bad work that the gate caught, and the share of criteria that it checks."""
    view = run.views["gate"]
    caught, escaped = view["caught"], view["escaped"]
    found = [s for sequences in (*caught.values(), *escaped.values()) for s in sequences]
    by_machine = sum(part for part, _ in view["criteria"].values())
    every = sum(whole for _, whole in view["criteria"].values())
    return {
        "gate.catch_rate": (ratio(len(caught), len(caught) + len(escaped)), evidence(found)),
        "gate.machine_checked": (ratio(by_machine, every), []),
    }
