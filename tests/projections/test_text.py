"""Intervals that add up, text that fits, figures that read well."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.projections.intervals import clip, common, length, union, without
from evt.projections.text import aligned, cut, pad, visible, width, wrap

spans = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (min(pair), max(pair))),
    max_size=6,
)


def moments(pieces: list[tuple[int, int]]) -> set[int]:
    return {moment for start, end in pieces for moment in range(start, end)}


@given(spans, spans)
def test_sets_of_moments(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    first, second = union(one), union(other)
    assert moments(first) == moments(one)
    assert length(first) == len(moments(one))
    assert moments(common(first, second)) == moments(one) & moments(other)
    assert moments(without(first, second)) == moments(one) - moments(other)
    assert moments(clip(first, 5, 20)) == moments(one) & set(range(5, 20))
    for result in (first, common(first, second), without(first, second)):
        assert result == sorted(result)
        assert all(start < end for start, end in result)


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("日本", 4), ("e\u0301", 1), ("a\u200bb", 2), ("", 0)],
)
def test_columns(text: str, columns: int) -> None:
    assert width(text) == columns


@given(st.text(max_size=40), st.integers(4, 20))
def test_lines_never_exceed_their_columns(text: str, columns: int) -> None:
    seen = visible(text)
    assert seen.isprintable() or not seen.isascii()
    assert width(cut(seen, columns)) <= columns
    assert width(pad(cut(seen, columns), columns)) == columns
    assert all(width(line) <= columns for line in wrap(seen, columns, "  "))


def test_wrapping_breaks_between_words_and_indents() -> None:
    assert wrap("  - one two three", 9, "    ") == ["  - one", "    two", "    three"]
    assert wrap("a  b", 10) == ["a  b"]
    assert wrap("extraordinary", 8) == ["extra..."]


def test_columns_are_aligned_by_width() -> None:
    assert list(aligned([("日本", "x"), ("a", "y")])) == ["日本  x", "a     y"]


def test_nothing_in_a_text_is_obeyed() -> None:
    assert visible("a\x1b[31m\x9bb\u202ec\u2028d\ne") == "a\\x1b[31m\\x9bb\\u202ec d e"
