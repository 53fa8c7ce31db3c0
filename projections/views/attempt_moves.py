"""The moves of an attempt on the board of attempts: open, alive, parked, open again, closed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.eventlog.line import Event
    from evt.projections.fold import Moment
    from evt.projections.views import Row

SILENCE_US = 60_000_000  # longer steps between two signs of life are long silences


def numbers_of(view: Row, task: str | None) -> Iterator[int]:
    """Numbers of the attempts of a task, the last one first."""
    number = view["of"].get(task)
    while number is not None:
        yield number
        number = view["attempts"][number].get("before")


def find(view: Row, task: str | None, n: object) -> int | None:
    """Number of an attempt, by its task and its own count."""
    number: int | None = view["of"].get(task)
    while number is not None and view["attempts"][number]["n"] != n:
        number = view["attempts"][number].get("before")
    return number


def open_of(view: Row, task: str | None) -> list[int]:
    """Numbers of the open attempts of a task."""
    return [k for k in numbers_of(view, task) if view["attempts"][k]["end"] is None]


def alive(view: Row, attempt: Row, moment: Moment) -> None:
    """A sign of life; the step since the one before counts unless a question lay between."""
    log = moment.log
    last, attempt["last"] = attempt["last"], log
    if "first" in attempt and attempt["first"] is None:
        attempt["first"] = log
    elif "parked" not in attempt or (attempt["parked"][-1][1] or log) <= last:
        view["silences"] += 1
        if log - last > SILENCE_US:
            view["long"].append(moment.sequence)


def sign(view: Row, event: Event, moment: Moment) -> None:
    """An event of the worker about its task."""
    for number in open_of(view, event.subject):
        if view["attempts"][number]["worker"] == event.actor:
            alive(view, view["attempts"][number], moment)


def pair(view: Row, other: Row, n: int, moment: Moment) -> None:
    """Note that two attempts of one task are open at once, each pair once."""
    known = {(task, *sorted((one, two))) for task, one, two, _ in view["pairs"]}
    if (other["task"], *sorted((other["n"], n))) not in known:
        view["pairs"].append([other["task"], other["n"], n, moment.sequence])


def enter(view: Row, number: int, moment: Moment) -> None:
    """An attempt is open now."""
    view["open"].append(number)
    if len(view["open"]) > view["most"][0]:
        view["most"] = [len(view["open"]), moment.sequence]


def open_again(view: Row, number: int, moment: Moment) -> None:
    """A closed attempt goes on; its worker was gone, or the task was parked without one."""
    attempt = view["attempts"][number]
    gone = attempt["last"] if attempt["how"] == "TimedOut" else attempt["end"]
    attempt.setdefault("gaps", []).append([gone, attempt["end"], moment.log])
    attempt["end"], attempt["how"], attempt["ended"] = None, "", 0
    alive(view, attempt, moment)
    del view["back"][attempt["task"]]
    enter(view, number, moment)


def close(view: Row, number: int, how: str, moment: Moment) -> None:
    """An attempt is over, by an event of this type."""
    attempt = view["attempts"][number]
    attempt["end"], attempt["how"], attempt["ended"] = moment.log, how, moment.sequence
    unpark(attempt, moment)
    view["open"].remove(number)


def close_all(view: Row, event: Event, how: str, moment: Moment) -> None:
    """All open attempts of the task that the event is about are over."""
    for number in open_of(view, event.subject):
        close(view, number, how, moment)
    view["back"].pop(event.subject, None)


def unpark(attempt: Row, moment: Moment) -> None:
    """The questions of an attempt are answered, or it is over."""
    if "parked" in attempt and attempt["parked"][-1][1] is None:
        attempt["parked"][-1][1] = moment.log
