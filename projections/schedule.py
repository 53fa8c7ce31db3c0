"""How a plan would run: list scheduling in the order in which the rules give tasks out.

Best rank first (priority, length of the chain that waits, age); a task whose outputs meet those of
one that runs is passed over, and one that was passed over for long keeps its outputs free.
"""

from __future__ import annotations

from bisect import insort
from heapq import heappop, heappush

from evt.eventlog.catalog import CHAIN_MAX, PASSED_SECONDS, PASSED_TIMES
from evt.eventlog.overlap import first_meeting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class Item:
    """A task to schedule: seconds, the ids it needs, rank and outputs."""

    __slots__ = ("chain", "id", "needs", "outputs", "priority", "seconds")

    def __init__(
        self, id: str, seconds: float, needs: Sequence[str] = (), priority: int = 0,
        outputs: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.id = id
        self.seconds = seconds
        self.needs = list(needs)
        self.priority = priority
        self.outputs = list(outputs)
        self.chain = 1


class Slot:
    """When an item ran, and on which worker (from 0)."""

    __slots__ = ("end", "item", "start", "worker")

    def __init__(self, item: Item, worker: int, start: float) -> None:
        self.item = item
        self.worker = worker
        self.start = start
        self.end = start + item.seconds


def schedule(items: Sequence[Item], workers: int, overhead: float) -> list[Slot]:
    """Run all items; a worker needs `overhead` seconds between a task and its next one.

    Items whose needs are not among the items have them fulfilled.
    """
    return _Floor(items, workers, overhead).run()


def makespan(slots: Sequence[Slot]) -> float:
    """Seconds from the first start to the last end."""
    return max((slot.end for slot in slots), default=0.0)


class _Floor:
    def __init__(self, items: Sequence[Item], workers: int, overhead: float) -> None:
        self.items = {item.id: item for item in items}
        self.age = {item.id: number for number, item in enumerate(items)}
        self.missing = {i.id: {n for n in i.needs if n in self.items} for i in items}
        self.waiting: dict[str, list[str]] = {}
        for name, needed in self.missing.items():
            for other in needed:
                self.waiting.setdefault(other, []).append(name)
        self.overhead = overhead
        self.ready: list[tuple[int, int, int, str]] = []
        self.free = [(0.0, number) for number in range(workers)]  # (from when, worker), a heap
        self.running: list[tuple[float, int, Slot]] = []  # a heap by end
        self.passed: dict[str, tuple[int, float]] = {}  # times, since when
        self.meets: dict[tuple[str, str], bool] = {}
        self.slots: list[Slot] = []

    def run(self) -> list[Slot]:
        _measure_chains(self.items, self.waiting, self.missing)
        for name, needed in self.missing.items():
            if not needed:
                self._make_ready(name)
        now = 0.0
        while self.ready or self.running:
            while self.free and self.free[0][0] <= now and (item := self._best(now)) is not None:
                self._start(item, heappop(self.free)[1], now)
            following = [self.running[0][0]] if self.running else []
            if self.ready and self.free and self.free[0][0] > now:
                following.append(self.free[0][0])
            if not following:
                break  # what is left waits for itself
            now = min(following)
            while self.running and self.running[0][0] <= now:
                self._end(heappop(self.running)[2])
        return self.slots

    def _make_ready(self, name: str) -> None:
        item = self.items[name]
        insort(self.ready, (-item.priority, -item.chain, self.age[name], name))

    def _best(self, now: float) -> Item | None:
        reserved: list[str] = []
        for entry in self.ready:
            item = self.items[entry[3]]
            if self._held(item):
                times, since = self.passed.get(item.id, (0, now))
                if times >= PASSED_TIMES or (times and now - since >= PASSED_SECONDS):
                    reserved += item.outputs
            elif not reserved or first_meeting(item.outputs, reserved) is None:
                return item
        return None

    def _start(self, item: Item, worker: int, now: float) -> None:
        place = (-item.priority, -item.chain, self.age[item.id], item.id)
        for entry in self.ready[: self.ready.index(place)]:
            if self._held(self.items[entry[3]]):
                times, since = self.passed.get(entry[3], (0, now))
                self.passed[entry[3]] = (times + 1, since)
        self.ready.remove(place)
        slot = Slot(item, worker, now)
        self.slots.append(slot)
        heappush(self.running, (slot.end, len(self.slots), slot))

    def _end(self, slot: Slot) -> None:
        heappush(self.free, (slot.end + self.overhead, slot.worker))
        for name in self.waiting.get(slot.item.id, ()):
            self.missing[name].discard(slot.item.id)
            if not self.missing[name]:
                self._make_ready(name)

    def _held(self, item: Item) -> bool:
        return any(self._meet(item, slot.item) for _, _, slot in self.running)

    def _meet(self, one: Item, other: Item) -> bool:
        if not one.outputs or not other.outputs:
            return False
        key = (one.id, other.id)
        if key not in self.meets:
            self.meets[key] = first_meeting(one.outputs, other.outputs) is not None
        return self.meets[key]


def _measure_chains(
    items: dict[str, Item], waiting: dict[str, list[str]], missing: dict[str, set[str]]
) -> None:
    """Tasks in the longest chain that waits for each, itself included."""
    left = {name: len(waiting.get(name, ())) for name in items}
    todo = [name for name, count in left.items() if count == 0]
    while todo:
        name = todo.pop()
        for other in missing[name]:
            items[other].chain = min(CHAIN_MAX, max(items[other].chain, items[name].chain + 1))
            left[other] -= 1
            if left[other] == 0:
                todo.append(other)
