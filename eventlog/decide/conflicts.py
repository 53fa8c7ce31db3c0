"""Conflicts at four moments: assigned, edited, completed, drifted. Both sides are named.

One question is open per pair of tasks and set of files. Once it was answered it is asked again only
if both sides go on writing there: one of them may have been told to. `edited` and `completed` ask
the engineer with a question of kind conflict; what somebody decided (`assigned`) or what is over
(`drifted`) is advice, so that nothing stops.
"""

from __future__ import annotations

from evt.eventlog.decide.draft import cause
from evt.eventlog.evolve.attempts import current
from evt.eventlog.evolve.touching import owners
from evt.eventlog.overlap import first_meeting, outputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from evt.eventlog.commands import Emit
    from evt.eventlog.decide.draft import Draft
    from evt.eventlog.evolve.touching import Owned
    from evt.eventlog.rows import AttemptRow, QuestionRow, TaskRow
    from evt.eventlog.state import State

KIND = {"assigned": "drift", "edited": "conflict", "completed": "conflict", "drifted": "drift"}
ASKED = {
    "assigned": "{sides} will both write {files}: shall they?",
    "edited": "{sides} both change {files}: who goes on?",
    "completed": "{sides} both changed {files} before it was handed in: is it right?",
    "drifted": "{files} was changed after it was handed in, see {sides}: is it right?",
}
SHOWN = 10


def assigned_over(draft: Draft, task: TaskRow) -> None:
    """A task was pushed although attempts hold some of its outputs."""
    mine, head = outputs(task["data"]), draft.state.head
    for name in (*head["live"], *head["parked"]):
        other = draft.state.task(name)
        if other is None or name == task["id"]:
            continue
        files = [path for path in outputs(other["data"]) if first_meeting(mine, [path])]
        if files:
            _raise(draft, task, other, files, "assigned", {})


def second_touch(draft: Draft, task: TaskRow, met: list[Owned]) -> dict[str, list[str]]:
    """Task -> files of it that are touched now although one side was warned of it before."""
    mine, found = task["attempts"][-1], {}
    for name, _, files in met:
        other = draft.task(name)
        theirs = other["attempts"][-1]
        found[name] = [
            path
            for path in files
            if [name, path] in mine["foreign"]
            or ([task["id"], path] in theirs["foreign"] and not _was_answered(task, other, path))
        ]
    return found


def edited(draft: Draft, command: Emit, task: TaskRow, again: dict[str, list[str]]) -> None:
    """Two attempts write the same files: the one that intrudes is to stop."""
    for name, files in again.items():
        other = draft.task(name)
        sides = (task, other) if _intruder(task, other, files) is task else (other, task)
        _raise(draft, *sides, files, "edited", command.diff, anew=files)


def _intruder(task: TaskRow, other: TaskRow, files: list[str]) -> TaskRow:
    """The task that is to stop: not the one whose outputs these are, if only one has them."""
    is_mine = first_meeting(files, outputs(task["data"])) is not None
    is_theirs = first_meeting(files, outputs(other["data"])) is not None
    return other if is_mine and not is_theirs else task


def went_on(draft: Draft, command: Emit, task: TaskRow, attempt: AttemptRow) -> None:
    """A superseded attempt writes what a live one has touched: that one has to know."""
    files = command.data.get("touched", [])
    for name, _, met in owners(draft.state, task["id"], attempt["n"], files):
        other = draft.task(name)
        written = [path for path in met if path in other["attempts"][-1]["touched"]]
        _raise(draft, other, task, written, "edited", command.diff, attempt["worker"], anew=written)
    draft.keep()


def completed(draft: Draft, command: Emit, task: TaskRow, attempt: AttemptRow) -> None:
    """What was handed in was changed by another task between Assigned and Completed."""
    assert command.verdict is not None
    found = {name: list(files) for name, files in command.verdict.foreign.items()}
    handed = {one["path"] for one in command.verdict.deliverables}
    touched: dict[str, list[str]] = {}  # since an answer, if there was one
    for name, path in attempt["foreign"]:
        if path in handed:
            touched.setdefault(name, []).append(path)
    for name in (*found, *(name for name in touched if name not in found)):
        anew = touched.get(name, [])
        other, files = draft.state.task(name), list(dict.fromkeys(found.get(name, []) + anew))
        if other is not None:
            _raise(draft, task, other, files, "completed", command.diff, anew=anew)


