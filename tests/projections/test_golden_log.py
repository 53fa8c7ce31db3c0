"""Golden logs about the log itself: time that does not count, projects, what nobody knows."""

from __future__ import annotations

import json
from typing import Any

from evt.eventlog.digest import sha256_hex
from evt.eventlog.line import decode
from evt.projections.fold import Fold
from evt.projections.metrics import metrics
from tests.projections.golden import account, some
from tests.projections.history import History


def test_a_paused_and_slept_through_project() -> None:
    # Worked 0-50; paused 50-650 (nothing counts); 10 s to a sign of life at 660; a lid closed for
    # 7,200 s before LogResumed (nothing counts); 40 s to the result. Makespan 50 + 10 + 40 = 100.
    log = History().project().join(0, "A").tasks(0, "t1")
    log.claim(0, "A", "t1")
    log.at(50, "ProjectPaused", "p", by="engineer")
    log.at(650, "ProjectResumed", "p", by="engineer")
    log.beat(660, "A", "t1")
    log.at(7860, "LogResumed", "log", silentSeconds=7200)
    log.done(7900, "A", "t1")
    found = log.metrics()
    some(found, speedup__serial_s=100.0, speedup__makespan_s=100.0)
    account(found, 100, 0, 0, 0, 0, 0)


def test_a_short_nap_counts_and_a_clock_that_goes_back_does_not() -> None:
    # 1,000 s before a LogResumed are less than half an hour: they count. Then the clock is set back
    # by 500 s: `time` stands still, the clock's own steps count: -500 (0), then 20 and 30.
    log = History().project().join(0, "A").tasks(0, "t1")
    log.claim(0, "A", "t1")
    log.at(1000, "LogResumed", "log", silentSeconds=1000)
    for clock in (500, 520):
        log.at(1000, "Heartbeat", "t1", by="A", attempt=1, clock=clock)
    log.at(1000, "Completed", "t1", by="A", attempt=1, clock=550)
    some(log.metrics(), speedup__makespan_s=1050.0, speedup__serial_s=1050.0)


def test_no_data() -> None:
    # Nothing was given to anybody: counts are 0, everything that would divide by 0 is null, nothing
    # is judged, and every stop rule without data says what would give it some.
    found = History().project().metrics()
    values = found["values"]
    zero = {key for key, value in values.items() if value == 0}
    assert zero == {
        *(key for key in values if key.startswith(("tasks.", "engineer.hours"))),
        "handoffs", "duplicates", "recovery.late_results", "recovery.wasted_s",
        "conflicts.detected", "conflicts.escalated",
        "speedup.serial_s", "speedup.critical_path_s", "speedup.workers",
    }  # fmt: skip
    assert {values[key] for key in values.keys() - zero} == {None}
    assert set(found["verdicts"].values()) == {"no_data"}
    assert {phase["verdict"] for phase in found["phases"].values()} == {"no_data"}
    assert [rule["triggered"] for rule in found["abandon"]] == [None] * 5
    assert all(rule["hint"].startswith("evt ") for rule in found["abandon"])
    assert found["recommendation"]["verdict"] == "keep_measuring"


def test_before_the_first_handoff_only_what_is_settled_is_judged() -> None:
    # 50 hours of the engineer are too many whatever comes; no duplicate so far says nothing. Two
    # tasks and a server are there already; that they have not ended says nothing either.
    log = History().project(phase=1)
    log.at(1, "ServerStarted", "server", by="evt", host="127.0.0.1", port=3100)
    log.tasks(2, "t1")
    log.at(3, "Intervened", by="engineer", kind="other", minutes=3000)
    found = log.metrics()
    judged = {key for key, verdict in found["verdicts"].items() if verdict != "no_data"}
    assert judged == {"engineer.hours"}
    assert found["verdicts"]["engineer.hours"] == "not_met"
    assert criteria(found) == {("server", "met")}
    found = log.tasks(4, "t2").metrics()
    assert criteria(found) == {("tasks", "met"), ("server", "met")}
    assert {phase["verdict"] for phase in found["phases"].values()} == {"no_data"}


