"""Why a plan does not get faster with more workers, and which one change would help most."""

from __future__ import annotations

from evt.projections.figuretext import duration
from evt.projections.schedule import Item, makespan, schedule
from evt.projections.views.speedup import longest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ENOUGH = 1.5  # what several workers should bring
TRIED = 12  # tasks of the chain whose split is tried
SHOWN = 5  # tasks of a chain that are named
_US = 1_000_000


class Case:
    """What is to be scheduled, and what each handoff costs in seconds."""

    __slots__ = ("items", "overhead")

    def __init__(self, items: list[Item], overhead: float) -> None:
        self.items = items
        self.overhead = overhead

    def speedup(self, workers: int) -> float | None:
        """The work of all items against the time they would take together."""
        took = makespan(schedule(self.items, workers, self.overhead))
        return sum(item.seconds for item in self.items) / took if took else None

    def chain(self) -> tuple[float, list[str]]:
        """Seconds of the longest chain of dependencies, and its ids."""
        taken = {item.id: round(item.seconds * _US) for item in self.items}
        needs = {item.id: item.needs for item in self.items if item.needs}
        size, way = longest(taken, needs)
        return size / _US, way


def hindrance(case: Case, workers: int) -> str:
    """The first of these that alone explains it: a chain, one long task, overlap, small tasks."""
    total = sum(item.seconds for item in case.items)
    chain, way = case.chain()
    if total < ENOUGH * chain:
        if len(way) == 1:
            return f"{way[0]} alone takes {duration(chain)} of {duration(total)}"
        shown = " -> ".join(way[:SHOWN] + ["..."] * (len(way) > SHOWN))
        return f"the chain {shown} takes {duration(chain)} of {duration(total)}"
    if _reaches(Case(list(_without_outputs(case.items)), case.overhead), workers):
        path, names = _most_wanted(case.items)
        return f"tasks that write the same file run one after another ({path}: {', '.join(names)})"
    if _reaches(Case(case.items, 0), workers):
        return f"the tasks are small against a handoff of {case.overhead:.3g} s"
    return "the order in which tasks become ready leaves workers without work"


def remedy(case: Case, workers: int) -> str:
    """The split of a task, the extra worker, or the files apart, that would help most."""
    found = [
        (Case(_split(case.items, name), case.overhead).speedup(workers) or 0,
         f"split {name} in two")
        for name in sorted(case.chain()[1], key=lambda name: -_seconds(case, name))[:TRIED]
    ]  # fmt: skip
    found.append((case.speedup(workers + 1) or 0, "one more worker"))
    apart = Case(list(_without_outputs(case.items)), case.overhead)
    found.append((apart.speedup(workers) or 0, "let each task write files of its own"))
    best, words = max(found, key=lambda pair: pair[0])
    if best < (case.speedup(workers) or 0) * 1.02:
        return "no single split or extra worker would help"
    return f"what would help most: {words} (a speedup of {best:.2f})"


def _reaches(case: Case, workers: int) -> bool:
    return (case.speedup(workers) or 0) >= ENOUGH


def _seconds(case: Case, name: str) -> float:
    return next(item.seconds for item in case.items if item.id == name)


def _copy(
    item: Item, *, id: str = "", seconds: float = 0, needs: Sequence[str] = (),
    outputs: Sequence[str] | None = None,
) -> Item:  # fmt: skip
    """The item with what is given changed, and with `needs` on top of its own."""
    return Item(
        id or item.id, seconds or item.seconds, [*item.needs, *needs], item.priority,
        item.outputs if outputs is None else outputs,
    )  # fmt: skip


def _without_outputs(items: list[Item]) -> Iterator[Item]:
    return (_copy(item, outputs=()) for item in items)


def _split(items: list[Item], name: str) -> list[Item]:
    """The items with one of them as two halves that may run side by side."""
    half = f"{name}/2"
    found = []
    for item in items:
        if item.id == name:
            found.append(_copy(item, seconds=item.seconds / 2))
            found.append(_copy(item, id=half, seconds=item.seconds / 2, outputs=()))
        else:
            found.append(_copy(item, needs=[half] if name in item.needs else ()))
    return found


def _most_wanted(items: list[Item]) -> tuple[str, list[str]]:
    """The output for which most seconds of work stand in line, and who wants it."""
    wanted: dict[str, list[Item]] = {}
    for item in items:
        for path in item.outputs:
            wanted.setdefault(path, []).append(item)
    path = max(wanted, key=lambda path: sum(i.seconds for i in wanted[path][1:]), default="?")
    return path, [item.id for item in wanted.get(path, ())][:SHOWN]
