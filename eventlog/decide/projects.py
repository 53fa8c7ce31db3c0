"""Projects: one is open at a time, and a name serves once. The live server is put down here too."""

from __future__ import annotations

from evt.eventlog.catalog import FINAL
from evt.eventlog.decide.draft import must_be_engineer, must_be_open, must_lead
from evt.eventlog.decision import Accepted
from evt.eventlog.errors import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.eventlog.commands import Emit, Server
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.state import State

SHOWN = 10
BATCH_MAX = 1000  # events
BATCH = 900  # tasks that one ProjectEnded may cancel, so that the rest has room in the batch


def started(draft: Draft, command: Emit) -> Accepted:
    """A project opens; one at a time, and a name serves once per log."""
    must_lead(draft, "start projects")
    name = command.subject or command.data.get("name")
    if not name:
        raise Refusal(2, "usage", "a project needs a name", "evt emit ProjectStarted NAME")
    is_open = draft.state.head["project"]
    if is_open is not None:
        raise Refusal(
            4, "wrong_state", f"project {is_open} is open", "evt emit ProjectEnded --outcome done"
        )
    if draft.state.get(f"p/{name}") is not None:
        raise Refusal(
            4, "name_taken", f"this log had a project {name} before", f"take {name}-2 or the like"
        )
    _append(draft, command, name, {**command.data, "name": name})
    return Accepted()


def _append(draft: Draft, command: Emit, name: str, data: dict[str, object]) -> None:
    if "policy" in data:
        from evt.eventlog.decide.aims import must_be_targets

        must_be_targets(data)
    draft.add(
        command.type, name, data, actor=command.actor, id=command.id, caused=command.caused,
        project=name,
    )  # fmt: skip


def revised(draft: Draft, command: Emit) -> Accepted:
    """The engineer changes goal, policy, baseline or acceptance; a plan may fill empty keys."""
    must_be_engineer(draft, "revise a project")
    if not command.data.keys() - {"name"}:
        raise Refusal(
            2, "usage", "ProjectRevised says nothing that is to change",
            "evt emit ProjectRevised --help",
        )  # fmt: skip
    _append(draft, command, _open_project(draft, command), command.data)
    return Accepted()


def _open_project(draft: Draft, command: Emit) -> str:
    must_be_open(draft)
    name = draft.state.head["project"] or ""
    if command.subject not in (None, name):
        raise Refusal(4, "not_found", f"the open project is {name}, not {command.subject}")
    return name


def paused(draft: Draft, command: Emit) -> Accepted:
    """No work is given out; pausing twice is as once."""
    must_lead(draft, "pause the project")
    name = _open_project(draft, command)
    if not draft.state.head["paused"]:
        _append(draft, command, name, command.data)
    return Accepted({"paused": True})


def resumed(draft: Draft, command: Emit) -> Accepted:
    """Work is given out again."""
    must_lead(draft, "resume the project")
    name = _open_project(draft, command)
    if draft.state.head["paused"]:
        _append(draft, command, name, command.data)
    return Accepted({"paused": False})


def ended(draft: Draft, command: Emit) -> Accepted:
    """Done needs every task over, every question answered, and the project's own checks passed.

    Abandoned cancels what is open. What drifted since it was handed in is put down either way.
    """
    must_lead(draft, "end the project")
    name = _open_project(draft, command)
    open_tasks = list(_open_tasks(draft.state))
    if command.data["outcome"] == "abandoned":
        if len(open_tasks) > BATCH:
            raise Refusal(
                4, "wrong_state", f"{len(open_tasks)} tasks are open, more than one batch can hold",
                "cancel some first: evt emit TaskCancelled TASK --reason abandoned --cascade",
            )  # fmt: skip
        for task in open_tasks:
            draft.add("TaskCancelled", task, {"reason": "abandoned"}, actor=command.actor)
    else:
        _must_be_over(draft, name, open_tasks)
        _must_have_passed(draft, command, name)
    if command.drifted:
        from evt.eventlog.decide.conflicts import drifted

        drifted(draft, command, (BATCH_MAX - 1 - len(draft.events)) // 2)
    _append(draft, command, name, command.data)
    return Accepted()


def _open_tasks(state: State) -> Iterator[str]:
    if sum(count for status, count in state.head["counts"].items() if status not in FINAL):
        for name in state.task_ids():
            task = state.task(name)
            if task is not None and task["status"] not in FINAL:
                yield name


def _must_be_over(draft: Draft, name: str, open_tasks: list[str]) -> None:
    if open_tasks:
        raise Refusal(
            4, "wrong_state",
            f"{len(open_tasks)} tasks of {name} are open: {_some(open_tasks)}", "evt status",
            tasks=open_tasks,
        )  # fmt: skip
    questions = draft.state.head["questions"]
    if questions:
        asked = list(dict.fromkeys(questions.values()))
        raise Refusal(4, "wrong_state", f"questions wait on {_some(asked)}", "evt inbox")


def _must_have_passed(draft: Draft, command: Emit, name: str) -> None:
    """The checks for the whole, which ran outside the lock."""
    verdict = command.verdict
    acceptance = draft.state.get(draft.state.project_key())["data"].get("acceptance")
    if not acceptance or (verdict is not None and verdict.passed):
        return
    if verdict is None:
        raise Refusal(2, "usage", f"{name} has to pass its own checks first", gate=True)
    failed = [r for r in verdict.results if r["verdict"] != "passed"]
    said = "; ".join(f"{r['check']}: {r['message']}" for r in failed[:3])
    raise Refusal(
        4, "wrong_state", f"the checks of {name} itself do not pass: {said}",
        "put that right, then end it again", results=verdict.results,
    )  # fmt: skip


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")


def server(draft: Draft, command: Server) -> Accepted:
    """The live server came or went; one that is not there any more goes once."""
    if command.listens:
        draft.add("ServerStarted", "server", command.data)
    elif draft.state.head["server"] is not None:
        draft.add("ServerStopped", "server", command.data)
    return Accepted()
