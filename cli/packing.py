"""What a chat that forgot everything is given, at every door: a worker's task, a coordinator's all.

Each as a document and as the text that a chat reads.
"""

from __future__ import annotations

from evt.cli.output import one_line
from evt.cli.worktrees import files_root, to_merge
from evt.projections.pack import pack, pack_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.service import Reply
    from evt.eventlog.log.filelog import FileLog
    from evt.eventlog.rows import TaskRow

DECISIONS, NOTE = 20, 300  # decisions that are told, the latest ones; characters of one
COLUMNS = 100


def packed(log: FileLog, reply: Reply) -> dict[str, Any]:
    """The pack of the task that a `next` was answered with."""
    task = _task(reply)
    return pack(reply.state, task, to_merge(reply.state, task, files_root(log.layout)))


def packed_text(log: FileLog, reply: Reply, worker: str) -> str:
    """What is new for the worker, then the pack in words."""
    document = packed(log, reply)
    text = pack_text(document, worker, by_hand(_task(reply)["data"]))
    return "\n".join([*map(one_line, reply.result.get("told", [])), text])


def by_hand(data: dict[str, Any]) -> list[int]:
    """Numbers of the criteria that no program can check, counted from 1."""
    if not data.get("acceptance", {}).get("criteria"):
        return []
    from evt.validators.criteria import compile_task

    return [n for n, one in enumerate(compile_task(data), 1) if one["check"] is None]


def _task(reply: Reply) -> TaskRow:
    task = reply.state.task(reply.result["task"])
    assert task is not None  # `next` answers with a task of the log
    return task


def handed_over(log: FileLog) -> tuple[dict[str, Any], str]:
    """What a coordinator goes on from: goal, split, open questions, decisions, last words.

    `{"goal", "decisions": [{"time", "by", "task", "text"}], "note"}`; the split and the questions
    are in the words, and in `evt status --json` and `evt inbox --json`.
    """
    from evt.eventlog.clock import now_us
    from evt.projections.board import board
    from evt.projections.status import project

    state = log.state()
    found = project(state)
    decisions = _decisions(log)
    left = [state.get(f"w/{name}") for name in state.head["workers"]]
    notes = [row["note"] for row in left if row["role"] == "coordinator" and row["note"]]
    document = {
        "goal": found["goal"] if found else None, "decisions": decisions,
        "note": notes[-1] if notes else None,
    }  # fmt: skip
    lines = [board(state, now_us(), COLUMNS)]
    if decisions:
        lines += ["", "decided:"]
        lines += [f"  {one['time'][:16]}  {one_line(one['text'], NOTE)}" for one in decisions]
    if notes:
        lines += ["", f"handed over: {one_line(notes[-1], NOTE)}"]
    return document, "\n".join(lines)


def _decisions(log: FileLog) -> list[dict[str, Any]]:
    """What was noted with the tag decision since the project began, the latest of it."""
    state = log.state()
    if state.head["last"] is None:
        return []
    since = state.get(state.project_key())["sequence"]
    found = []
    for line in log.read(since):
        event = line.event
        if event.type == "Noted" and "decision" in event.data.get("tags", ()):
            found.append(
                {"time": event.time, "by": event.actor, "task": event.subject,
                 "text": event.data["text"]}
            )  # fmt: skip
    return found[-DECISIONS:]
