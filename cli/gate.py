"""The gate as every door runs it: what is handed in is judged outside the lock, then given along.

The log is asked first whether a verdict is needed at all (a late or repeated report needs none).
While commands run, the attempt asks for a lease that lasts as long. Under the lock the files must
still be what was judged.
"""

from __future__ import annotations

import os

from evt.cli.drift import drifted_by_task
from evt.cli.hosts.spool import carried
from evt.cli.service import beat, lease_of, rest
from evt.cli.unjudged import next_step
from evt.cli.worktrees import files_root, linked, must_be_committed
from evt.eventlog.catalog import ROLES
from evt.eventlog.clock import now_us
from evt.eventlog.commands import Emit, Verdict
from evt.eventlog.decide import needs_gate
from evt.eventlog.errors import Findings
from evt.eventlog.evolve.attempts import attempt_of, current
from evt.eventlog.forms import signed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.eventlog.line import Event
    from evt.eventlog.log.filelog import FileLog
    from evt.eventlog.rows import AttemptRow, TaskRow
    from evt.eventlog.state import State
    from evt.validators.gate import Judgement
    from evt.validators.work import Other, Runner, Work

BASELINES = "baselines"


class Judged(Verdict):
    """A verdict that knows the files it is about."""

    __slots__ = ("judgement", "root")

    judgement: Judgement
    root: str

    def must_hold(self) -> None:
        """Raise Findings if a file is no longer what was judged; asked under the lock."""
        if not self.judgement.still_same(self.root):
            raise _changing(str(self.judgement.changing))


def judge(log: FileLog, command: Emit, run_commands: bool = True) -> None:
    """Put the verdict into a command that needs one; `run_commands`: checks may run programs.

    Raises Findings if a check could not be made or files are changing: nothing is appended then.
    """
    if command.type == "ProjectEnded":
        command.drifted = drifted_by_task(log)
    state = log.state()
    if not needs_gate(command, state, now_us()):
        return
    if command.type == "ProjectEnded":
        judged = judge_project(log, state, run_commands)
    else:
        task = state.task(command.subject or "")
        assert task is not None  # else the log would have said so
        if command.type == "Completed" and carried(log, task, attempt_judged(task, command)):
            state = log.state()
            task = state.task(task["id"]) or task
        judged = _judge_task(log, state, task, command, run_commands)
    command.verdict = judged


def judge_project(log: FileLog, state: State, run_commands: bool) -> Judged:
    """The project's own acceptance, on the tree as it is now."""
    from evt.validators.gate import judge as judge_work
    from evt.validators.work import Work

    data = state.get(state.project_key())["data"]
    task = {"id": state.head["last"], "acceptance": data.get("acceptance", {})}
    root = log.layout.root
    runner = _runner(log, root, lambda seconds: None) if run_commands else None
    work = Work(root, task, ignore=_ignored(state), runner=runner)
    return _judged(judge_work(work), root, None)


def _judge_task(
    log: FileLog, state: State, task: TaskRow, command: Emit, run_commands: bool
) -> Judged:
    from evt.validators.gate import judge as judge_work

    attempt, accepting = attempt_judged(task, command), command.type != "Completed"
    root = files_root(log.layout)
    named = command.data.get("deliverables")
    if late := _late(log, command):
        attempt = attempt_of(task, late.data["attempt"]) or attempt
        named = late.data.get("deliverables")
    elif accepting and attempt["handed"]:
        named = attempt["handed"]
    paths = [d["path"] if isinstance(d, dict) else d for d in named] if named is not None else None
    attested = {one["criterion"]: one["how"] for one in command.data.get("attested", ())}
    score = attempt["score"] if accepting else command.data.get("contextEfficiencyScore")
    work = work_of(
        log, state, task, attempt, run_commands, speaks=not accepting, deliverables=paths,
        attested=attested, score=score,
    )  # fmt: skip
    before = lease_of(state, task["id"])
    judgement = judge_work(work)
    if judgement.verdict != "passed" and not accepting:
        rest(log, task["id"], attempt, before)
    me = signed(attempt["worker"], attempt["n"])
    judged = _judged(judgement, root, task, me, command.actor in ROLES)
    tree = linked(log.layout)
    if tree is not None and judged.passed:
        must_be_committed(root, [one["path"] for one in judgement.deliverables], task["id"])
        judged.workspace = tree
    judged.foreign = _foreign(work.others, judgement)
    return judged


def _late(log: FileLog, command: Emit) -> Event | None:
    """The late result that is accepted, if it is one."""
    sequence = log.seen(command.data["late"]) if "late" in command.data else None
    return None if sequence is None else log.stored(sequence)


def attempt_judged(task: TaskRow, command: Emit) -> AttemptRow:
    """The attempt that the command is about: the caller's own, or the one that is accepted."""
    attempts = task["attempts"]
    n = command.data.get("attempt")
    if command.type == "Completed":
        own = [a for a in attempts if a["worker"] == command.actor and n in (None, a["n"])]
        return own[-1]
    question = command.data.get("escalation")
    asked = [q for q in task["questions"] if question in (None, q["id"]) and not q["resolved"]]
    found = attempt_of(task, asked[0]["attempt"]) if asked else None
    return found or attempts[-1]