def criteria(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (criterion["id"], criterion["verdict"])
        for phase in document["phases"].values()
        for criterion in phase["criteria"]
        if criterion["verdict"] != "no_data"
    }


def test_sums_before_the_first_result() -> None:
    log = History().project().join(0, "A", "B").tasks(0, "t1", "t2")
    log.claim(5, "A", "t1")
    second = log.claim(6, "B", "t2")
    found = log.metrics()
    some(found, speedup__serial_s=0.0, speedup__critical_path_s=0.0, speedup__workers=2,
         speedup__makespan_s=None, speedup__stalled_s=None, speedup__value=None,
         speedup__bound=None)  # fmt: skip
    assert found["evidence"]["speedup.workers"] == [second]


def test_tasks_rest_on_what_brought_them_where_they_are() -> None:
    log = History().project().join(0, "A", "B")
    created = [log.at(0, "TaskCreated", name) for name in ("t1", "t2", "t3", "t4", "t5")]
    taken = log.claim(5, "A", "t1")
    log.claim(6, "B", "t2")
    done = log.done(10, "B", "t2")
    log.claim(11, "B", "t3")
    left = log.at(12, "WorkerLeft", "B", by="B")
    cancelled = log.at(13, "TaskCancelled", "t4")
    found = log.metrics()
    assert {key: seen for key, seen in found["evidence"].items() if key.startswith("tasks.")} == {
        "tasks.pending": [created[4], left], "tasks.ready": [created[4], left],
        "tasks.assigned": [taken], "tasks.in-progress": [], "tasks.escalated": [],
        "tasks.completed": [done], "tasks.failed": [], "tasks.cancelled": [cancelled],
        "tasks.total": created,
    }  # fmt: skip
    log.beat(14, "A", "t1")
    assert log.metrics()["evidence"]["tasks.in-progress"] == [taken]
    assert found["phases"]["1"]["criteria"][0]["evidence"] == created


def test_a_log_without_a_project() -> None:
    found = metrics(Fold())
    assert found["project"] is None
    assert found["workers"] == {}
    assert set(found["verdicts"].values()) == {"no_data"}


def test_two_projects() -> None:
    # p: A works on t1 10-40. q begins at 100: t1 is another task there, A is still joined; B joined
    # between them, the server was started before p and stopped before q.
    log = History()
    log.at(0, "ServerStarted", "server", by="evt", host="127.0.0.1", port=3100)
    log.join(0, "A").project(0, "p").tasks(0, "t1")
    log.claim(10, "A", "t1")
    log.at(20, "Intervened", by="engineer", kind="prompt")
    log.done(40, "A", "t1", score=2)
    log.at(50, "ProjectEnded", "p", by="engineer")
    log.at(60, "ServerStopped", "server", by="evt")
    log.join(70, "B").project(100, "q").tasks(100, "t1", "t2")
    log.claim(100, "B", "t1")
    log.claim(110, "A", "t2")
    log.done(120, "B", "t1")
    log.done(130, "A", "t2")
    one, other = log.metrics("p"), log.metrics()
    assert (one["project"], other["project"]) == ("p", "q")
    some(one, handoffs=1, speedup__serial_s=30.0, context_score__min=2, prompts_per_task=1.0,
         tasks__total=1, tasks__completed=1)  # fmt: skip
    some(other, handoffs=2, speedup__serial_s=40.0, context_score__min=5, prompts_per_task=0.0,
         tasks__total=2)  # fmt: skip
    # q: makespan 100-130. A waits 10 s while t2 is ready; B has nothing to do for the last 10.
    account(other, 40, 0, 0, 0, 10, 10)
    assert one["phases"]["2"]["criteria"][0]["value"] == 1
    assert other["phases"]["2"]["criteria"][0]["value"] == 0


