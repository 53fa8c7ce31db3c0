"""What a plan will take with 1, 2, ... workers, before anyone starts; and what would help.

Durations are estimates, or learned from completed tasks of the same type in this log; the cost of a
handoff is measured in the log, or a default. `basis` says which.
"""

from __future__ import annotations

from evt.eventlog.catalog import FINAL, POLICY
from evt.eventlog.decide.plan import in_order
from evt.eventlog.overlap import outputs
from evt.projections.figuretext import duration
from evt.projections.learn import learn
from evt.projections.measure import nearest_rank
from evt.projections.predict_why import Case, hindrance, remedy
from evt.projections.schedule import Item, makespan, schedule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evt.projections.fold import Fold
    from evt.projections.learn import Learned

    Task = dict[str, Any]
    Finding = dict[str, Any]
    Size = Callable[[str], int | None]

ASSUMED = 600.0  # seconds of a task of which nothing at all is known
SPEEDUP_MIN = 1.5
SMALL = 5  # a task should take that many times what its handoff costs
PACK_BYTES = 2_400  # what `evt next` prints for an ordinary task, at most
BYTES_PER_TOKEN = 4
READING_MAX = 50_000  # tokens: a quarter of a window of 200,000
RULES_MAX = 12  # more rule files than this cost two points of the score


def predict(
    plan: list[Task], fold: Fold, workers: int, size: Size, asked: bool = True
) -> dict[str, Any]:
    """`{"prediction": [{workers, makespanSeconds, speedup, bound}], "findings", "basis"}`.

    `speedup` is the seconds of work / the makespan, which holds the handoffs as well; so one worker
    is below 1. `bound`: no schedule and no handoff of no cost could make it more.
    `plan` holds valid tasks with ids; open tasks of the log come on top, ended ones are left out.
    `size` gives the bytes of a file, None if there is none. `asked`: somebody wants that many
    workers; else a single task is no plan to warn of.
    """
    learned = learn(fold)
    tasks = remaining(plan, fold)
    items, basis = estimated(tasks, learned)
    case = Case(items, learned.overhead)
    rows = [_row(case, count) for count in range(1, workers + 1)] if items else []
    policy = {**POLICY, **fold.state.head["policy"]}
    speed = _speed(case, workers) if asked or len(items) > 1 else []
    found = [*speed, *_sizes(items, learned, policy["maxLeaseSeconds"])]
    found += [item for task in plan for item in _reading(task, size)]
    return {"prediction": rows, "findings": found, "basis": [*basis, _handoffs(learned)]}


def remaining(plan: list[Task], fold: Fold) -> list[Task]:
    """Tasks still to be done: those of the log, as the plan changes them, then new ones."""
    state = fold.state
    tasks: dict[str, Task] = {}
    if state.head["project"] is not None:
        for name in state.task_ids():
            row = state.task(name)
            if row is not None:
                tasks[name] = {"id": name, **row["data"], "status": row["status"]}
    for task in in_order(plan):  # as they will be created: their age decides between equals
        tasks[task["id"]] = {**tasks.get(task["id"], {}), **task}
    return [task for task in tasks.values() if task.get("status") not in FINAL]


def estimated(tasks: list[Task], learned: Learned) -> tuple[list[Item], list[str]]:
    """Items to schedule, and in words where their durations come from."""
    given = [float(task["estimateSeconds"]) for task in tasks if "estimateSeconds" in task]
    fallback = nearest_rank(given, 50) if given else ASSUMED
    items, assumed = [], 0
    types: dict[str, int] = {}
    for task in tasks:
        known = learned.durations.get(task.get("type", "task"), [])
        if "estimateSeconds" in task:
            seconds = float(task["estimateSeconds"])
        elif known:
            seconds = nearest_rank(known, 50)
            types[task["type"]] = types.get(task["type"], 0) + 1
        else:
            seconds, assumed = fallback, assumed + 1
        items.append(
            Item(task["id"], seconds, task.get("dependencies", ()), task.get("priority", 0),
                 outputs(task))
        )  # fmt: skip
    said = [f"{len(given)} durations are the plan's estimates"] if given else []
    said += [_learned(type, count, learned.durations[type]) for type, count in types.items()]
    if assumed:
        said.append(f"{assumed} durations are assumed: {fallback:g} s, as nothing is known")
    return items, said


def _learned(type: str, count: int, known: list[float]) -> str:
    low, middle, high = (nearest_rank(known, percent) for percent in (25, 50, 75))
    return (
        f"{count} durations are learned from {len(known)} completed tasks of type {type}: "
        f"{middle:.3g} s, half of them took {low:.3g} to {high:.3g} s"
    )


def _handoffs(learned: Learned) -> str:
    if learned.measured:
        return (
            f"a handoff costs {learned.overhead:.3g} s, measured on {learned.measured} of this log"
        )
    return f"a handoff costs {learned.overhead:.3g} s by default: this log has none to measure yet"


def _row(case: Case, workers: int) -> dict[str, Any]:
    total = sum(item.seconds for item in case.items)
    took = makespan(schedule(case.items, workers, case.overhead))
    least = max(case.chain()[0], total / workers)
    return {
        "workers": workers,
        "makespanSeconds": round(took, 1),
        "speedup": round(total / took, 2) if took else 1.0,
        "bound": round(total / least, 2) if least else 1.0,
    }


def _finding(code: str, task: str | None, message: str) -> Finding:
    return {"level": "warning", "code": code, "task": task, "message": message}


def _speed(case: Case, workers: int) -> list[Finding]:
    """Why several workers would not be worth it, and what would help most."""
    fast = case.speedup(workers)
    if workers < 2 or fast is None or fast >= SPEEDUP_MIN:
        return []
    total = sum(item.seconds for item in case.items)
    message = (
        f"{workers} workers would need {duration(total / fast)} for {duration(total)} of work, a "
        f"speedup of only {fast:.2f}: {hindrance(case, workers)}; {remedy(case, workers)}"
    )
    return [_finding("low_speedup", None, message)]


def _sizes(items: list[Item], learned: Learned, lease: int) -> list[Finding]:
    found = []
    for item in items:
        if item.seconds < SMALL * learned.overhead:
            found.append(
                _finding("too_small", item.id, f"{item.id} takes {item.seconds:.3g} s, its handoff "
                         f"{learned.overhead:.3g} s: join it with another task")
            )  # fmt: skip
        elif item.seconds > lease:
            found.append(
                _finding("too_big", item.id, f"{item.id} takes {item.seconds / 60:.0f} min, longer "
                         f"than the longest lease of {lease // 60} min: split it")
            )  # fmt: skip
    return found


def reading(task: Task, size: Size) -> int:
    """Tokens that a worker reads before it begins: target files, rules and the pack."""
    context = task.get("context", {})
    paths = [*context.get("targetFiles", ()), *context.get("relevantRules", ())]
    return (sum(size(path) or 0 for path in paths) + PACK_BYTES) // BYTES_PER_TOKEN


def _reading(task: Task, size: Size) -> list[Finding]:
    """Reading that fills a chat before it begins, and rules that cost it points of its score."""
    name, tokens = task["id"], reading(task, size)
    rules = len(task.get("context", {}).get("relevantRules", ()))
    unlikely = "a context score of 4 or more is unlikely; name fewer files, or split it"
    if tokens > READING_MAX:
        message = f"{name} has to read about {tokens:,} tokens: {unlikely}"
        return [_finding("much_reading", name, message)]
    if rules > RULES_MAX:
        return [_finding("low_score", name, f"{name} has to read {rules} rule files: {unlikely}")]
    return []
