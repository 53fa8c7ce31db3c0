"""Names: join, takeover, leave."""

from __future__ import annotations

from evt.eventlog.catalog import COORDINATOR, ENGINEER, LIVE_NAME, SECOND, TAKEOVER
from evt.eventlog.decide.choosing import held_task, held_tasks
from evt.eventlog.decide.draft import cause, must_have_joined, seconds
from evt.eventlog.decision import Accepted
from evt.eventlog.errors import InvalidInput, Refusal
from evt.eventlog.evolve.attempts import policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.commands import Emit, Join
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.rows import WorkerRow
    from evt.eventlog.state import State

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-" + _LETTERS)


def joined(draft: Draft, command: Join) -> Accepted:
    """Take a name, hand out a free one, or take one over with its active task."""
    state = draft.state
    name = command.name or free_name(state, command.data["role"])
    check_name(name, command.data["role"])
    row: WorkerRow | None = state.get(f"w/{name}")
    _must_keep_its_role(row, command.data["role"])
    session = command.data.get("session")
    if row is not None and row["joined"] and not command.takeover:
        if session and session == row["session"]:
            return Accepted(
                {"name": name, "task": held_task(state, name)}, repeated=(row["sequence"],)
            )
        _must_be_quiet(draft, name, command.waiting)
    held = held_tasks(state, name) if command.takeover else []
    if row is not None and row["joined"]:
        draft.add("WorkerLeft", name, {"reason": TAKEOVER}, actor=name)
    draft.add("WorkerJoined", name, command.data, actor=name)
    for task in held:
        _hand_over(draft, name, task)
    return Accepted({"name": name, "task": held[0] if held else None})


def _must_keep_its_role(row: WorkerRow | None, role: str) -> None:
    """Whoever worked under a name is not to answer its questions under the same name."""
    if row is not None and role not in row["roles"]:
        raise Refusal(
            4, "name_taken", f"{row['name']} joined as {row['role']}: a name keeps its role",
            f"evt join --role {role}", holder=row["name"],
        )  # fmt: skip


def check_name(name: str, role: str) -> None:
    """1-64 characters of [A-Za-z0-9._-]; not the engineer, not evt, and true to its role."""
    if not name or len(name) > 64 or set(name) - _NAME or name in ("evt", ENGINEER):
        raise InvalidInput(
            f"{name!r} is not a name to join with: 1-64 characters of [A-Za-z0-9._-], "
            "not evt or engineer",
            "evt join",
        )
    if name == COORDINATOR and role != COORDINATOR:
        raise InvalidInput(
            f"the name {name} belongs to the role", "evt join coordinator --role coordinator"
        )


def free_name(state: State, role: str) -> str:
    """worker-A, worker-B, ..., worker-AA: never one that this log has seen."""
    number, used = 0, set(state.head["workers"])
    while True:
        number, rest = number + 1, number
        letters = _LETTERS[rest % 26]
        while rest >= 26:
            rest = rest // 26 - 1
            letters = _LETTERS[rest % 26] + letters
        name = f"{role}-{letters}"
        if name not in used:
            return name


def _must_be_quiet(draft: Draft, name: str, waiting: bool) -> None:
    """A live name is somebody else's."""
    state = draft.state
    seen = state.head["seen"].get(name)
    ago = draft.log_us - seen[0] if seen else None
    live = next((t for t, entry in state.head["live"].items() if entry["worker"] == name), None)
    if not live and not waiting and (ago is None or ago >= LIVE_NAME * SECOND):
        return
    why = "is inside a wait" if waiting else f"was last heard {int(seconds(ago or 0))} s ago"
    if live:
        why = f"works on {live}"
    raise Refusal(
        4, "name_taken", f"{name} is taken: it {why}",
        f"evt join  # a free name; or: evt join {name} --takeover", holder=name,
    )  # fmt: skip


def _hand_over(draft: Draft, name: str, task_name: str) -> None:
    task = draft.task(task_name)
    before = task["attempts"][-1]
    draft.add(
        "Assigned",
        task_name,
        {
            "worker": name,
            "attempt": before["n"] + 1,
            "reason": "reassigned",
            "leaseSeconds": policy(draft.state, "heartbeatTimeoutSeconds"),
        },
        actor=name,
        caused=cause(before),
    )


def left(draft: Draft, command: Emit) -> Accepted:
    """Give the name back; leaving twice is as once."""
    row = draft.state.get(f"w/{command.actor}")
    if row is not None and not row["joined"]:
        return Accepted()
    must_have_joined(draft)
    draft.add("WorkerLeft", command.actor, command.data, actor=command.actor, id=command.id)
    return Accepted()
