"""Verdicts, stop rules, recommendation, baseline: what is concluded from the figures."""

from __future__ import annotations

from typing import Any

import pytest

from evt.eventlog.decide import aims
from evt.eventlog.errors import Refusal
from evt.projections.baseline import baseline
from evt.projections.metrics import metrics
from evt.projections.targets import EQUAL, TARGETS, judged
from tests.projections.golden import some
from tests.projections.history import History


def worked(scores: list[int], seconds: float = 100, workers: str = "AB", **data: Any) -> History:
    """Tasks of 50 s, one after another in turn, the last of them completed after `seconds`."""
    log = History().project(**data).join(0, *workers)
    log.tasks(0, *(f"t{number}" for number in range(len(scores))))
    step = (seconds - 50) / max(1, len(scores) - 1)
    moments: list[tuple[float, int, str]] = []
    for number in range(len(scores)):
        moments += [(number * step, number, "claim"), (number * step + 50, number, "done")]
    for moment, number, what in sorted(moments):
        worker, task = workers[number % len(workers)], f"t{number}"
        if what == "claim":
            log.claim(moment, worker, task)
        else:
            log.done(moment, worker, task, score=scores[number])
    return log


def rule(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(rule for rule in document["abandon"] if rule["rule"] == name)


@pytest.mark.parametrize(
    ("how", "value", "target", "verdict"),
    [
        ("<=", 2, 2, "met"), ("<=", 2.1, 2, "not_met"), (">=", 4, 4, "met"),
        (">=", 3.9, 4, "not_met"), (EQUAL, 0, 0, "met"), (EQUAL, 1, 0, "not_met"),
        (">=", None, 4, "no_data"), (EQUAL, 1, None, "no_data"),
    ],
)  # fmt: skip
def test_verdicts(how: str, value: float | None, target: float | None, verdict: str) -> None:
    assert judged(how, value, target) == verdict


def test_the_policy_replaces_targets_but_no_stop_rule() -> None:
    # Four scores of 4; one prompt per task more than the policy allows. Serial 200 in 100 s: 2.
    policy = {"targets": {"context_score.min": 5, "speedup.value": 1.2, "unknown": 7}}
    found = worked([4, 4, 4, 4], 100, policy=policy).metrics()
    assert found["verdicts"]["context_score.min"] == "not_met"
    assert found["targets"]["context_score.min"] == 5
    assert found["phases"]["1"]["criteria"][3]["verdict"] == "met"  # the phase asks for 4
    assert found["phases"]["3"]["criteria"][3]["target"] == 1.2
    assert found["targets"].keys() == {*TARGETS, "conflicts.detected", "conflicts.escalated"}
    # 200 in 160 s = 1.25: as fast as the policy wants, and yet slow enough to stop
    found = worked([4, 4, 4, 4], 160, policy=policy).metrics()
    assert found["verdicts"]["speedup.value"] == "met"
    assert rule(found, "speedup.value")["triggered"] is True


def test_the_targets_that_a_policy_may_have_are_those_of_the_figures() -> None:
    assert {*aims.TARGETS} == TARGETS.keys()


def test_a_baseline_is_used_instead_of_occupancy() -> None:
    # Serial 200 in 100 s: 2 by occupancy. The same work took 130 s before: 1.3, so stop.
    found = worked([5, 5, 5, 5], 100, baseline={"serialSeconds": 130}).metrics()
    some(found, speedup__value=2.0, speedup__vs_baseline=1.3)
    assert found["verdicts"]["speedup.value"] == found["verdicts"]["speedup.vs_baseline"]
    assert found["verdicts"]["speedup.value"] == "not_met"
    fired = rule(found, "speedup.vs_baseline")
    assert (fired["value"], fired["triggered"]) == (pytest.approx(1.3), True)
    assert [r["rule"] for r in found["abandon"]].count("speedup.value") == 0


def test_a_revised_project_is_judged_by_what_it_says_now() -> None:
    log = worked([5, 5, 5, 5], 100)
    log.at(110, "ProjectRevised", "p", by="engineer", baseline={"serialSeconds": 400}, phase=2)
    found = log.metrics()
    some(found, speedup__vs_baseline=4.0)
    assert found["phase"] == 2


def test_a_stop_rule_does_not_fire_at_its_threshold_for_a_rounding() -> None:
    # 90.3 / 60.2 is 1.5, and in binary floating point a little less; 1.1 + 2.2 is 2 times 1.65,
    # and a little more.
    log = worked([5, 5, 5, 5], 60.2, baseline={"serialSeconds": 90.3, "debugMinutes": 1.65})
    for minutes in (1.1, 2.2):
        log.at(90, "Intervened", "t0", by="engineer", kind="debug", minutes=minutes)
    found = log.metrics()
    assert rule(found, "speedup.vs_baseline")["value"] == 1.5
    assert rule(found, "speedup.vs_baseline")["triggered"] is False
    assert rule(found, "engineer.debug_ratio")["value"] == 2
    assert rule(found, "engineer.debug_ratio")["triggered"] is False


def test_a_target_that_is_just_reached_is_met() -> None:
    # 6 and 12 and 18 seconds of a minute: 0.1 + 0.2 + 0.3 minutes are 0.6, 0.01 hours.
    policy = {"targets": {"engineer.hours": 0.01, "speedup.vs_baseline": 1.1}}
    log = worked([5, 5], 100, policy=policy, baseline={"serialSeconds": 110.0})
    for minutes in (0.1, 0.2, 0.3):
        log.at(110, "Intervened", "t0", by="engineer", kind="prompt", minutes=minutes)
    found = log.metrics()
    assert found["verdicts"]["engineer.hours"] == "met"
    assert found["verdicts"]["speedup.vs_baseline"] == "met"


def test_minutes_are_evidence_of_the_figure_that_they_are_in() -> None:
    log = worked([5], 50, baseline={"debugMinutes": 1})
    debug = log.at(60, "Intervened", "t0", by="engineer", kind="debug", minutes=1)
    prompt = log.at(61, "Intervened", "t0", by="engineer", kind="prompt", minutes=2, estimated=True)
    seen = log.metrics()["evidence"]
    assert seen["engineer.debug_ratio"] == seen["engineer.hours.measured"] == [debug]
    assert seen["engineer.hours.estimated"] == [prompt]
    assert seen["engineer.hours"] == [debug, prompt]


def test_waiting_for_answers_does_not_stop_a_project() -> None:
    # Four tasks of 50 s by two workers: 0-50 and 450-500. Between them nobody could work, as a
    # question was open: 200 / 500 = 0.4, but 200 / (500 - 400) = 2.
    log = History().project().join(0, "A", "B").tasks(0, "a", "b", "c", "d")
    for start, first, second in ((0, "a", "b"), (450, "c", "d")):
        log.claim(start, "A", first)
        log.claim(start, "B", second)
        log.done(start + 50, "A", first)
        log.done(start + 50, "B", second)
        if start == 0:
            log.ask(50, "coordinator", "c", "q1")
            log.answer(450, "c", "q1")
    found = log.metrics()
    some(found, speedup__value=0.4, speedup__stalled_s=400.0)
    assert rule(found, "speedup.value")["value"] == 2.0
    assert rule(found, "speedup.value")["triggered"] is False
    assert found["recommendation"]["verdict"] == "keep_measuring"


@pytest.mark.parametrize(
    ("scores", "last", "mean"),
    [
        ([2, 2], None, None),
        ([2, 2, 2], True, True),
        ([5, 5, 5, 2, 2, 2], True, False),
        ([2, 2, 3], False, True),
        ([1, 1, 1, 1, 5], False, True),
        ([3, 3, 3], False, False),
    ],
    ids=str,
)
def test_low_scores_stop_a_project(scores: list[int], last: bool | None, mean: bool | None) -> None:
    found = worked(scores, 100, "AB").metrics()
    assert rule(found, "context_score.last")["triggered"] is last
    assert rule(found, "context_score.mean")["triggered"] is mean


def test_many_prompts_stop_a_project() -> None:
    log = worked([5], 50)
    for _ in range(10):
        log.at(60, "Intervened", "t0", by="engineer", kind="prompt")
    assert rule(log.metrics(), "prompts_per_task")["triggered"] is False
    log.at(60, "Intervened", "t0", by="engineer", kind="prompt")
    found = log.metrics()
    assert rule(found, "prompts_per_task")["triggered"] is True
    assert found["recommendation"]["reasons"][0] == "stop rule: prompts_per_task is 11.00, above 10"


@pytest.mark.parametrize(
    ("workers", "tasks", "judged"), [("A", 4, None), ("AB", 3, None), ("AB", 4, True)]
)
def test_speed_is_judged_from_two_workers_and_four_tasks_on(
    workers: str, tasks: int, judged: bool | None
) -> None:
    found = worked([5] * tasks, tasks * 60, workers).metrics()
    assert rule(found, "speedup.value")["triggered"] is judged


def reasons(document: dict[str, Any]) -> list[str]:
    return [reason.partition(":")[0] for reason in document["recommendation"]["reasons"]]


def test_reasons_name_what_an_engineer_can_change() -> None:
    # A, a degraded worker, does small tasks with long pauses between them and no checks.
    log = worked([5, 3, 3, 2], 500, "A", phase=3)
    found = log.metrics()
    assert reasons(found) == [
        "phase 3", "phase 3", "task size", "degraded", "checks",
        "stop rules not judged for want of data",
    ]  # fmt: skip
    said = "\n".join(found["recommendation"]["reasons"])
    assert "60 % of the workers' time passed between tasks (the usual task takes 50 s)" in said
    assert "the last 3 scores of A average 2.7" in said
    assert "at least 3 attempts were open at once: not met (1)" in said


def test_a_project_without_a_phase_is_asked_for_one() -> None:
    found = worked([5], 50).metrics()
    assert "no phase is declared" in found["recommendation"]["reasons"][0]


def test_a_baseline_is_recorded_from_one_worker_alone() -> None:
    # 0-500 by A alone; 3 minutes of debugging.
    log = worked([5, 5, 5], 500, "A")
    log.at(600, "Intervened", "t0", by="engineer", kind="debug", minutes=3)
    assert baseline(log.fold()) == {"serialSeconds": 500, "debugMinutes": 3}
    with pytest.raises(Refusal, match="one worker"):
        baseline(worked([5, 5], 100, "AB").fold())
    with pytest.raises(Refusal, match="t9 of p is pending"):
        baseline(log.tasks(700, "t9").fold())
    with pytest.raises(Refusal, match="nobody"):
        baseline(History().project().fold())


def test_a_project_that_is_not_there() -> None:
    with pytest.raises(Refusal, match="there is no project q"):
        metrics(History().project().fold(), "q")
