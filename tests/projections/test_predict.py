"""Predictions: schedules worked out by hand, why a plan does not get faster, what would help."""

from __future__ import annotations

from typing import Any

import pytest

from evt.projections.figuretext import duration
from evt.projections.fold import Fold
from evt.projections.learn import OVERHEAD, learn
from evt.projections.predict import predict, reading
from evt.projections.schedule import Item, makespan, schedule
from tests.projections.history import History


def ran(items: list[Item], workers: int, overhead: float = 0) -> list[tuple[str, int, float]]:
    return [(s.item.id, s.worker, s.start) for s in schedule(items, workers, overhead)]


def test_the_best_rank_comes_first() -> None:
    """Given priority, waiting chain and age, then tasks are taken in this order."""
    items = [Item("old", 10), Item("head", 10), Item("tail", 10, ["head"]), Item("new", 10),
             Item("urgent", 10, priority=1)]  # fmt: skip
    assert ran(items, 1) == [
        ("urgent", 0, 0), ("head", 0, 10), ("old", 0, 20), ("tail", 0, 30), ("new", 0, 40),
    ]  # fmt: skip


def test_overhead_lies_between_a_workers_tasks() -> None:
    # A: a 0-10, then from 12 on c 12-17; B: b 0-20
    items = [Item("a", 10), Item("b", 20), Item("c", 5)]
    assert ran(items, 2, 2) == [("a", 0, 0), ("b", 1, 0), ("c", 0, 12)]
    assert makespan(schedule(items, 1, 2)) == 10 + 2 + 20 + 2 + 5


def test_a_waiting_worker_begins_as_soon_as_a_task_is_ready() -> None:
    # b is ready at 10; worker 1 has waited since 0 and takes it at once, worker 0 needs 2 s more.
    assert ran([Item("a", 10), Item("b", 10, ["a"])], 2, 2) == [("a", 0, 0), ("b", 1, 10)]


def test_tasks_that_write_the_same_file_run_one_after_another() -> None:
    items = [Item("a", 10, outputs=["x.md"]), Item("b", 10, outputs=["*.md"]), Item("c", 4)]
    assert ran(items, 2) == [("a", 0, 0), ("c", 1, 0), ("b", 1, 10)]


def test_one_that_was_passed_over_often_keeps_its_outputs_free() -> None:
    # big needs x and y. x1 holds x until 10; meanwhile three of lower rank that write y are given
    # out before it; a fourth one would be y4, but big has been passed over three times by then.
    items = [Item("x1", 10, priority=2, outputs=["x"]),
             Item("big", 5, priority=1, outputs=["x", "y"]),
             *(Item(f"y{k}", 3, outputs=["y"]) for k in range(1, 5))]  # fmt: skip
    assert ran(items, 2) == [
        ("x1", 0, 0), ("y1", 1, 0), ("y2", 1, 3), ("y3", 1, 6), ("big", 1, 10), ("y4", 0, 15),
    ]  # fmt: skip


def test_what_waits_for_itself_ends_the_schedule() -> None:
    items = [Item("a", 1, ["b"]), Item("b", 1, ["a"]), Item("c", 1)]
    assert ran(items, 2) == [("c", 0, 0)]


def task(name: str, seconds: float | None = None, **data: Any) -> dict[str, Any]:
    given = {} if seconds is None else {"estimateSeconds": seconds}
    return {"id": name, "type": "task", "description": "d", **given, **data}


def predicted(tasks: list[dict[str, Any]], workers: int, fold: Fold | None = None) -> Any:
    return predict(tasks, fold or Fold(), workers, lambda path: None)


def test_rows_for_one_to_n_workers() -> None:
    # Six tasks of 100 s, 0.2 s between tasks of one worker: 600 + 5 x 0.2, 300 + 2 x 0.2, 200 + 0.2
    found = predicted([task(f"t{k}", 100) for k in range(6)], 3)
    assert found["prediction"] == [
        {"workers": 1, "makespanSeconds": 601.0, "speedup": 1.0, "bound": 1.0},
        {"workers": 2, "makespanSeconds": 300.4, "speedup": 2.0, "bound": 2.0},
        {"workers": 3, "makespanSeconds": 200.2, "speedup": 3.0, "bound": 3.0},
    ]
    assert found["findings"] == []
    assert found["basis"] == [
        "6 durations are the plan's estimates",
        "a handoff costs 0.2 s by default: this log has none to measure yet",
    ]


