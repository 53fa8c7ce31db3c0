"""Blanks that nobody filled in, and work that was left out with a wave of the hand.

"[insert ...]" and "<your ... here>", "rest unchanged" and "... existing code ...", filler text, and
paragraphs that only announce what should stand there.
"""

from __future__ import annotations

from evt.validators import unfilled_forms as forms
from evt.validators import unfilled_languages as languages
from evt.validators.chat import HINTS as CHAT_HINTS
from evt.validators.chat import is_diff, said_in_chat
from evt.validators.comments import text_lines
from evt.validators.file import LINE_MAX
from evt.validators.kinds import is_test, stem_of, suffix_of
from evt.validators.quoted import TAG, unquoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.validators.file import File
    from evt.validators.later import Later

_BLANK = "a blank that is not filled in"
_LEFT_OUT = "a part that is left out"
_FILLER = "filler text"
_REMOVED = "a mark where something was cut out"
_ANNOUNCED = "an announcement in place of content"
# A license that explains in its appendix how to fill in the notice of a work.
_APPENDIX, _NOTICE = "APPENDIX: How to apply", "[yyyy] [name of copyright owner]"
# Data in which nobody can write a comment.
_NO_COMMENTS, _FILL = (
    frozenset({".json", ".jsonl", ".csv", ".tsv", ".ipynb"}),
    ("lorem ipsum", "[insert", "[your", "[add", "[enter", "<insert", "<your", "<add", "<enter"),
)
_LEGAL = frozenset({"license", "licence", "copying"})
_LONG_LICENSE = 4000  # bytes: the others are short and have a line for the owner
_MARKS = frozenset("[<{(\u3010\uff08")
_INSERT_BEGINS = frozenset("iIeEaAwWpPtTdD*_?-")
_LEADERS = ("#", "//", "/*", "--", "<!--", ";", "%", "{/*")
_ASIDES = frozenset("[<(*_->")
_ANNOUNCED_WORDS = 14
_BARE_WORDS = 5  # of "The rest remains unchanged." as a line of its own


def unfilled(file: File) -> Iterator[tuple[int, str, str]]:
    """(line from 1, that line, what it is) of each blank and each omission."""
    found = list(_unfilled(file))
    if found and suffix_of(file.path) == ".py":
        texts = text_lines(file)  # what a docstring shows is an example
        found = [one for one in found if one[0] - 1 not in texts or "[insert" in one[1].lower()]
    yield from found


def _unfilled(file: File) -> Iterator[tuple[int, str, str]]:
    if stem_of(file.path) in _LEGAL and file.size > _LONG_LICENSE:
        return
    if "template" in file.path.lower():
        return  # blanks are what it is for
    prose = file.kind in ("markdown", "text", "html")
    lines = file.lines
    hints: tuple[str, ...] = forms.CODE_HINTS
    if prose:
        hints = (*forms.HINTS, *CHAT_HINTS, *languages.HINTS)
    if file.kind != "data" and is_diff(file):
        yield 1, lines[0], "a diff in place of the file"
        return
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    for number in file.lines_with(hints if suffix_of(file.path) not in _NO_COMMENTS else _FILL):
        line = lines[number][:LINE_MAX]
        what = _in_prose(file, line, number == first) if prose else _in_code(file, line)
        if not what or number in file.code_lines:
            continue
        if what in (_ANNOUNCED, _REMOVED) and not _alone(lines, number):
            continue
        if not (_NOTICE in line and _APPENDIX in file.text):
            yield number + 1, line, what


def _alone(lines: list[str], number: int) -> bool:
    """Whether a line is a paragraph of its own."""
    around = lines[max(0, number - 1) : number] + lines[number + 1 : number + 2]
    begins = ("#", "-", "*", "=", "<")
    return all(not line.strip() or line.lstrip().startswith(begins) for line in around)


def _in_prose(file: File, line: str, opens: bool) -> str | None:
    bare = unquoted(file, line).strip()
    first = bare[:1]
    if not _MARKS.isdisjoint(bare) or first in _INSERT_BEGINS or "??" in bare:
        if forms.INSERT.search(bare) or forms.FIELD.search(bare):
            return _BLANK
        if not bare.isascii() and languages.BLANK.search(bare):
            return _BLANK
        if forms.CUT_OUT.match(bare):
            return _REMOVED
        if first in _ASIDES and _omits(bare, forms.ASIDE):
            return _LEFT_OUT
    if first in ".…" and _omits(bare, forms.ASIDE):
        return _LEFT_OUT
    if forms.LOREM.search(bare):
        return _FILLER
    words = bare.count(" ") + 1
    if words <= _BARE_WORDS and forms.OMITTED.match(bare):
        return _LEFT_OUT
    shown = TAG.sub(" ", bare).strip() if first == "<" else bare
    if words <= _ANNOUNCED_WORDS and (
        forms.ANNOUNCED.match(shown) or languages.ANNOUNCED.match(shown)
    ):
        return _ANNOUNCED
    if said := said_in_chat(file, bare, opens):
        return said
    field = forms.MUSTACHE.match(bare) and "{%" not in file.text
    alone = field or (("..." in bare or "…" in bare) and not bare.strip(".…"))
    return _ANNOUNCED if file.kind == "markdown" and alone else None


def _in_code(file: File, line: str) -> str | None:
    if suffix_of(file.path) in _NO_COMMENTS:
        found = None if _is_sample(file.path) else forms.VALUE.search(line)
        return _BLANK if found and not forms.SHOWN.search(found["key"] or "") else None
    if forms.INSERT_IN_CODE.search(line):
        return _BLANK
    if _omits(line, forms.COMMENT):
        return _LEFT_OUT
    if forms.LOREM_MORE.search(line) and not (
        _is_sample(file.path) or suffix_of(file.path) == ".py"
    ):
        return _FILLER
    return None


def _is_sample(path: str) -> bool:
    """Data of tests and demonstrations is often filler."""
    small = path.lower()
    return is_test(path) or any(
        word in small
        for word in ("lorem", "sample", "mock", "seed", "demo", "example", "i18n", "locale")
    )


def _omits(line: str, form: Later) -> bool:
    """Whether a comment or a bracketed line says that something was left out."""
    found = form.search(line)
    if found is None:
        dots = line.lstrip().startswith(("...", "…"))
        return dots and forms.ELLIPSIS_OMITTED.search(line) is not None
    if form is forms.COMMENT and line[: found.start()].rstrip().endswith(","):
        return False  # behind an entry of a list it is about that entry
    said = found["said"].strip().lstrip("*- ")
    if forms.ELLIPSIS_OMITTED.search(said):
        return True
    bare = said.strip(".… ([")
    open_work = (
        form is forms.COMMENT
        and forms.OPEN_COMMENT.match(bare)
        and (found.start() == 0 or line.lstrip().startswith(("return", *_LEADERS)))
    )
    return bool(open_work or forms.OMITTED.search(bare))
