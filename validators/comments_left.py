"""Comments in code in place of the code: "everything else stays the same".

Judged by the words, where a comment stands for itself: one line, and nothing but an empty line, a
closing bracket or the end of the block behind it. One that explains the next line is left alone.
"""

from __future__ import annotations

import re

from evt.validators.comments import comment_in
from evt.validators.kinds import suffix_of
from evt.validators.words import LEFT_OUT, LEFT_OUT_AROUND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.validators.file import File

_HINTS = ("unchanged", "the same", "as before", "omitted", "the rest", "rest of", "remain", "stay",
          "continue", "keep")  # fmt: skip
_WORD = re.compile(r"[A-Za-z_]\w*(?:\(\))?")
_LEADER = re.compile(r"^\s*(?:#|//|/\*|\*|--|<!--|;|%)")
_WORDS_MAX = 12
# "... (wrap stays as it was)" names what is left out.
_ASIDE = re.compile(r"^\s*(?:#+|//+|/\*+|--|<!--|;+|%+)\s*(?:\.\.\.|…|[(\[<])")
_NAMES_MAX = 3
_CLOSES = re.compile(r"^\s*[)\]}]")


def left_out(file: File) -> Iterator[tuple[int, str]]:
    """(line from 1, that line) of each comment that stands for code."""
    lines = file.lines
    suffix = suffix_of(file.path)
    for number in file.lines_with(_HINTS):
        line = lines[number]
        if len(line) > 120 or not _LEADER.match(line) or not _stands_alone(lines, number):
            continue
        if comment_in(line, suffix) is not None and _says_so(line):
            yield number + 1, line


def _stands_alone(lines: list[str], number: int) -> bool:
    before = lines[number - 1] if number else ""
    behind = lines[number + 1] if number + 1 < len(lines) else ""
    if _LEADER.match(before) or _LEADER.match(behind):
        return False
    return not behind.strip() or _CLOSES.match(behind) is not None


def _says_so(line: str) -> bool:
    words = [word.casefold() for word in _WORD.findall(line)]
    if not words or len(words) > _WORDS_MAX or any(mark in line for mark in "=?`'\""):
        return False
    rest = [word for word in words if not word.endswith("()")]
    unknown = [word for word in rest if word not in LEFT_OUT and word not in LEFT_OUT_AROUND]
    names = _NAMES_MAX if _ASIDE.match(line) else 0
    return any(word in LEFT_OUT for word in rest) and len(unknown) <= names