def worked() -> History:
    """Four tasks of type `sum` (30, 40, 50, 60 s) by one worker, each 10 s after the one before."""
    log = History().project().join(0, "A")
    log.tasks(0, *(f"old{k}" for k in range(4)), type="sum")
    now = 0.0
    for number, took in enumerate((30, 40, 50, 60)):
        log.claim(now, "A", f"old{number}")
        log.done(now + took, "A", f"old{number}")
        now += took + 10
    return log


def test_durations_and_overhead_are_learned_from_the_log() -> None:
    # Gaps of 10 s between results and next tasks, three of them. By nearest rank the
    # middle of (30, 40, 50, 60) is 40, the quarters end at 30 and 50.
    fold = worked().fold()
    learned = learn(fold)
    assert (learned.overhead, learned.measured) == (10, 3)
    assert learned.durations == {"sum": [30, 40, 50, 60]}
    new = [task("new1", type="sum"), task("new2", type="sum"), task("new3", 20)]
    found = predicted(new, 1, fold)
    assert found["prediction"][0]["makespanSeconds"] == 40 + 10 + 40 + 10 + 20
    assert found["basis"] == [
        "1 durations are the plan's estimates",
        SUMS,
        "a handoff costs 10 s, measured on 3 of this log",
    ]
    # 20 s are less than five times the handoff of 10 s, as are 40 s
    assert [(f["code"], f["task"]) for f in found["findings"]] == [
        ("too_small", name) for name in ("new1", "new2", "new3")
    ]


SUMS = (
    "2 durations are learned from 4 completed tasks of type sum: 40 s, half of them took 30 to 50 s"
)


def test_waiting_for_work_is_no_overhead() -> None:
    # B has its result at 10 and its next task at 100, but that one was ready only from 95 on.
    log = History().project().join(0, "A", "B").tasks(0, "a", "b").tasks(0, "c", dependencies=["a"])
    log.claim(0, "A", "a")
    log.claim(0, "B", "b")
    log.done(10, "B", "b")
    log.done(95, "A", "a")
    log.claim(100, "B", "c")
    log.done(110, "B", "c")
    learned = learn(log.fold())
    assert (learned.overhead, learned.measured) == (OVERHEAD, 0)


def test_a_running_project_is_predicted_from_where_it_stands() -> None:
    # old0-old3 are completed: of the plan only what is new remains, and c, which the log has open.
    fold = worked().tasks(300, "c", estimateSeconds=7).fold()
    found = predicted([task("old0", 1000), task("new", 50, dependencies=["old3"])], 2, fold)
    assert found["prediction"][1]["makespanSeconds"] == 50
    assert found["prediction"][0]["makespanSeconds"] == 7 + 10 + 50


def test_work_that_takes_no_time_divides_nothing() -> None:
    rows = predicted([task("a", 0)], 1)["prediction"]
    assert rows == [{"workers": 1, "makespanSeconds": 0, "speedup": 1.0, "bound": 1.0}]
    assert predicted([], 3)["prediction"] == []


def test_nothing_known_is_assumed_and_said() -> None:
    found = predicted([task("a"), task("b")], 2)
    assert found["prediction"][1]["makespanSeconds"] == 600
    assert found["basis"][0] == "2 durations are assumed: 600 s, as nothing is known"


