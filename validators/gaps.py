"""Parts of a document that were not written: bare headings, and sections that stop short.

How the text as a whole ends is judged by `prose.py`.
"""

from __future__ import annotations

import re

from evt.validators.prose import (
    ENDS_LINKED,
    LINK_MAX,
    NOT_PROSE,
    SIGNED,
    STOP,
    ends_well,
    is_numbers,
    is_spoken,
    is_verse,
)
from evt.validators.words import MAY_BE_LAST, NEVER_LAST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.validators.file import File

_SKELETON_BYTES = 2000
_RULE_LAST = re.compile(r"\n\s*\n(?:-{3,}|\*{3,}|_{3,})$")
# A letter or comma that ends a paragraph before a heading.
_BEFORE_HEADING = re.compile(r"([^\W\d_]|[,\d])\n\n+#{1,6} ")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_LOOKED_AT_MAX = 20  # of the places that look like it
_INSIDE_MAX, _WELL_LEAST, _LONG_WORDS = 200_000, 3, 9  # characters, paragraphs, words
# A heading that is a last word, a release or a date.
_CLOSES = re.compile(
    r"[?!]\W*$|\b(?:end|fin|ende|fine|thanks?|thank you|danke|merci|questions|unreleased)\b|"
    r"^#+\s*\[?v?\d+[.\d-]+",
    re.IGNORECASE,
)


def breaks_off_inside(file: File) -> tuple[int, str] | None:
    """(line from 1, the last words) if a section before the last ends in the middle of a sentence.

    Stricter than at the end: nearly all other paragraphs must end well.
    """
    text = file.text
    if file.kind != "markdown" or len(text) > _INSIDE_MAX:
        return None
    places = [found.start(1) for found in _BEFORE_HEADING.finditer(text)]
    if not places:
        return None
    looked = 0
    for place in places:
        begin = max(text.rfind("\n\n", 0, place) + 2, 1)
        last = text[begin : place + 1].strip()
        if looked < _LOOKED_AT_MAX and _stops_short(last):
            looked += 1
            number = text.count("\n", 0, place)
            slogan = text.count("\n\n", 0, begin) < 2  # beneath the title
            if not slogan and number not in file.code_lines:
                return (
                    (number + 1, " ".join(last.split()[-6:])) if _mostly_ends_well(text) else None
                )
    return None


def _mostly_ends_well(text: str) -> bool:
    """Whether all paragraphs but one end with a full stop or the like."""
    blocks = [block for block in _BLANK_LINE.split(text) if not NOT_PROSE.match(block.lstrip("\n"))]
    long = [block for block in blocks if block.count(" ") >= 6]
    well = sum(ends_well(block) for block in long)
    return len(long) - well <= 1 and well >= _WELL_LEAST


def _stops_short(last: str) -> bool:
    """Whether a paragraph before a heading has no end."""
    words = last.split()
    if len(words) < _LONG_WORDS or NOT_PROSE.match(last) or last.lstrip("*_")[:1] in "-*|>!<[(":
        return False
    if SIGNED.match(last) or is_verse(last) or is_spoken([last]):
        return False
    if is_numbers(words) or ENDS_LINKED.search(last[-LINK_MAX:]) or ": " in last[:40]:
        return False
    final = words[-1].strip("*_\"'“”()[]").casefold()
    if final in NEVER_LAST and final not in MAY_BE_LAST:
        return True
    return len(STOP.split(last)[-1].split()) >= _LONG_WORDS - 1


def bare_heading(file: File) -> int | None:
    """The line from 1 of a heading that ends a Markdown text, if something should follow it."""
    if file.kind != "markdown":
        return None
    text = _RULE_LAST.sub("", file.text.rstrip())
    last = text.rpartition("\n")[2]
    if not last.startswith("#") or _CLOSES.search(last) or _is_log(file.name):
        return None
    headings = file.page.headings()  # it may stand in code
    if not headings or headings[-1].end < text.count("\n") + 1:
        return None
    if headings[-1].line == 0 and " " not in headings[0].text and text == file.text.rstrip():
        return None  # a word may be all that was asked for
    slides = sum(token.type == "hr" for token in file.page.tokens) >= 2
    return None if slides else headings[-1].line + 1


def _is_log(name: str) -> bool:
    """A list of releases: the first of them often has nothing to say."""
    return name.lower().startswith(("changelog", "changes", "history", "news", "release"))


def skeleton(file: File) -> int | None:
    """The line from 1 of the first of three headings or more if nothing stands beneath any."""
    if file.kind != "markdown" or file.size > _SKELETON_BYTES:
        return None
    kinds = [token.type for token in file.page.tokens]
    headings = kinds.count("heading_open")
    bare = headings >= 3 and kinds.count("inline") == headings and len(kinds) == 3 * headings
    return file.page.headings()[0].line + 1 if bare else None
