"""The engineer's own task list: a managed block of `- [x]` lines in it, the rest untouched."""

from __future__ import annotations

from evt.eventlog.errors import InvalidInput
from evt.projections.figuretext import duration
from evt.projections.run import Run
from evt.projections.text import cut, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.rows import TaskRow
    from evt.projections.fold import Fold

BEGIN = b"<!-- evt tasks: begin (made by evt export, changes here are lost) -->"
END = b"<!-- evt tasks: end -->"
_MARK = b"<!-- evt tasks: begin"
_TITLE = 72
_OPEN = {"assigned": "assigned", "in-progress": "in progress", "escalated": "waits for an answer"}


def tasks_md(old: bytes, fold: Fold, project: str) -> bytes:
    """The file with the block made anew where it stands, or at the end.

    Raises InvalidInput if the file has half a block, or more than one.
    """
    newline = b"\r\n" if b"\r\n" in old else b"\n"
    run = Run(fold, project)
    lines = [BEGIN, *(_line(run, row).encode() for row in fold.tasks(project)), END]
    block = newline.join(lines)
    if not (place := _place(old)):
        gap = b"" if not old else newline if old.endswith(b"\n") else newline * 2
        return old + gap + block + newline
    return old[: place[0]] + block + old[place[1] :]


def _place(old: bytes) -> tuple[int, int] | None:
    """Where the block begins and ends."""
    begins, ends = old.count(_MARK), old.count(END)
    if begins == ends == 0:
        return None
    start, end = old.find(_MARK), old.find(END)
    if begins != 1 or ends != 1 or end < start:
        raise InvalidInput(
            "the file has no whole block of evt tasks, or more than one: nothing is written",
            f"keep one {_MARK.decode()} ... --> and one {END.decode()} behind it, or none",
        )
    return start, end + len(END)


def _line(run: Run, row: TaskRow) -> str:
    """`- [x] task-003 Split parser (worker-B, 12 min)`."""
    status, number = row["status"], run.done.get(row["id"], -1)
    words = []
    if status == "completed" and number >= 0:
        words.append(run.attempts[number]["worker"])
        words.append(duration(run.taken[row["id"]] / 1_000_000))
    elif status in _OPEN:
        words += [row["attempts"][-1]["worker"]] if row["attempts"] else []
        words.append(_OPEN[status])
    elif status != "pending":
        words.append(status)
    said = f" ({', '.join(words)})" if words else ""
    title = cut(visible(row["data"].get("description", "")), _TITLE)
    line = visible(f"{row['id']} {title}{said}")
    line = line.replace("<!--", "<! --").replace("-->", "-- >")  # no marker of ours, no comment
    return f"- [{'x' if status == 'completed' else ' '}] {line}"
