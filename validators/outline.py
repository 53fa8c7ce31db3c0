"""The headings of a text in any of the notations that people write, with what stands beneath."""

from __future__ import annotations

import re
from typing import NamedTuple

from evt.validators.kinds import suffix_of
from evt.validators.markdown import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.validators.file import File

_ADOC = re.compile(r"^(={1,6})\s+(\S.*?)(?:\s+=+)?$")
_UNDERLINE = re.compile(r"^([!-/:-@\[-`{-~])\1{2,}$")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_EMPTY_FENCE = re.compile(r"^ {0,3}(```+|~~~+)[^`\n]*\n\s*\1[`~]*[ \t]*$", re.MULTILINE)
_BLANK = re.compile(r"&(?:nbsp|#160|#xa0|zwnj|zwj|ensp|emsp);|<br ?/?>|[\u200b-\u200d\u2060\ufeff]")
_MARKS = " \t\n\u00a0-*_#>|"
_SAME = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-"}
_NUMBER = re.compile(
    r"^(?:(?:section|chapter|part|step|teil|kapitel|abschnitt)\s+)?"
    r"(?:\d+(?:\.\d+)*|[ivxlc]+(?=[.):])|[a-z](?=[.):]))\s*[.):\-\u2013—]*\s*", re.IGNORECASE
)  # fmt: skip


class Section(NamedTuple):
    """`line` from 1; `filled`: something a reader sees stands beneath, in it or in its parts."""

    line: int
    level: int
    text: str
    filled: bool


def sections(file: File) -> list[Section]:
    """The sections of a file, top to bottom."""
    suffix = suffix_of(file.path)
    if file.kind == "html":
        return _html(file)
    if suffix in (".adoc", ".asciidoc"):
        return _of(Page(_as_markdown(file.lines, adoc=True)))
    if suffix == ".rst":
        return _of(Page(_as_markdown(file.lines, adoc=False)))
    return _of(file.page)


def _of(page: Page) -> list[Section]:
    """What stands beneath: the lines up to the next heading, or those of filled parts."""
    headings = page.headings()
    ends = [heading.line for heading in headings[1:]] + [len(page.lines)]
    own = [
        _is_content("\n".join(page.lines[heading.end : end]))
        for heading, end in zip(headings, ends, strict=False)
    ]
    return _filled([(heading.line, heading.level, heading.text) for heading in headings], own)


def _is_content(text: str) -> bool:
    """Whether a reader sees something: no comment, empty fence, rule or blank entity."""
    text = _EMPTY_FENCE.sub("", _COMMENT.sub("", text))
    return bool(_BLANK.sub("", text).strip(_MARKS))


def _filled(headings: list[tuple[int, int, str]], own: list[bool]) -> list[Section]:
    """The sections of (line from 0, level, text); one is filled by its own text or by its parts."""
    found = []
    for at, (line, level, text) in enumerate(headings):
        filled = own[at]
        for inner in range(at + 1, len(headings)):
            if filled or headings[inner][1] <= level:
                break
            filled = own[inner]
        found.append(Section(line + 1, level, text, filled))
    return found


def _as_markdown(lines: list[str], adoc: bool) -> str:
    """The same lines with headings of AsciiDoc or reStructuredText written as Markdown does."""
    marks: list[str] = []
    out = list(lines)
    for at, line in enumerate(lines):
        if adoc:
            if found := _ADOC.match(line):
                out[at] = f"{'#' * len(found[1])} {found[2]}"
        elif at and _UNDERLINE.match(line) and lines[at - 1].strip():
            title = lines[at - 1]
            if len(line) >= len(title.rstrip()) and not _UNDERLINE.match(title):
                if line[0] not in marks:
                    marks.append(line[0])
                out[at - 1] = f"{'#' * min(6, marks.index(line[0]) + 1)} {title.strip()}"
                out[at] = ""
                if at > 1 and lines[at - 2] == line:
                    out[at - 2] = ""
    return "\n".join(out)


def _html(file: File) -> list[Section]:
    return _filled(file.html.headings, [_is_content(text) for text in file.html.beneath])


def plain(heading: str) -> str:
    """A heading as it is compared: case, numbering, marks around it and a trailing colon ignored.

    >>> plain("2.1) Getting  *Started*:")
    'getting started'
    """
    text = heading.translate(_SAME)
    if text.endswith("}"):
        text = text.partition(" {#")[0]  # an anchor that the heading names itself
    text = " ".join(text.replace("*", "").replace("`", "").replace("_", " ").split())
    text = text.rstrip(" :\uff1a.#").casefold()
    text = re.sub(r"^[^\w]+(?=\w)", "", text)
    return _NUMBER.sub("", text, count=1) or text
