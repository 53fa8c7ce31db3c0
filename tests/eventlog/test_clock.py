"""Times as texts that sort as times do, against `datetime`, which the hot path may not load."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.eventlog.clock import iso, now_us, us
from evt.eventlog.errors import InvalidInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(MOMENTS)
def test_text_and_microseconds_are_the_same_moment(moment: datetime) -> None:
    micro = (moment - EPOCH) // MICROSECOND
    text = iso(micro)
    assert text == moment.isoformat(timespec="microseconds").replace("+00:00", "Z").rjust(27, "0")
    assert us(text) == us(text) == micro  # the second time the whole second is remembered


@given(st.lists(MOMENTS, min_size=2))
def test_texts_sort_as_times_do(moments: list[datetime]) -> None:
    micro = sorted((moment - EPOCH) // MICROSECOND for moment in moments)
    assert all(iso(one) <= iso(other) for one, other in pairwise(micro))


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_an_offset_is_understood(moment: datetime, minutes: int) -> None:
    local = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert us(local.isoformat()) == (local - EPOCH) // MICROSECOND


def test_fewer_and_more_digits_are_understood() -> None:
    second = us("2026-11-22T20:32:56Z")
    assert us("2026-11-22t20:32:56.1z") == us("2026-11-22 20:32:56.100Z") == second + 100_000
    assert us("2026-11-22T20:32:56.123456789Z") == second + 123_456


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "2026-11-22", "2026-11-22T20:32:56", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-00-10T00:00:00Z", "2026-11-22T24:00:00Z",
        "2026-11-22T20:32:56X123456Z", "2026-11-22T20:32:56.12345xZ", "2026-11-22T20:32:56.Z",
        "2026-11-22T20:32:56.123456+1:00Z", "2026-11-22T+9:32:56.123456Z",
        "2026-11-22T20:32:56.\u0661\u066223456Z", "\u0662026-11-22T20:32:56.123456Z",
    ],
)  # fmt: skip
def test_anything_else_is_refused_also_after_a_neighbour_was_read(text: str) -> None:
    us("2026-11-22T20:32:56.000000Z")
    with pytest.raises(InvalidInput, match="is not a time such as"):
        us(text)


def test_the_clock_is_that_of_the_machine() -> None:
    before = datetime.now(UTC)
    assert before - MICROSECOND <= EPOCH + now_us() * MICROSECOND <= datetime.now(UTC)


def test_beyond_the_calendar_the_nearest_moment_is_taken() -> None:
    assert iso(10**30) == "9999-12-31T23:59:59.999999Z"
    assert iso(-(10**30)) == "0001-01-01T00:00:00.000000Z"