def drifted(draft: Draft, command: Emit, most: int) -> None:
    """Deliverables are not as they were handed in; without a culprit the task is its own other."""
    writers = _writers(draft.state) if command.drifted else {}
    for name, files in list(command.drifted.items())[:most]:
        task = draft.task(name)
        later = [w for path in files for w in writers.get(path, ()) if w[0] > task["completed"]]
        other = draft.task(max(later)[1]) if later else task
        _raise(draft, task, other, files, "drifted", command.diff)


def _writers(state: State) -> dict[str, list[tuple[int, str]]]:
    """File -> (sequence, task) of those who handed it in or were last heard after touching it."""
    found: dict[str, list[tuple[int, str]]] = {}
    for name in state.task_ids():
        row = state.task(name)
        if row is None:
            continue
        for one in row["deliverables"]:
            found.setdefault(one["path"], []).append((row["completed"], name))
        for attempt in row["attempts"]:
            for path in attempt["touched"]:
                found.setdefault(path, []).append((attempt["told"], name))
    return found


def _raise(
    draft: Draft, task: TaskRow, other: TaskRow, files: list[str], when: str,
    diff: dict[str, str], stranger: str | None = None, anew: Sequence[str] = (),
) -> None:  # fmt: skip
    """ConflictDetected and the question that shows both sides, unless it is open.

    Nor if it was answered for the attempts at hand, but for the files that count `anew`.
    """
    task, other = draft.changed(task), draft.changed(other)
    files = [
        path
        for path in files
        if not _is_open(task, other, path)
        and (path in anew or not _was_answered(task, other, path))
    ]
    if not files:
        return
    attempt = current(task) or (task["attempts"][-1] if task["attempts"] else None)
    found = draft.add(
        "ConflictDetected", task["id"], {"with": other["id"], "files": files, "when": when},
        caused=cause(attempt),
    )  # fmt: skip
    workers = [_worker(task), stranger or _worker(other)]
    shown = ", ".join(files[:SHOWN]) + (", ..." if files[SHOWN:] else "")
    sides = f"{task['id']} ({workers[0]})"
    if other is not task or stranger:
        sides += f" and {other['id']} ({workers[1]})"
    data: dict[str, Any] = {
        "kind": KIND[when],
        "question": ASKED[when].format(sides=sides, files=shown),
        "to": "engineer",
        "with": other["id"],
        "files": files,
        "conflict": found.id,
        "details": {"workers": workers, "diff": {p: diff[p] for p in files if p in diff}},
    }
    if current(task) is not None and attempt is not None:
        data["attempt"] = attempt["n"]
    draft.add("Escalated", task["id"], data, caused=cause(attempt))


def _asked(task: TaskRow, other: TaskRow, path: str) -> Iterator[tuple[TaskRow, QuestionRow]]:
    """Questions on either of the two that are about the other one and this file."""
    for one, two in ((task, other), (other, task)):
        for question in one["questions"]:
            if question["other"] == two["id"] and first_meeting([path], question["files"]):
                yield one, question


def _is_open(task: TaskRow, other: TaskRow, path: str) -> bool:
    return any(not question["resolved"] for _, question in _asked(task, other, path))


def _was_answered(task: TaskRow, other: TaskRow, path: str) -> bool:
    """Whether this was answered, for the attempt at hand."""
    return any(
        question["resolved"] and question["attempt"] == _last(one)
        for one, question in _asked(task, other, path)
    )


def _last(task: TaskRow) -> int:
    return task["attempts"][-1]["n"] if task["attempts"] else 0


def _worker(task: TaskRow) -> str:
    return task["attempts"][-1]["worker"] if task["attempts"] else "nobody"
