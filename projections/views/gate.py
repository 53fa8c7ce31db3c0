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
_CRITERION = "criterion"  # what the gate calls a criterion that no check stands for


def initial() -> Row:
    """`caught`, `escaped`: task -> sequences; `criteria`: task -> [by machine, all, sequence].

    The last time at the gate counts. `reopened`: task -> sequences of every Reopened, also of those
    after the project ended.
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
    """Count criteria, and the checks and the validation that the task itself names.

    What had to be attested is not checked by a machine. The results name it; without any, attested
    numbers up to that of the last criterion do, those above are checks, mostly default ones.
    """
    row = moment.state.task(event.subject or "")
    asked = row["data"].get("acceptance", {}) if row else {}
    checks = [check["check"] for check in asked.get("checks", ()) if not check.get("off")]
    texts, results = len(asked.get("criteria", ())), event.data.get("results")
    every = len(checks) + bool(asked.get("validation")) + texts
    if results is None:
        manual: set[str] = set()
        by_hand = len({a["criterion"] for a in event.data.get("attested", ())} & _numbers(texts))
    else:
        named = [result["check"] for result in results if result["verdict"] == "manual"]
        manual, by_hand = {*named}, min(texts, named.count(_CRITERION))
    by_hand += sum(check in manual for check in checks)
    if every:
        view["criteria"][event.subject] = [every - by_hand, every, moment.sequence]


def _numbers(texts: int) -> set[int]:
    return set(range(1, texts + 1))


def figures(run: Run) -> Figures:
    """The share of bad work that the gate caught, and the share of criteria that it checks."""
    view = run.views["gate"]
    caught, escaped = view["caught"], view["escaped"]
    found = [s for sequences in (*caught.values(), *escaped.values()) for s in sequences]
    judged = view["criteria"].values()
    by_machine, every = (sum(row[column] for row in judged) for column in (0, 1))
    return {
        "gate.catch_rate": (ratio(len(caught), len(caught) + len(escaped)), evidence(found)),
        "gate.machine_checked": (
            ratio(by_machine, every),
            evidence(sequence for *_, sequence in judged),
        ),
    }
