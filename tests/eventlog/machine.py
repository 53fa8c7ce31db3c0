"""Racing, dying, returning workers over the decider, thousands of steps: what must never happen.

One live attempt per task, no task lost, none completed twice, an ended project has every task
final, and the fold is the same from zero, from any checkpoint and in any chunking.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from evt.eventlog.catalog import FINAL
from evt.eventlog.commands import Command, Emit, Join, Next, Verdict
from evt.eventlog.decision import Accepted
from evt.eventlog.evolve import evolve
from evt.eventlog.evolve.ready import rank_of, ranked
from evt.eventlog.state import State, clone
from tests.eventlog.world import PASSED, REFUSED, World, command, pause, sweep, unpause

WORKERS = ("A", "B", "C", "D")
TASKS = tuple(f"t{number}" for number in range(6))
LEADS = ("engineer", "coordinator")
workers = st.sampled_from(WORKERS)
tasks = st.sampled_from(TASKS)
attempts = st.one_of(st.none(), st.integers(1, 4))
files = st.lists(st.sampled_from(["a.md", "b.md", "c.md", "x.lock"]), max_size=2)
FILES = ("a.md", "b.md", "x.md")
ACTIONS = ("resume", "reassign", "accept")
UNTRUSTED = Verdict(
    False, [], [{"check": "command", "verdict": "untrusted", "message": "?"}], True,
    commands=[["make"]],
)  # fmt: skip


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World().project(policy={"maxAttempts": 2, "maxRefusals": 3})
        for name in WORKERS:
            self.world.join(name)
        for number, task in enumerate(TASKS[:4]):
            self.create(task, list(TASKS[:number])[-1:] if number > 1 else [], "abc*"[number])

    def held(self, worker: str) -> str:
        """A task the worker has something to say about, if there is any."""
        head = self.world.state.head
        live = [task for task, entry in head["live"].items() if entry["worker"] == worker]
        lapsed = [task for task, name in head["lapsed"].items() if name == worker]
        parked = [task for task, name in head["parked"].items() if name == worker]
        return (*live, *lapsed, *parked, "t0")[0]

    def run(self, wanted: Command) -> None:
        self.world.run(wanted)

    @rule(task=tasks, needs=st.lists(tasks, max_size=2), output=st.sampled_from(["a", "b", "*"]))
    def create(self, task: str, needs: list[str], output: str) -> None:
        data = {"type": "task", "description": "d", "dependencies": needs}
        data["context"] = {"outputFiles": [f"{output}.md"]}
        self.run(Emit("coordinator", "TaskCreated", task, data))

    @rule(worker=workers)
    def next(self, worker: str) -> None:
        self.run(Next(worker))

    @rule(worker=workers, size=st.sampled_from([None, 1, 9]), task=tasks)
    def choosy(self, worker: str, size: int | None, task: str) -> None:
        sizes = None if size is None else {task: size, "t0": 5}
        self.run(Next(worker, sizes=sizes, excluded={} if size else {task: "does not merge"}))

    @rule(worker=workers, verdict=st.sampled_from([PASSED, PASSED, REFUSED, UNTRUSTED]))
    def finish(self, worker: str, verdict: Verdict) -> None:
        self.world.run(Next(worker))
        task = self.held(worker)
        row = self.world.state.task(task)
        n = row["attempts"][-1]["n"] if row and row["attempts"] else None
        self.run(command(worker, "Completed", task, verdict=verdict, **_n(n)))

    @rule(worker=workers, retryable=st.booleans())
    def give_up(self, worker: str, retryable: bool) -> None:
        self.world.run(Next(worker))
        self.fail(worker, self.held(worker), None, retryable)

    @rule(worker=workers, kind=st.sampled_from(["blocked", "gate", "untrusted", "context"]))
    def ask(self, worker: str, kind: str) -> None:
        self.world.run(Next(worker))
        self.escalate(worker, self.held(worker), kind)

    @rule(worker=workers)
    def work(self, worker: str) -> None:
        self.world.run(Next(worker))
        self.beat(worker, self.held(worker), None, 90)

    @rule(worker=workers, touched=files,
          source=st.sampled_from(["hook", "waiting", "socket", "gate"]))  # fmt: skip
    def touch(self, worker: str, touched: list[str], source: str) -> None:
        beat = command(worker, "Heartbeat", self.held(worker), touched=touched, source=source)
        self.run(beat)

    @rule(worker=workers, task=tasks)
    def note(self, worker: str, task: str) -> None:
        self.run(command(worker, "Noted", task))

    @rule(worker=workers, task=tasks, n=attempts, lease=st.sampled_from([30, 90, 600]))
    def beat(self, worker: str, task: str, n: int | None, lease: int) -> None:
        self.run(command(worker, "Heartbeat", task, **_n(n), leaseSeconds=lease))

    @rule(worker=workers, task=tasks, n=attempts, verdict=st.sampled_from([PASSED, REFUSED]))
    def complete(self, worker: str, task: str, n: int | None, verdict: Verdict) -> None:
        self.run(command(worker, "Completed", task, verdict=verdict, **_n(n)))

    @rule(worker=workers, task=tasks, n=attempts, retryable=st.booleans())
    def fail(self, worker: str, task: str, n: int | None, retryable: bool) -> None:
        self.run(command(worker, "Failed", task, **_n(n), retryable=retryable))

    @rule(who=st.sampled_from(WORKERS + LEADS), task=tasks,
          kind=st.sampled_from(["blocked", "gate", "drift"]))  # fmt: skip
    def escalate(self, who: str, task: str, kind: str) -> None:
        self.run(command(who, "Escalated", task, kind=kind, question=f"{len(self.world.events)}?"))

    @rule(who=st.sampled_from(LEADS), task=tasks,
          action=st.sampled_from(["resume", "reassign", "cancel", "accept"]))  # fmt: skip
    def resolve(self, who: str, task: str, action: str) -> None:
        self.run(command(who, "Resolved", task, action=action, verdict=PASSED))

    @rule(task=tasks, worker=workers)
    def push(self, task: str, worker: str) -> None:
        self.run(command("engineer", "Assigned", task, worker=worker))

    @rule(task=tasks, needs=st.lists(tasks, max_size=2))
    def revise(self, task: str, needs: list[str]) -> None:
        self.run(command("engineer", "TaskRevised", task, changed={"dependencies": needs}))

    @rule(task=tasks, how=st.sampled_from(["alone", "cascade", "drop"]))
    def cancel(self, task: str, how: str) -> None:
        self.run(
            command("engineer", "TaskCancelled", task, cascade=how == "cascade", drop=how == "drop")
        )

    @rule(task=tasks)
    def reopen(self, task: str) -> None:
        self.run(command("engineer", "Reopened", task))

    @rule(worker=workers)
    def leave(self, worker: str) -> None:
        self.run(Emit(worker, "WorkerLeft", worker, {}))

    @rule(worker=workers, takeover=st.booleans())
    def come_back(self, worker: str, takeover: bool) -> None:
        self.run(Join(worker, {"role": "worker"}, takeover=takeover))

    @rule(wanted=st.sampled_from(["pause", "unpause"]))
    def pausing(self, wanted: str) -> None:
        self.run(pause() if wanted == "pause" else unpause())

    @rule(seconds=st.sampled_from([1, 20, 91, 130, 700, 4000, 20_000, -100, -90_000]))
    def time_passes(self, seconds: int) -> None:
        self.world.wait(seconds)
        self.run(sweep())

    @rule(outcome=st.sampled_from(["done", "abandoned"]))
    def end(self, outcome: str) -> None:
        if outcome == "abandoned" and len(self.world.events) < 60:
            return
        ended = Emit("engineer", "ProjectEnded", None, {"outcome": outcome})
        ended.drifted = {name: ["a.md"] for name in TASKS if self.world.state.task(name)}
        decision = self.world.run(ended)
        if isinstance(decision.outcome, Accepted):
            assert all(row["status"] in FINAL for row in _rows(self.world.state))
            name = f"p{len(self.world.events)}"
            self.world.do(Emit("engineer", "ProjectStarted", name, {"name": name}))
            for task in TASKS:
                self.create(task, [], "a")

    @invariant()
    def one_live_attempt_per_task(self) -> None:
        head = self.world.state.head
        for row in _rows(self.world.state):
            open_now = [a for a in row["attempts"] if a["state"] in ("assigned", "running")]
            assert len(open_now) == (row["id"] in head["live"])
            assert (row["status"] in ("assigned", "in-progress")) == (row["id"] in head["live"])
            assert (row["status"] == "escalated") == (row["id"] in head["parked"])
            assert [a["n"] for a in row["attempts"]] == list(range(1, len(row["attempts"]) + 1))

    @invariant()
    def no_task_is_lost(self) -> None:
        state = self.world.state
        rows = list(_rows(state))
        ready = [row for row in rows if row["status"] == "pending" and row["open"] == 0]
        assert sorted(map(rank_of, ready)) == list(ranked(state))
        assert state.head["ready"] == len(ready)
        for status, count in state.head["counts"].items():
            assert count == sum(row["status"] == status for row in rows)
        for row in rows:
            needed = [state.task(name) for name in row["data"].get("dependencies", ())]
            if row["status"] not in FINAL:
                assert row["open"] == sum(n is None or n["status"] != "completed" for n in needed)

    @invariant()
    def what_is_held_and_asked_is_in_the_head(self) -> None:
        head, rows = self.world.state.head, list(_rows(self.world.state))
        lapsed = {r["id"] for r in rows if r["attempts"] and r["attempts"][-1]["state"] == "lapsed"}
        assert set(head["lapsed"]) == lapsed
        asked = {q["id"] for r in rows for q in r["questions"] if not q["resolved"]}
        assert set(head["questions"]) == asked
        assert {entry["worker"] for entry in head["live"].values()} <= set(head["seen"])
        assert set(head["parked"].values()) <= {*head["seen"], ""}
        assert all(row["tries"] <= len(row["attempts"]) for row in rows)

    @invariant()
    def nothing_contradicts(self) -> None:
        assert self.world.state.get("a") is None

    def teardown(self) -> None:
        completed: dict[str, int] = {}
        for event in self.world.events:
            if event.type == "Completed":
                assert completed.setdefault(str(event.subject), 0) == 0
                completed[str(event.subject)] = 1
            elif event.type in ("Reopened", "ProjectStarted"):
                completed = {} if event.type == "ProjectStarted" else completed
                completed.pop(str(event.subject), None)
        times = [event.time for event in self.world.events]
        assert times == sorted(times)
        _same_in_any_chunking(self.world)


def _n(n: int | None) -> dict[str, Any]:
    return {} if n is None else {"attempt": n}


def _rows(state: State) -> Any:
    return (row for name in state.task_ids() if (row := state.task(name)) is not None)


def _all(state: State) -> str:
    rows = {key: row for key, row in state.rows.items() if row is not None}
    return json.dumps({"head": state.head_row(), **rows}, sort_keys=True)


def _source(rows: dict[str, Any]) -> Callable[[str], Any]:
    return lambda key: clone(rows.get(key))


def _same_in_any_chunking(world: World) -> None:
    """From zero, from checkpoints with rows loaded lazily, and as the writer has it."""
    zero = State()
    for event in world.events:
        evolve(zero, event)
    saved: dict[str, Any] = {}
    state = State()
    for number, event in enumerate(world.events):
        if number % 7 == 3:
            saved.update({key: clone(state.rows[key]) for key in state.dirty})
            head = json.loads(json.dumps(state.head_row()))
            state = State(_source(json.loads(json.dumps(saved))))
            state.load_head(head)
        evolve(state, event)
    for key in zero.rows:
        state.get(key)
    assert _all(state) == _all(zero) == _all(world.state)
