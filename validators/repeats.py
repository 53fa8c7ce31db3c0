"""Prose that says one thing over and over, to seem long.

A sentence counts that is there 15 times or more; in a long text it must also be a tenth of all, in
lists a third: references say the same of many things. "Point 7: it is fair" and "Point 8: it is
fair" are the same sentence, and a text of a handful of words in turn is none.
"""

from __future__ import annotations

import re
from collections import Counter

from evt.validators.doubled import doubled
from evt.validators.prose import CJK, NOT_PROSE, STOP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.validators.file import File

REPEATS = 15
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NO_ITEM = ("|", "+", "<", "{", "=", "[", ">")
_NUMBER = re.compile(r"\d+")
# A number that only counts the sentence: "Point 7:", "(7)" and the like at its beginning.
_LABEL = re.compile(
    r"^[(\[#]?(?:(?:point|item|step|part|section|paragraph|sentence|note|line|reason|no|number|"
    r"fact)\.? )?[#(]?\d{1,4}[)\].:,-]{1,2}\s"
)
_COUNTED_WORDS = 7  # in a sentence that differs from the next by a number that goes up


def repeats(file: File) -> tuple[int, str, str] | None:
    """(line from 1, the sentence or word, what to do about it) if a text repeats itself."""
    if _repeats(file, set()) is None:
        return None
    return _repeats(file, file.code_lines)  # only now is it worth to find out what is code


def _repeats(file: File, code_lines: set[int]) -> tuple[int, str, str] | None:
    said: list[tuple[str, int, bool]] = []
    words: Counter[str] = Counter()
    units = list(_units(file, code_lines))
    for line, text, listed in units:
        for sentence in STOP.split(text):
            plain = " ".join(sentence.split()).casefold().strip(" *_-\"'")
            page = file.kind == "html"
            if (" " in plain or _is_sentence(plain)) and not (page and _is_label(plain)):
                said.append((plain, line, listed or page))
            words.update(plain.split())
    return _often(said) or _counted_up(said) or _one_word(words) or doubled(file, units)


def _is_label(plain: str) -> bool:
    """What a page of a reference has at each entry: "added in: v1.2"."""
    return plain.count(" ") < 2 or (plain.count(" ") < 8 and ": " in plain)


def _often(said: list[tuple[str, int, bool]], of: int = 0) -> tuple[int, str, str] | None:
    counts = Counter(plain for plain, _, _ in said)
    for plain, often in counts.most_common(3):
        if often < REPEATS:
            break
        line, listed = next((at, in_list) for other, at, in_list in said if other == plain)
        enough = max(REPEATS, max(len(said), of) / (3 if listed else 10))
        padded = len(said) >= 3 * len(counts) >= 6
        if padded or (often >= enough and _is_sentence(plain)):
            return line, plain, f"{often} times (from line {line}): say it once"
    return None


def _counted_up(said: list[tuple[str, int, bool]]) -> tuple[int, str, str] | None:
    """One sentence with a number that goes up by one from each to the next."""
    numbered = [one for one in said if _NUMBER.search(one[0])]
    if len(numbered) < REPEATS:
        return None
    bare = [(_LABEL.sub("", plain), line, listed) for plain, line, listed in numbered]
    if again := _often(bare, len(said)):
        return again
    begun, before = 0, (-1, "")
    for at, (plain, _, listed) in enumerate(said):
        numbers = _NUMBER.findall(plain)[:2] if not listed else []
        words = plain.count(" ") + 1
        if len(numbers) != 1 or len(numbers[0]) > 4 or words < _COUNTED_WORDS:
            before = (-1, "")
            continue
        now = (int(numbers[0]), _NUMBER.sub("#", plain))
        if now != (before[0] + 1, before[1]):
            begun = at
        before = now
        if at - begun + 1 >= REPEATS:
            line = said[begun][1]
            return line, plain, f"{REPEATS} times but for a number (from line {line}): say it once"
    return None


def _one_word(words: Counter[str]) -> tuple[int, str, str] | None:
    """A text that is mostly one word, or a handful of words in turn."""
    total = sum(words.values())
    if total >= 50:
        word, often = words.most_common(1)[0]
        few = 100 <= total < 5000 and len(words) < total * 0.06
        if word.isalpha() and often > total * 0.6:
            return 1, word, f"{often} times in {total} words: write sentences that say something"
        if word.isalpha() and few:
            others = len(words) - 1
            what = f"and {others} other words in turn, {total} in all: write different sentences"
            return 1, word, what
    return None


def _is_sentence(plain: str) -> bool:
    """Long enough to be a sentence and not a phrase such as "not supported"."""
    return plain.count(" ") >= 2 or (len(plain) >= 6 and CJK.search(plain) is not None)


def _units(file: File, code_lines: set[int]) -> Iterator[tuple[int, str, bool]]:
    """(line from 1, text, in a list) of paragraphs and items; not of tables, code, comments."""
    text = file.text
    if file.kind == "html":
        text = file.html.text
    elif "<!--" in text:
        text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    begun, parts = 1, list[str]()
    for number, line in enumerate(text.split("\n")):
        bare = line.strip()
        listed = bool(NOT_PROSE.match(line))
        if bare and not listed and number not in code_lines:
            begun = begun if parts else number + 1
            parts.append(bare)
            continue
        if parts:
            yield begun, " ".join(parts), False
            parts = []
        if listed and number not in code_lines and not bare.startswith(_NO_ITEM):
            yield number + 1, bare.lstrip("-*•#0123456789.) "), True
    if parts:
        yield begun, " ".join(parts), False
