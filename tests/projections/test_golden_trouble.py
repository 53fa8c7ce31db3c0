"""Golden logs in which something goes wrong: silence, questions, the engineer, conflicts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.golden import account, some
from tests.projections.history import History


def test_timeouts_and_a_revival() -> None:
    # A: t1 from 0, signs at 30 and (revived) 140, TimedOut at 125, Completed at 200.
    # B: t2 from 0, never a sign, TimedOut at 95; C takes t2 at 100 and completes it at 180; what B
    # hands in at 190 is late.
    # Detection: A 125 - 30 = 95, B 95 - 0 = 95 (their leases are the ordinary 90 s).
    # Reassigned: only B's attempt stayed closed, and C took it without the engineer: 1 of 1.
    # Serial 200 + 80 = 280, makespan 200. B's attempt was open 0-95: wasted 95.
    # A: its attempt was open 0-125 and 140-200: work 185, absent 15. B: rework 0-95, absent after
    # that: 105. C: t2 was ready 95-100: coordination 5; work 80; idle 0-95 and 180-200 = 115.
    # Silences: A 30, 110 (long), 60; C 80 (long): half of them last at most a minute.
    log = History().project(phase=4).join(0, "A", "B", "C").tasks(0, "t1", "t2")
    log.claim(0, "A", "t1")
    log.claim(0, "B", "t2")
    log.beat(30, "A", "t1")
    log.at(95, "TimedOut", "t2", worker="B", attempt=1)
    log.claim(100, "C", "t2", 2, reason="reassigned")
    log.at(125, "TimedOut", "t1", worker="A", attempt=1)
    log.beat(140, "A", "t1")
    log.done(180, "C", "t2", 2)
    log.at(190, "LateResult", "t2", attempt=1, type="Completed")
    log.done(200, "A", "t1")
    found = log.metrics()
    some(
        found, recovery__detection_s__p50=95.0, recovery__detection_s__max=95.0,
        recovery__reassigned=1.0, recovery__late_results=1, recovery__wasted_s=95.0, handoffs=3,
        speedup__serial_s=280.0, speedup__makespan_s=200.0, speedup__workers=2, duplicates=0,
    )  # fmt: skip
    account(found, 265, 95, 0, 120, 5, 115)
    assert found["phases"]["2"]["criteria"][2]["value"] == 0.5
    assert found["phases"]["2"]["criteria"][3]["value"] == 1  # A came back, without a duplicate
    assert found["workers"]["B"]["timed_out"] == 1


def test_longer_leases_are_no_late_detection() -> None:
    # A asks for a lease of 600 s at 10 and is silent: TimedOut at 620. An ordinary lease that ends
    # with it would have begun at 610 - 90 = 520, so it was noticed 100 s after that, not 610.
    # B is silent from 0: TimedOut at 130, so 130. p50 of (100, 130) is 100 by nearest rank.
    # B's task was ready from 130, and the engineer acts on it at 300 before B takes it at 310: that
    # is not "by itself". A's task is taken by nobody, but cancelled. 0 of 1.
    log = History().project().join(0, "A", "B").tasks(0, "t1", "t2")
    log.claim(0, "A", "t1")
    log.claim(0, "B", "t2")
    log.beat(10, "A", "t1", leaseSeconds=600)
    log.at(130, "TimedOut", "t2", worker="B", attempt=1)
    log.at(300, "Intervened", "t2", by="engineer", kind="prompt")
    log.claim(310, "B", "t2", 2, reason="reassigned")
    log.done(400, "B", "t2", 2)
    log.at(620, "TimedOut", "t1", worker="A", attempt=1)
    log.at(630, "TaskCancelled", "t1")
    found = log.metrics()
    some(
        found, recovery__detection_s__p50=100.0, recovery__detection_s__max=130.0,
        recovery__reassigned=0.0, intervention_ratio=1 / 3, tasks__cancelled=1,
    )  # fmt: skip
    assert found["verdicts"]["recovery.detection_s.max"] == "not_met"


def test_failures_are_tried_again_or_final() -> None:
    # t1 fails at 20 and may be tried again: A takes it at 40. t2 fails at 30 for good, which nobody
    # has to take up. t3 fails at 70, the last event of the log: not judged yet. 1 of 1.
    log = History().project().join(0, "A", "B").tasks(0, "t1", "t2", "t3")
    log.claim(0, "A", "t1")
    log.claim(0, "B", "t2")
    log.at(20, "Failed", "t1", by="A", attempt=1)
    log.at(30, "Failed", "t2", by="B", attempt=1, retryable=False)
    log.claim(40, "A", "t1", 2, reason="reassigned")
    log.claim(50, "B", "t3")
    log.done(60, "A", "t1", 2)
    log.at(70, "Failed", "t3", by="B", attempt=1)
    found = log.metrics()
    # wasted: 20 + 30 + 20
    some(found, recovery__reassigned=1.0, tasks__failed=1, recovery__wasted_s=70.0)
    # A: rework 0-20, coordination 20-40 (t3 is ready until 50), work 40-60.
    # B: rework 0-30, coordination 30-50, rework 50-60 (t3).
    account(found, 20, 60, 0, 0, 40, 0)


def test_questions() -> None:
    # A asks about t1 at 20, works on t2 25-65 meanwhile, is answered by the engineer at 100, goes
    # on until 150. t1 took 150 - 80 = 70, t2 40: serial 110, makespan 150.
    # Nobody could work 20-25 and 65-100: stalled 40, and for A waiting 40, work 110.
    # The answer is an intervention on t1's attempt: 1 of 2 handoffs.
    log = History().project().join(0, "A").tasks(0, "t1", "t2")
    log.claim(0, "A", "t1")
    log.ask(20, "A", "t1", "q1")
    log.claim(25, "A", "t2")
    log.done(65, "A", "t2")
    log.answer(100, "t1", "q1")
    log.beat(105, "A", "t1")
    log.done(150, "A", "t1")
    found = log.metrics()
    some(
        found, speedup__serial_s=110.0, speedup__makespan_s=150.0, speedup__stalled_s=40.0,
        speedup__value=110 / 150, intervention_ratio=0.5, prompts_per_task=0.0,
        speedup__workers=2,
    )  # fmt: skip
    account(found, 110, 0, 40, 0, 0, 0)
    # 20, 40 and 45 s; the 85 s between 20 and 105 were spent waiting
    assert found["phases"]["2"]["criteria"][2]["value"] == 1.0


def test_several_questions_about_one_task() -> None:
    # Two questions about t1, 10-40 and 20-60: parked 10-60, a union. An advice at 70 parks nothing.
    # t1 0-100 took 100 - 50 = 50. The coordinator's answer is no intervention.
    log = History().project().join(0, "A").tasks(0, "t1")
    log.claim(0, "A", "t1")
    log.ask(10, "A", "t1", "q1")
    log.ask(20, "A", "t1", "q2")
    log.at(40, "Resolved", "t1", escalation="q1", action="resume")
    log.at(60, "Resolved", "t1", escalation="q2", action="resume")
    log.ask(70, "A", "t1", "q3", kind="drift")
    log.done(100, "A", "t1")
    found = log.metrics()
    some(found, speedup__serial_s=50.0, speedup__stalled_s=50.0, intervention_ratio=0.0)
    account(found, 50, 0, 50, 0, 0, 0)


@pytest.mark.parametrize("action", ["reassign", "cancel"])
def test_an_answer_that_ends_the_attempt(action: str) -> None:
    # A's attempt is open 0-50, parked 10-50; the answer ends it. It was not accepted: wasted 50.
    # t2 0-60 by B is the only work.
    log = History().project().join(0, "A", "B").tasks(0, "t1", "t2")
    log.claim(0, "A", "t1")
    log.claim(0, "B", "t2")
    log.ask(10, "A", "t1", "q1")
    log.answer(50, "t1", "q1", action=action)
    log.done(60, "B", "t2")
    found = log.metrics()
    some(found, recovery__wasted_s=50.0, speedup__serial_s=60.0, recovery__reassigned=None,
         intervention_ratio=0.5)  # fmt: skip
    # A: rework 0-10, waiting 10-50, then 10 s: t1 is ready again, or nothing is.
    rest = (10, 0) if action == "reassign" else (0, 10)
    account(found, 60, 10, 40, 0, *rest)


def test_interventions_inside_and_outside_attempts() -> None:
    # Inside t1's attempt: prompts at 10 and 15 (one handoff). Outside: a prompt at 60 on t1, which
    # is over, and without a task an edit, 30 min of debugging, 12 estimated min of something.
    # 1 + 4 = 5 handoffs, capped at the 3 there were. A setup does not count. 3 prompts, 3 tasks.
    # 42 min; debugging 30 min against a baseline of 10: 3 times as much, so stop.
    log = History().project(baseline={"debugMinutes": 10}).join(0, "A")
    log.tasks(0, "t1", "t2", "t3")

    def act(seconds: float, task: str | None, kind: str, **data: Any) -> None:
        log.at(seconds, "Intervened", task, by="engineer", kind=kind, **data)

    log.claim(0, "A", "t1")
    act(10, "t1", "prompt")
    act(15, "t1", "prompt")
    log.done(50, "A", "t1")
    act(60, "t1", "prompt")
    act(70, None, "edit")
    act(75, None, "setup")
    act(80, None, "debug", minutes=30)
    act(81, None, "other", minutes=12, estimated=True)
    for start, task in ((90, "t2"), (140, "t3")):
        log.claim(start, "A", task)
        log.done(start + 50, "A", task)
    found = log.metrics()
    some(
        found, intervention_ratio=1.0, prompts_per_task=1.0, engineer__hours=0.7,
        engineer__hours__measured=0.5, engineer__hours__estimated=0.2, engineer__debug_ratio=3.0,
    )  # fmt: skip
    assert found["phases"]["1"]["criteria"][1]["value"] == 2  # t2 and t3
    assert found["phases"]["1"]["criteria"][2]["value"] == 2.0  # 6 interventions on 3 tasks
    assert found["abandon"][4]["triggered"] is True
    assert found["recommendation"]["verdict"] == "abandon"


def test_start_prompts_of_several_sessions() -> None:
    # Three chats are set up, one of them again after its session was resumed: no intervention. A
    # real prompt before the first handoff is tied to no attempt: 1 of 2 handoffs, 1 prompt / 2.
    log = History().project().join(0, "A", "B").tasks(0, "t1", "t2")
    for seconds in (1, 2, 3):
        log.at(seconds, "Intervened", by="engineer", kind="setup")
    log.at(4, "Intervened", by="engineer", kind="prompt")
    before = log.metrics()
    some(before, intervention_ratio=None, prompts_per_task=None, handoffs=0)
    log.claim(10, "A", "t1")
    log.at(20, "Intervened", by="engineer", kind="setup")
    log.claim(20, "B", "t2")
    log.done(30, "A", "t1")
    log.done(40, "B", "t2")
    some(log.metrics(), intervention_ratio=0.5, prompts_per_task=0.5)


def test_conflicts() -> None:
    # Two conflicts; the first is put before the engineer with the other task and the files. A
    # question that leaves out the files, or names another event, does not count.
    log = History().project().join(0, "A", "B").tasks(0, "t1", "t2")
    log.claim(0, "A", "t1")
    log.claim(0, "B", "t2")
    log.at(10, "ConflictDetected", "t1", id="c1", **{"with": "t2"})
    log.at(20, "ConflictDetected", "t2", id="c2", **{"with": "t1"})
    both = {"with": "t2", "files": ["a.md"]}
    log.at(30, "Escalated", "t1", by="evt", kind="conflict", conflict="c1", **both)
    log.at(40, "Escalated", "t2", by="evt", kind="conflict", conflict="c2", **{"with": "t1"})
    log.at(50, "Escalated", "t2", by="evt", kind="conflict", conflict="other", **both)
    found = log.metrics()
    some(found, conflicts__detected=2, conflicts__escalated=1)
    assert found["verdicts"]["conflicts.escalated"] == "not_met"
    log.at(60, "Escalated", "t2", by="evt", kind="conflict", conflict="c2", **both)
    found = log.metrics()
    some(found, conflicts__detected=2, conflicts__escalated=2)
    assert found["verdicts"]["conflicts.escalated"] == "met"


def test_workers_that_leave_and_come_back() -> None:
    # A leaves at 30 in the middle of t1 and comes back at 50: its attempt 1 ended at 30 (wasted
    # 30), t1 was ready 30-60, A takes it again at 60. B asks at 10; its name is taken over at 70,
    # which ends its attempt, and that goes on when the question is answered at 80.
    log = History().project().join(0, "A", "B").tasks(0, "t1", "t2")
    log.claim(0, "A", "t1")
    log.claim(0, "B", "t2")
    log.ask(10, "B", "t2", "q1")
    log.at(30, "WorkerLeft", "A", by="A")
    log.join(50, "A")
    log.claim(60, "A", "t1", 2, reason="reassigned")
    log.at(70, "WorkerLeft", "B", by="B", reason="takeover")
    log.join(70, "B")
    log.answer(80, "t2", "q1")
    log.done(90, "A", "t1", 2)
    log.done(100, "B", "t2")
    found = log.metrics()
    # t1 60-90 = 30; t2 0-100 less the question within the attempt, 10-70: 40.
    some(found, speedup__serial_s=70.0, recovery__wasted_s=30.0, duplicates=0)
    # A: rework 0-30, absent 30-50, coordination 50-60, work 60-90, idle 90-100.
    # B: work 0-10 and 80-100, waiting 10-70, idle 70-80.
    account(found, 60, 30, 60, 20, 10, 20)
    returned = found["phases"]["2"]["criteria"][3]
    assert (returned["value"], returned["verdict"]) == (1.0, "met")


def test_one_that_leaves_with_a_question_open_is_not_waited_for() -> None:
    # B asks at 10 and leaves at 40: its attempt is over (wasted 40). Answered at 60, t1 is ready;
    # C takes it at 70 and completes it at 100. B was parked 10-40 and absent after that.
    log = History().project().join(0, "B", "C").tasks(0, "t1")
    log.claim(0, "B", "t1")
    log.ask(10, "B", "t1", "q1")
    log.at(40, "WorkerLeft", "B", by="B")
    log.answer(60, "t1", "q1")
    log.claim(70, "C", "t1", 2, reason="reassigned")
    log.done(100, "C", "t1", 2)
    found = log.metrics()
    some(found, speedup__serial_s=30.0, recovery__wasted_s=40.0, intervention_ratio=0.5,
         speedup__stalled_s=50.0)  # fmt: skip
    # B: rework 0-10. C: idle 0-60, coordination 60-70, work 70-100.
    account(found, 30, 10, 30, 60, 10, 60)
