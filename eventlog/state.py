"""The state that rules read: rows by key, loaded one by one, so that a cold command stays small.

Keys: `head`, `p/<project>`, `t/<project>/<task>`, `o/<project>/<k>` (task ids in order of creation,
`ORDER` per row), `d/<project>` and `r/<project>/<k>` (directory and pieces of the ready index),
`c/<project>` (conflicts), `w/<worker>`, `a` (anomalies).
"""

from __future__ import annotations

from evt.eventlog.catalog import POLICY
from evt.eventlog.rawjson import unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from evt.eventlog.line import Event
    from evt.eventlog.rows import HeadRow, Row, TaskRow

ORDER = 256
STATUSES = (
    "pending", "assigned", "in-progress", "escalated", "completed", "failed", "cancelled",
)  # fmt: skip


def clone(value: Any) -> Any:
    """A deep copy of a JSON value (the `copy` module costs a cold start too much)."""
    if type(value) is dict:
        return {key: clone(item) if type(item) in _NESTED else item for key, item in value.items()}
    if type(value) is list:
        return [clone(item) if type(item) in _NESTED else item for item in value]
    return value


_NESTED = (dict, list)


def _nothing(key: str) -> Row | None:
    return None


def _never_seen(event_id: str) -> int | None:
    return None


def _not_stored(sequence: int) -> Event:
    raise LookupError(sequence)


class State:
    """Rows over a source of rows; what was changed is in `dirty`.

    `sequence`, `time`, `clock_us`, `log_us` describe the last folded line. `seen` (event id ->
    sequence) and `stored` (sequence -> event) are given by whoever owns the log. `packed` has rows
    as JSON that a long fold put away, as nobody may ever ask for them.
    """

    __slots__ = (
        "clock_us", "dirty", "head", "log_us", "packed", "rows", "seen", "sequence", "source",
        "stored", "time",
    )  # fmt: skip

    def __init__(self, source: Callable[[str], Row | None] | None = None) -> None:
        self.source = source or _nothing
        self.rows: dict[str, Row | None] = {}
        self.packed: dict[str, bytes] = {}
        self.dirty: set[str] = set()
        self.seen: Callable[[str], int | None] = _never_seen
        self.stored: Callable[[int], Event] = _not_stored
        self.load_head(
            {
                "sequence": 0, "time": "", "clock": 0, "log": 0, "project": None, "last": None,
                "paused": False, "live": {}, "parked": {}, "questions": {}, "workers": [],
                "seen": {}, "lapsed": {}, "policy": {**POLICY},
                "counts": dict.fromkeys(STATUSES, 0), "ready": 0, "server": None, "anomalies": 0,
                "newer": 0,
            }
        )  # fmt: skip

    def load_head(self, row: HeadRow) -> None:
        """Take over a row made by `head_row`; the row belongs to the state afterwards."""
        self.head = row
        self.sequence: int = row["sequence"]
        self.time: str = row["time"]
        self.clock_us: int = row["clock"]
        self.log_us: int = row["log"]

    def head_row(self) -> HeadRow:
        """The head as a row."""
        head = self.head
        head["sequence"], head["time"] = self.sequence, self.time
        head["clock"], head["log"] = self.clock_us, self.log_us
        return head

    def get(self, key: str) -> Any:
        """The row of this key to read, None if there is none."""
        try:
            return self.rows[key]
        except KeyError:
            text = self.packed.pop(key, None)
            row = self.rows[key] = self.source(key) if text is None else unpack(text)
            return row

    def edit(self, key: str) -> Any:
        """The row of this key to change in place, None if there is none."""
        row = self.rows.get(key) or self.get(key)
        if row is not None:
            self.dirty.add(key)
        return row

    def put(self, key: str, row: Any) -> None:
        """Make or replace a row."""
        self.rows[key] = row
        self.dirty.add(key)

    def clean(self) -> None:
        """Forget what was changed: it has been saved."""
        self.dirty = set()

    def overlay(self) -> State:
        """A copy-on-write child: what is changed there is not seen here."""
        return _Overlay(self)

    def take_over(self, child: State) -> None:
        """Become what an overlay of this state has become; it is not to be used after that."""
        for key in child.dirty:
            self.put(key, child.rows[key])
        self.load_head(child.head_row())

    # What rules ask for by name; the project is the open one, else the last.

    def project_key(self) -> str:
        """Key of the open or last project."""
        return f"p/{self.head['last']}"

    def task_key(self, task: str | None) -> str:
        """Key of a task of the open or last project."""
        return f"t/{self.head['last']}/{task}"

    def task(self, task: str) -> TaskRow | None:
        """A task of the open or last project, to read."""
        row: TaskRow | None = self.get(f"t/{self.head['last']}/{task}")
        return row

    def task_ids(self) -> Iterator[str]:
        """Ids of the tasks of the open or last project in order of creation."""
        chunk = 0
        while (row := self.get(f"o/{self.head['last']}/{chunk}")) is not None:
            yield from row["ids"]
            chunk += 1


def _copy_of(head: HeadRow) -> HeadRow:
    """A head whose parts may be changed in place; `policy` and `server` are only ever replaced."""
    copy: HeadRow = {**head}
    copy["live"] = {name: {**entry} for name, entry in head["live"].items()}
    copy["seen"] = {name: [*last] for name, last in head["seen"].items()}
    copy["parked"], copy["questions"] = {**head["parked"]}, {**head["questions"]}
    copy["lapsed"], copy["counts"] = {**head["lapsed"]}, {**head["counts"]}
    copy["workers"] = [*head["workers"]]
    return copy


class _Overlay(State):
    __slots__ = ("parent",)

    def __init__(self, parent: State) -> None:
        self.parent = parent
        self.source = parent.get
        self.rows, self.packed, self.dirty = {}, {}, set()
        self.seen, self.stored = parent.seen, parent.stored
        self.load_head(_copy_of(parent.head_row()))

    def edit(self, key: str) -> Any:
        row = self.get(key)
        if row is not None and key not in self.dirty:
            self.dirty.add(key)
            row = self.rows[key] = clone(row)
        return row
