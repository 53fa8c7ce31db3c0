"""Work that only looks finished.

Parameters: `allow` (texts: a finding whose line holds one of them is dropped), `paths`, `off`.
Fails for TODO, FIXME, TBD and XXX as markers, blanks such as "[insert ...]", omissions such as
"rest unchanged", lorem ipsum, functions whose body is only pass or NotImplementedError, prose that
breaks off in the middle of a sentence, and one sentence 15 times or more. Words in sentences,
documents about such words, quotes, Markdown code, abstract methods, protocols and data are left
alone. Cannot see text that is complete and empty of meaning.
"""

from __future__ import annotations

from evt.validators.comments_left import left_out
from evt.validators.fields import blank_fields
from evt.validators.gaps import bare_heading, breaks_off_inside, skeleton
from evt.validators.kinds import stem_of, suffix_of
from evt.validators.markers import markers
from evt.validators.prose import breaks_off
from evt.validators.repeats import repeats
from evt.validators.result import failed, quote
from evt.validators.stand_ins import stand_ins
from evt.validators.stubs import python_stubs
from evt.validators.stubs_elsewhere import other_stubs
from evt.validators.unfilled import unfilled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.file import File
    from evt.validators.result import Finding
    from evt.validators.work import Work

_PER_FILE_MAX = 10
_LEGAL = frozenset({"license", "licence", "copying", "notice", "authors"})


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each sign of unfinished work, at most ten for one file."""
    allowed = asked.get("allow", [])
    task = work.task
    for file in work.files(asked):
        if not file.is_text:
            continue
        shown = 0
        for line, text, what in _found(file, task):
            if shown < _PER_FILE_MAX and not any(value in text for value in allowed):
                shown += 1
                yield failed(f"{file.path} has {what}", file.path, line)


def _found(file: File, task: dict[str, Any]) -> Iterator[tuple[int, str, str]]:
    """(line from 1, text that `allow` is compared with, what it is and what would pass)."""
    for line, text in markers(file):
        yield (
            line,
            text,
            f"an open marker on line {line}: {quote(text)}: do it and delete the marker",
        )
    for line, text, what in unfilled(file):
        yield line, text, f"{what} on line {line}: {quote(text)}: write it out"
    lines = file.lines
    if file.kind == "code":
        for line, text in left_out(file):
            yield line, text, f"a part that is left out on line {line}: {quote(text)}: write it out"
    for line, text, what in stand_ins(file):
        yield line, text, f"{what} on line {line}: {quote(text)}: write it out"
    for line, what in _stubs(file):
        yield line, lines[line - 1], f"{what}: write the body"
    if file.kind in ("markdown", "text", "html") and stem_of(file.path) not in _LEGAL:
        for line, text in blank_fields(file, task):
            yield line, text, f"a field of a form on line {line}: {quote(text)}: fill it in"
        yield from _in_prose(file)


def _stubs(file: File) -> Iterator[tuple[int, str]]:
    suffix = suffix_of(file.path)
    if suffix == ".py":
        yield from python_stubs(file)
    elif file.kind == "code" and suffix != ".pyi":
        yield from other_stubs(file)


def _in_prose(file: File) -> Iterator[tuple[int, str, str]]:
    if line := skeleton(file):
        yield line, file.lines[line - 1], "headings and nothing beneath them: write the sections"
    elif line := bare_heading(file):
        what = f"a heading on line {line} with nothing beneath it: write what belongs there"
        yield line, file.lines[line - 1], what
    if cut := breaks_off(file) or breaks_off_inside(file):
        line, words = cut
        yield (
            line,
            words,
            f"a text that breaks off on line {line}: {quote('… ' + words)}: finish the sentence",
        )
    if again := repeats(file):
        line, sentence, what = again
        yield line, sentence, f"{quote(sentence)} {what}"
