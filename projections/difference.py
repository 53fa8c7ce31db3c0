"""What differs between two moments of a log, in words."""

from __future__ import annotations

from evt.projections.status import status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.eventlog.state import State

    Document = dict[str, Any]

_TASK = {"status": "", "assignedTo": "", "revision": "revision ", "refusals": "refusals "}
_MOVES = ("sequence", "hash", "time")  # with every event, whatever it says


def difference(before: State, after: State) -> list[str]:
    """What changed between two moments, in words; empty if `evt status` would show the same."""
    old, new = (status(state, "", state.clock_us) for state in (before, after))
    lines = [*_project(before, after, old, new), *_tasks(old, new), *_workers(old, new)]
    asked, open_now = ({one["id"] for one in seen["escalations"]} for seen in (old, new))
    if asked != open_now:
        lines.append(f"questions: {len(open_now - asked)} new, {len(asked - open_now)} answered")
    for key in ("conflicts", "anomalies"):
        if len(old[key]) != len(new[key]):
            lines.append(f"{key}: {len(old[key])} -> {len(new[key])}")
    if old["server"] != new["server"]:
        server = new["server"]
        lines.append(
            f"the server listens on {server['host']}:{server['port']}" if server
            else "the server stopped"
        )  # fmt: skip
    return lines or [*_rest(old, new)]


def _project(before: State, after: State, old: Document, new: Document) -> Iterator[str]:
    last, was, now = after.head["last"], old["project"], new["project"]
    if before.head["last"] != last:
        yield f"project: {before.head['last'] or 'none'} -> {last}"
    elif now is not None:
        for key in ("goal", "phase"):
            if was[key] != now[key]:
                yield f"{key}: {_said(was[key])} -> {_said(now[key])}"
        for key, value in now["policy"].items():
            if was["policy"].get(key) != value:
                yield f"policy.{key}: {_said(was['policy'].get(key))} -> {_said(value)}"
    if before.head["paused"] != after.head["paused"]:
        yield "paused" if after.head["paused"] else "no longer paused"
    if after.head["project"] is None and before.head["project"] is not None:
        yield f"project {last} ended"


def _tasks(old: Document, new: Document) -> Iterator[str]:
    known = {task["id"]: task for task in old["tasks"]} if _one_project(old, new) else {}
    for task in new["tasks"]:
        name, was = task["id"], known.get(task["id"])
        if was is None:
            yield f"{name}: new, {task['status']}"
            was = {**task, "assignedTo": None, "refusals": 0}
        for key, label in _TASK.items():
            if was[key] != task[key]:
                one, other = (_said(seen[key], "nobody") for seen in (was, task))
                yield f"{name}: {label}{one} -> {other}"


def _one_project(old: Document, new: Document) -> bool:
    one, other = ((seen["project"] or {}).get("name") for seen in (old, new))
    return bool(one == other)


def _workers(old: Document, new: Document) -> Iterator[str]:
    known = {worker["name"]: worker["joined"] for worker in old["workers"]}
    for worker in new["workers"]:
        name, joined = worker["name"], worker["joined"]
        if name not in known:
            yield f"{name}: joined" + ("" if joined else " and left")
        elif known[name] != joined:
            yield f"{name}: {'joined' if joined else 'left'}"


def _rest(old: Document, new: Document) -> Iterator[str]:
    """What is left when nothing else changed: mostly signs of life, and what came with them."""
    for key, now in new.items():
        if key in _MOVES or old[key] == now:
            continue
        if key not in ("tasks", "workers"):
            yield f"{key}: changed"
            continue
        for was, one in zip(old[key], now, strict=True):
            changed = [name for name in one if was[name] != one[name]]
            if changed:
                yield f"{one.get('id') or one['name']}: " + ", ".join(
                    f"{name} {_said(was[name])} -> {_said(one[name])}" for name in changed
                )


def _said(value: object, nothing: str = "none") -> str:
    return nothing if value is None or value == [] else " ".join(str(value).split())
