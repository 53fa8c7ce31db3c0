"""The state in words: what an engineer or a chat wants to see first, in 80 columns.

A long project is not listed whole: what is going on, what comes next, and how much there is.
"""

from __future__ import annotations

from evt.eventlog.decide.draft import log_now
from evt.eventlog.evolve.ready import ranked
from evt.eventlog.waits import holder, waits_for, wall
from evt.projections.status import counts, open_questions, verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.rows import TaskRow
    from evt.eventlog.state import State

WHOLE = 40  # up to so many tasks all are listed
READY = 10  # ready tasks listed of a longer project


def board(state: State, now_us: int, width: int = 80) -> str:
    """Several lines of at most `width` columns."""
    if state.head["last"] is None:
        return "no project yet\nnext: evt init --project NAME"
    log_us = log_now(state, now_us)
    parts = [_head(state), _tasks(state, log_us), _workers(state, log_us)]
    parts.append(_questions(state))
    lines = [line for part in parts if part for line in ("", *part)][1:]
    return "\n".join(_fit(line, width) for line in lines)


def _fit(text: str, width: int) -> str:
    line = text.replace("\n", " ").rstrip()
    if len(line) > width or not line.isascii():
        from evt.projections.text import cut

        return cut(line, width)
    return line


def _head(state: State) -> list[str]:
    found, head = counts(state), state.head
    data = state.get(state.project_key())["data"]
    said = [f"{found['completed']}/{found['total']} done"]
    under_way = found["assigned"] + found["in-progress"]
    rest = found["pending"] - found["ready"]
    for number, what in (
        (under_way, "under way"), (found["ready"], "ready"), (rest, "waiting"),
        (found["escalated"], "parked"), (found["failed"], "failed"),
        (found["cancelled"], "cancelled"),
    ):  # fmt: skip
        if number:
            said.append(f"{number} {what}")
    how = "" if head["project"] else " (ended)"
    how = " (paused)" if head["paused"] else how
    lines = [f"{head['last']}{how}: {', '.join(said)}"]
    if data.get("goal"):
        lines.append(f"goal: {data['goal']}")
    if head["anomalies"]:
        lines.append(f"{head['anomalies']} contradictions in the log: evt verify")
    return lines


def _tasks(state: State, log_us: int) -> list[str]:
    total = sum(state.head["counts"].values())
    if total <= WHOLE:
        names = list(state.task_ids())
    else:
        names = [*state.head["live"], *state.head["parked"], *state.head["lapsed"]]
        for entry in ranked(state):
            if len(names) >= READY + len(state.head["live"]) + len(state.head["parked"]):
                break
            if entry[3] not in names:
                names.append(entry[3])
    found = [row for row in map(state.task, names) if row is not None]
    size = max((len(row["id"]) for row in found), default=0)
    lines = [_task(state, row, size, log_us) for row in found]
    if total > len(found):
        lines.append(f"and {total - len(found)} more tasks: evt status --json")
    return lines


def _task(state: State, task: TaskRow, size: int, log_us: int) -> str:
    status = "ready" if task["rank"] is not None else task["status"]
    last = task["attempts"][-1] if task["attempts"] else None
    words = []
    live = state.head["live"].get(task["id"])
    if live is not None and last is not None:
        words.append(f"{live['worker']} until {wall(state, live['until'])[11:19]}")
        if last["progress"] is not None:
            words.append(f"{round(last['progress'] * 100)} %")
        words.append(last["note"] or "")
    elif task["status"] == "completed":
        words.append(f"{last['worker'] if last else '?'}, score {task['score'] or 'not given'}")
    elif task["status"] == "escalated":
        words.append(f"{holder(task) or 'nobody'} waits for an answer")
    elif reasons := waits_for(state, task, log_us):
        words.append("waits for " + "; ".join(reasons))
    if task["suspect"]:
        words.append("suspect: what it depends on was reopened")
    words.append(task["data"]["description"])
    said = "  ".join(word for word in words if word)
    return f"{task['id']:<{size}}  {status:<11}  {said}"


def _workers(state: State, log_us: int) -> list[str]:
    names = [name for name in state.head["workers"] if name in state.head["seen"]]
    size = max((len(name) for name in names), default=0)
    lines = []
    for name in names:
        row = state.get(f"w/{name}")
        held = [task for task, live in state.head["live"].items() if live["worker"] == name]
        words = [f"{name:<{size}}  {verdict(state, name, log_us):<11}"]
        words.append(held[0] if held else row["role"])
        if row["completed"]:
            words.append(
                f"{row['completed']} done, scores {' '.join(map(str, row['scores'][-5:]))}"
            )
        lines.append("  ".join(words))
    return lines


def _questions(state: State) -> list[str]:
    found = open_questions(state)
    if not found:
        return []
    lines = [f"{len(found)} open: evt inbox"]
    for task, question in found[:5]:
        lines.append(f"  {task['id']} ({question['kind']}, to {question['to']}): "
                     f"{question['question']}")  # fmt: skip
    return lines