@pytest.mark.parametrize(
    ("tasks", "why", "remedy"),
    [
        pytest.param(
            [task("a", 100), task("b", 200, dependencies=["a"]), task("c", 50, dependencies=["b"])],
            "the chain a -> b -> c takes 5 min 50 s of 5 min 50 s",
            "split b in two (a speedup of 1.40)", id="chain",
        ),
        pytest.param(
            [task("a", 1000), task("b", 100), task("c", 100)],
            "a alone takes 17 min of 20 min", "split a in two (a speedup of 2.00)", id="size",
        ),
        pytest.param(
            [task(f"t{k}", 100, context={"outputFiles": ["README.md"]}) for k in range(4)],
            "tasks that write the same file run one after another (README.md: t0, t1, t2, t3)",
            "let each task write files of its own (a speedup of 2.00)", id="overlap",
        ),
        pytest.param(
            [task(f"t{k}", 0.1) for k in range(8)],
            "the tasks are small against a handoff of 0.2 s",
            "one more worker (a speedup of 1.14)", id="small",
        ),
        pytest.param(
            [task("a", 60), task("b", 60), task("c", 110)],
            "the order in which tasks become ready leaves workers without work",
            "one more worker (a speedup of 2.09)", id="order",
        ),
    ],
)  # fmt: skip
def test_why_two_workers_would_not_be_worth_it(
    tasks: list[dict[str, Any]], why: str, remedy: str
) -> None:
    found = predicted(tasks, 2)
    (finding,) = [f for f in found["findings"] if f["code"] == "low_speedup"]
    assert finding["level"] == "warning"
    row, work = found["prediction"][1], sum(item["estimateSeconds"] for item in tasks)
    assert row["speedup"] == round(work / row["makespanSeconds"], 2)
    assert finding["message"] == (
        f"2 workers would need {duration(row['makespanSeconds'])} for {duration(work)} of work, a "
        f"speedup of only {row['speedup']:.2f}: {why}; what would help most: {remedy}"
    )


def test_a_plan_is_warned_of_unless_one_worker_was_asked_for() -> None:
    alone = [task("a", 100)]
    (finding,) = predicted(alone, 2)["findings"]
    assert (finding["code"], finding["task"]) == ("low_speedup", None)
    assert "a alone takes 1 min 40 s of 1 min 40 s" in finding["message"]
    assert predicted(alone, 1)["findings"] == []
    assert predict(alone, Fold(), 5, lambda path: None, asked=False)["findings"] == []
    assert predicted([task("a", 100), task("b", 100, dependencies=["a"])], 1)["findings"] == []


def test_handoffs_that_cost_more_than_the_work_make_no_false_comparison() -> None:
    # 6 tasks of 1 s, two chains of three, 10 s per handoff (measured): work 6 s, and longer.
    plan = [task(f"k{n}", 1, dependencies=[f"k{n - 1}"] if n % 3 else []) for n in range(6)]
    found = predicted(plan, 2, worked().fold())
    message = next(f["message"] for f in found["findings"] if f["code"] == "low_speedup")
    row = found["prediction"][1]
    assert row["speedup"] < 1
    said = f"2 workers would need {duration(row['makespanSeconds'])} for 6 s of work, a speedup of"
    assert message.startswith(said)
    assert "as fast as one" not in message


def test_sizes_and_reading() -> None:
    big = task("big", 3600)
    small = task("small", 0.5)
    sizes = {"guide.md": 400_000, **{f"rules/{k}.md": 10 for k in range(13)}}
    reader = task("reader", 100, context={"targetFiles": ["guide.md", "gone.md"]})
    ruled = task("ruled", 100, context={"relevantRules": list(sizes)[1:]})
    found = predict([big, small, reader, ruled], Fold(), 1, sizes.get)
    unlikely = "a context score of 4 or more is unlikely; name fewer files, or split it"
    assert [(f["task"], f["code"], f["message"]) for f in found["findings"]] == [
        ("big", "too_big", "big takes 60 min, longer than the longest lease of 30 min: split it"),
        ("small", "too_small", "small takes 0.5 s, its handoff 0.2 s: join it with another task"),
        ("reader", "much_reading", f"reader has to read about 100,600 tokens: {unlikely}"),
        ("ruled", "low_score", f"ruled has to read 13 rule files: {unlikely}"),
    ]
    assert reading(reader, sizes.get) == (400_000 + 2_400) // 4