def test_what_comes_after_the_end_counts_but_opens_nothing() -> None:
    # p ends with t1 completed; its review finds a defect at 60, while q is open. It escaped, so the
    # catch rate of p is 0 / 1, and its work was rework; t1 stays completed, the serial time 30.
    log = History().project(0, "p").join(0, "A").tasks(0, "t1")
    log.claim(0, "A", "t1")
    log.done(30, "A", "t1")
    log.at(40, "ProjectEnded", "p", by="engineer")
    log.project(50, "q")
    log.at(60, "Reviewed", "t1", by="engineer", project="p", verdict="reopened")
    log.at(60, "Reopened", "t1", by="engineer", project="p")
    log.at(70, "Noted", "t1", by="A", project="p")  # no other event of p counts now
    found = log.metrics("p")
    some(found, gate__catch_rate=0.0, tasks__completed=1, speedup__serial_s=30.0)
    account(found, 0, 30, 0, 0, 0, 0)
    some(log.metrics("q"), gate__catch_rate=None, tasks__total=0)


def test_a_project_name_that_was_used_before_opens_nothing() -> None:
    # The second p is a contradiction: what comes then belongs to no project, and p stays as it was.
    log = History().project(0, "p").join(0, "A").tasks(0, "t1")
    log.claim(0, "A", "t1")
    log.done(30, "A", "t1")
    log.at(40, "ProjectEnded", "p", by="engineer")
    log.project(50, "p").tasks(50, "t2")
    log.claim(60, "A", "t2")
    assert log.fold().projects == ["p"]
    some(log.metrics(), handoffs=1, tasks__total=1, speedup__makespan_s=30.0)


def test_what_nobody_knows_is_passed_over() -> None:
    # The same log with unknown types, keys and attributes between: other lines, equal figures.
    def history(strange: bool) -> Fold:
        log = History().project().join(0, "A").tasks(0, "t1")
        log.claim(10, "A", "t1")
        if strange:
            log.at(20, "Sang", "t1", by="A", song="la")
            log.at(25, "Sang", by="nobody")
        log.done(40, "A", "t1", **({"mood": "good"} if strange else {}))
        fold = Fold()
        fold.apply(log.events())
        return fold

    plain, strange = metrics(history(False)), metrics(history(True))
    assert strange["values"] == plain["values"]
    assert strange["verdicts"] == plain["verdicts"]


LINES = """
{"type":"ProjectStarted","subject":"p","actor":"engineer","data":{"name":"p","phase":1}}
{"type":"WorkerJoined","subject":"A","actor":"A","data":{"role":"worker"}}
{"type":"TaskCreated","subject":"t1","actor":"coordinator","data":{"type":"x","description":"d"}}
{"type":"Assigned","subject":"t1","actor":"A",
 "data":{"worker":"A","attempt":1,"reason":"claimed","leaseSeconds":90}}
{"type":"Completed","subject":"t1","actor":"A",
 "data":{"attempt":1,"deliverables":[],"contextEfficiencyScore":4}}
""".strip().replace("\n ", "").splitlines()  # fmt: skip


def test_raw_lines_without_a_project_on_them() -> None:
    # Lines as another writer might make them, 30 s apart and without correlationid: they belong to
    # the project that is open. t1 takes 30 s.
    before, raw = "0" * 64, []
    for number, line in enumerate(LINES, 1):
        raw.append(json.dumps({
            "specversion": "1.0", "id": f"x{number}", "source": "/evt/other", **json.loads(line),
            "time": f"2026-11-26T10:0{number // 2}:{number % 2 * 30:02d}.000000Z",
            "sequence": f"{number:016d}", "schemaversion": 1, "prevhash": before, "vendor": [1],
        }).encode())  # fmt: skip
        before = sha256_hex(raw[-1])
    fold = Fold()
    fold.apply([decode(line) for line in raw])
    found = metrics(fold)
    some(found, handoffs=1, speedup__serial_s=30.0, speedup__makespan_s=30.0, time__efficiency=1.0)
    assert fold.views("p")["attempts"]["types"] == {"t1": "x"}
