"""Blanks that nobody filled in, and work that was left out with a wave of the hand.

"[insert ...]" and "<your ... here>", "rest unchanged" and "... existing code ...", filler text, and
paragraphs that only announce what should stand there.
"""

from __future__ import annotations

from evt.validators import unfilled_forms as forms
from evt.validators.file import LINE_MAX
from evt.validators.kinds import is_test, stem_of, suffix_of
from evt.validators.quoted import unquoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from evt.validators.file import File

_BLANK = "a blank that is not filled in"
_LEFT_OUT = "a part that is left out"
_FILLER = "filler text"
_ANNOUNCED = "an announcement in place of content"
# A license that explains in its appendix how to fill in the notice of a work.
_APPENDIX, _NOTICE = "APPENDIX: How to apply", "[yyyy] [name of copyright owner]"
# Data in which nobody can write a comment.
_NO_COMMENTS, _FILL = frozenset({".json", ".jsonl", ".csv", ".tsv", ".ipynb"}), ("lorem ipsum",)
_LEGAL = frozenset({"license", "licence", "copying"})
_LONG_LICENSE = 4000  # bytes: the others are short and have a line for the owner
_MARKS = frozenset("[<{(")
_ASIDES = frozenset("[<(*_->")
_ANNOUNCED_WORDS = 14
_BARE_WORDS = 5  # of "The rest remains unchanged." as a line of its own


def unfilled(file: File) -> Iterator[tuple[int, str, str]]:
    """(line from 1, that line, what it is) of each blank and each omission."""
    if stem_of(file.path) in _LEGAL and file.size > _LONG_LICENSE:
        return
    prose = file.kind in ("markdown", "text", "html")
    lines = file.lines
    hints = forms.HINTS if prose else forms.CODE_HINTS
    for number in file.lines_with(hints if suffix_of(file.path) not in _NO_COMMENTS else _FILL):
        line = lines[number][:LINE_MAX]
        what = _in_prose(file, line) if prose else _in_code(file, line)
        if not what or number in file.code_lines:
            continue
        if what == _ANNOUNCED and not _alone(lines, number):
            continue
        if not (_NOTICE in line and _APPENDIX in file.text):
            yield number + 1, line, what


def _alone(lines: list[str], number: int) -> bool:
    """Whether a line is a paragraph of its own."""
    around = lines[max(0, number - 1) : number] + lines[number + 1 : number + 2]
    begins = ("#", "-", "*", "=", "<")
    return all(not line.strip() or line.lstrip().startswith(begins) for line in around)


def _in_prose(file: File, line: str) -> str | None:
    bare = unquoted(file, line).strip()
    first = bare[:1]
    if not _MARKS.isdisjoint(bare) or first in "iIeEaA":
        if forms.INSERT.search(bare) or forms.FIELD.search(bare):
            return _BLANK
        if first in _ASIDES and _omits(bare, forms.ASIDE):
            return _LEFT_OUT
    if first in ".…" and _omits(bare, forms.ASIDE):
        return _LEFT_OUT
    if "orem" in bare.lower() and forms.LOREM.search(bare):
        return _FILLER
    words = bare.count(" ") + 1
    if words <= _BARE_WORDS and forms.OMITTED.match(bare):
        return _LEFT_OUT
    if words <= _ANNOUNCED_WORDS and forms.ANNOUNCED.match(bare):
        return _ANNOUNCED
    dots = file.kind == "markdown" and bare in ("...", "…")
    return _ANNOUNCED if dots else None


def _in_code(file: File, line: str) -> str | None:
    if forms.INSERT_IN_CODE.search(line):
        return _BLANK
    if _omits(line, forms.COMMENT):
        return _LEFT_OUT
    if forms.LOREM_MORE.search(line) and not is_test(file.path) and "lorem" not in file.path:
        return _FILLER
    return None


def _omits(line: str, form: re.Pattern[str]) -> bool:
    """Whether a comment or a bracketed line says that something was left out."""
    found = form.search(line)
    if found is None:
        dots = line.lstrip().startswith(("...", "…"))
        return dots and forms.ELLIPSIS_OMITTED.search(line) is not None
    said = found["said"].strip().lstrip("*- ")
    if forms.ELLIPSIS_OMITTED.search(said):
        return True
    bare = said.strip(".… ([")
    open_work = form is forms.COMMENT and forms.OPEN_COMMENT.match(bare)
    return bool(open_work or forms.OMITTED.search(bare))
