"""The views of a log on disk: folded from their checkpoint on, or from zero.

The checkpoint is a cache of its own beside that of the writers; deleting it is fine at any time.
"""

from __future__ import annotations

import os

from evt.eventlog.cache.saved import Cache
from evt.eventlog.errors import InvalidInput
from evt.eventlog.log.filelog import BULK_FROM
from evt.eventlog.log.layout import exists, no_log
from evt.eventlog.log.reader import Position, Reader, damaged
from evt.eventlog.state import State
from evt.projections.fold import Fold
from evt.projections.measure import uncollected
from evt.projections.views import MEASURED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.log.layout import Layout
    from evt.projections.views import View

VERSION = 2  # of the views; a checkpoint of another version has another name
SAVE_AFTER = 2_000  # events behind; folding fewer costs less than saving


class LogFold:
    """Follows one log: `catch_up()` as often as wanted, without the write lock."""

    def __init__(self, layout: Layout) -> None:
        if not exists(layout.folder):
            raise no_log(layout.folder)
        self.layout = layout
        self._cache = Cache(layout, self._state_at, f"views-{VERSION}", pause=0)
        self._fold: Fold | None = None
        self._position = Position()
        self._saved = 0  # sequence of the checkpoint, as far as known

    @uncollected()
    def catch_up(self) -> Fold:
        """Fold what is new and return the fold; raises Damaged, NoLog or LogIO."""
        if self._fold is None:
            found = self._cache.load(State)
            state, self._position = found or (State(), Position())
            self._fold, self._saved = Fold(state), self._position.sequence
        fold, self._fold = self._fold, None  # interrupted in the middle, the next call begins anew
        _read_into(fold, self.layout, self._position)
        self._fold = fold
        if self._position.sequence >= self._saved + SAVE_AFTER:
            fold.mark()
            self._cache.save(fold.state, self._position)
            self._saved = self._position.sequence
        return fold

    def differences(self) -> tuple[int | None, list[str]]:
        """Sequence of the checkpoint (None: there is none) and the keys that a fold belies."""
        return self._cache.differences()

    def _state_at(self, sequence: int) -> State:
        """State and views after a sequence, from zero."""
        fold = fold_log(self.layout, until=sequence)
        return fold.state


@uncollected()
def fold_log(layout: Layout, views: dict[str, View] = MEASURED, until: int | None = None) -> Fold:
    """Fold a log from zero without a checkpoint, whole or until a sequence."""
    fold = Fold(None, views)
    _read_into(fold, layout, Position(), until)
    return fold


def _read_into(fold: Fold, layout: Layout, position: Position, until: int | None = None) -> None:
    reader = _reader(layout, position)
    if many := type(reader) is not Reader:
        from evt.eventlog.evolve.many import put_away
    try:
        for events in reader.events():
            if until is None:
                fold.apply(events)
                if many:
                    put_away(fold.state, events)
            elif fold.state.sequence < until:
                fold.apply(events[: until - fold.state.sequence])
            else:
                return
    except (InvalidInput, ArithmeticError, AttributeError, LookupError, TypeError) as error:
        sequence, offset = reader.before
        place = Position(sequence, "", reader.position.segment, offset)
        raise damaged(layout, place, f"it cannot be folded: {error}") from error
    if reader.reason is not None:
        raise damaged(layout, reader.position, reader.reason)


def _reader(layout: Layout, position: Position) -> Reader:
    """The fast reader if there is much to read."""
    try:
        size = os.stat(layout.segment(position.segment)).st_size
    except OSError:
        raise no_log(layout.folder) from None
    if size - position.offset < BULK_FROM:
        return Reader(layout, position)
    from evt.eventlog.log.bulk import BulkReader

    return BulkReader(layout, position, False, False)
