"""A text that is there several times over, such as a document that was appended to itself."""

from __future__ import annotations

from collections import Counter

from evt.validators.kinds import stem_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from evt.validators.file import File

_LONG = 12  # words of a paragraph that counts
_SHARE = 0.45  # of all words that are said again
_WORDS_LEAST = 100
_TIMES, _DIFFERENT = 3, 3  # one paragraph so often, or so many of them twice
# Collections in which one license stands once for each program.
_NOTICES = ("third", "notice", "licen", "copyright", "credit", "acknowledg", "attribution")


def doubled(file: File, units: Iterable[tuple[int, str, bool]]) -> tuple[int, str, str] | None:
    """(line from 1, a paragraph, what to do about it) if half of a text was said before."""
    if any(word in stem_of(file.path) for word in _NOTICES):
        return None
    said: Counter[str] = Counter()
    again: dict[str, int] = {}
    total = 0
    for line, text, listed in units:
        words = text.split()
        total += len(words)
        if listed or len(words) < _LONG:
            continue
        plain = " ".join(words).casefold()
        said[plain] += 1
        if said[plain] == 2:
            again[plain] = line
    extra = sum((said[plain] - 1) * (plain.count(" ") + 1) for plain in again)
    if total < _WORDS_LEAST or extra < _SHARE * total:
        return None
    if len(again) < _DIFFERENT and max(said.values()) < _TIMES:
        return None
    plain, line = next(iter(again.items()))
    share = round(100 * extra / total)
    return line, plain, f"is there again on line {line}, as are {share} % of all words: say it once"