def work_of(
    log: FileLog, state: State, task: TaskRow, attempt: AttemptRow | None, run_commands: bool,
    speaks: bool = True, **more: Any,
) -> Work:  # fmt: skip
    """What the gate is given for a task; `more` as in `Work`.

    `speaks`: the gate is a sign of life of the attempt while its commands run.
    """
    from evt.validators.baseline import load
    from evt.validators.criteria import effective
    from evt.validators.work import Work

    root = files_root(log.layout)
    runner = None
    if run_commands and any(one["check"] == "command" for one in effective(task["data"])):
        holder = attempt if speaks else None
        runner = _runner(log, root, lambda seconds: _alive(log, task["id"], holder, seconds))
    baseline = None
    if attempt is not None:
        folder = log.layout.path(BASELINES)
        baseline = load(folder, str(state.head["last"]), task["id"], attempt["n"])
    return Work(
        root,
        {**task["data"], "id": task["id"]},
        attempt=attempt["n"] if attempt else None,
        worker=attempt["worker"] if attempt else None,
        touched=attempt["touched"] if attempt else (),
        others=_others(log, state, task, attempt),
        baseline=baseline,
        ignore=_ignored(state),
        runner=runner,
        **more,
    )


def _ignored(state: State) -> list[str]:
    return list(state.head["policy"].get("ignore", ()))


def _runner(log: FileLog, root: str, alive: Any) -> Runner:
    """May run what the engineer approved; commands of one work tree queue behind one lock."""
    from evt.cli.trusting import store
    from evt.eventlog.digest import sha256_hex
    from evt.validators.work import Runner

    lock = log.layout.path(f"gate-{sha256_hex(os.fsencode(root))[:16]}.lock")
    return Runner(log.layout.root, store(log.layout), os.environ, lock, alive)


def _alive(log: FileLog, name: str, attempt: AttemptRow | None, lease: int) -> None:
    """A sign of life of the gate: the attempt may be silent for `lease` seconds."""
    if attempt is not None:
        beat(log, name, attempt, "gate", lease)


def _others(log: FileLog, state: State, task: TaskRow, attempt: AttemptRow | None) -> list[Other]:
    """Attempts that are live or parked, and those completed since this one was assigned."""
    from evt.validators.work import Other

    names = dict.fromkeys((*state.head["live"], *state.head["parked"]), True)
    if attempt is not None:
        for line in log.read(attempt["sequence"]):
            if line.event.type == "Completed" and line.event.subject:
                names.setdefault(line.event.subject, False)
    found = []
    for name, live in names.items():
        other = state.task(name)
        if other is None or name == task["id"] or not other["attempts"]:
            continue
        last = current(other) or other["attempts"][-1]
        context = other["data"].get("context", {})
        outputs = [*context.get("outputFiles", ()), *context.get("deletedFiles", ())]
        outputs += [one["path"] for one in other["deliverables"]]
        found.append(Other(name, last["worker"], last["n"], live, outputs, last["touched"]))
    return found


def _foreign(others: list[Other], judgement: Judgement) -> dict[str, list[str]]:
    """Task -> what is handed in here although another task handed it in since Assigned."""
    handed = [one["path"] for one in judgement.deliverables]
    found = {}
    for other in others:
        files = [path for path in handed if not other.live and path in other.outputs]
        if files:
            found[other.task] = files
    return found


def _judged(
    judgement: Judgement, root: str, task: TaskRow | None, me: str = "", leads: bool = False
) -> Judged:
    """The verdict for the log; raises Findings for one that is no verdict."""
    if judgement.verdict == "error":
        if judgement.changing is not None:
            raise _changing(judgement.changing)
        bad = [one for one in judgement.results if one["verdict"] == "error"]
        step = next_step(bad, task["id"], me, leads) if task else "evt emit ProjectRevised --help"
        raise Findings(
            f"the gate could not judge: {bad[0]['message']}; nothing stored", step,
            results=judgement.results,
        )  # fmt: skip
    judged = Judged(
        judgement.verdict == "passed", judgement.deliverables, judgement.results,
        judgement.verdict == "untrusted", revision=task["revision"] if task else None,
    )  # fmt: skip
    judged.judgement, judged.root = judgement, root
    if judged.untrusted and task is not None:
        from evt.validators.criteria import effective

        commands = [one for one in effective(task["data"]) if one["check"] == "command"]
        judged.commands = [one["argv"] for one in commands]
        judged.folders = [one.get("cwd", "") for one in commands]
    return judged


def _changing(path: str) -> Findings:
    return Findings(
        f"files are changing: {path}; nothing stored", "wait until nothing writes to it, then again"
    )


def remember_tree(log: FileLog, state: State, task: TaskRow) -> None:
    """Keep the tree at Assigned for a task whose checks compare with it."""
    acceptance = task["data"].get("acceptance", {})
    if not acceptance.get("criteria") and not acceptance.get("checks"):
        return
    from evt.validators.baseline import needed, protected, save, take
    from evt.validators.criteria import effective

    checks = effective({**task["data"], "id": task["id"]})
    if needed(checks):
        taken = take(files_root(log.layout), protected(checks))
        n = task["attempts"][-1]["n"]
        save(log.layout.path(BASELINES), str(state.head["last"]), task["id"], n, taken)


def forget_tree(log: FileLog, state: State, task: TaskRow) -> None:
    """Remove what was kept for a task that has ended."""
    folder = log.layout.path(BASELINES)
    if task["status"] in ("completed", "cancelled") and os.path.isdir(folder):
        from evt.validators.baseline import forget

        forget(folder, str(state.head["last"]), task["id"])
