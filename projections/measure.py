"""The arithmetic that figures have in common.

Figures are exact until they are printed: a threshold that is just reached must not be missed by a
rounding. Microseconds are whole, and a number of the log is what its decimal text says.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from fractions import Fraction

from evt.eventlog.catalog import SECOND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TypeVar

    Some = TypeVar("Some", int, float)
    Number = int | Fraction

EVIDENCE_MAX = 100  # sequences named per figure, the latest ones


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looking for cycles meanwhile: views have none, and a long log makes many objects."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def exact(number: float | Fraction) -> Number:
    """What the decimal text of a number says.

    >>> exact(90.3) / exact(60.2) == exact(1.5)
    True
    """
    return Fraction(repr(number)) if isinstance(number, float) else number


def plain(value: Any) -> Any:
    """A document with fractions as the nearest floats."""
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def seconds(us: int) -> Fraction:
    """Microseconds as seconds, all of them."""
    return Fraction(us, SECOND)


def seconds_or_none(us: int | None) -> float | None:
    """The same to be printed, where there may be nothing."""
    return None if us is None else us / SECOND


def ratio(above: Number, below: Number | None) -> Fraction | None:
    """A quotient; None if there is nothing to divide by."""
    return Fraction(above) / below if below else None


def evidence(sequences: Iterable[int]) -> list[int]:
    """The latest of these sequences, in order, each once."""
    return sorted(set(sequences))[-EVIDENCE_MAX:]


def nearest_rank(values: Iterable[Some], percent: int) -> Some:
    """The smallest of the (not no) values that so many percent of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(1, -(-len(ordered) * percent // 100)) - 1]
