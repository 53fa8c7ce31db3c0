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
    if not headings:
        return []
    ends = [heading.line for heading in headings[1:]] + [len(page.lines)]
    own = [
        bool(_COMMENT.sub("", "\n".join(page.lines[heading.end : end])).strip(" \t\n-*_#>|"))
        for heading, end in zip(headings, ends, strict=True)
    ]
    found = []
    for at, heading in enumerate(headings):
        filled = own[at]
        for inner in range(at + 1, len(headings)):
            if headings[inner].level <= heading.level:
                break
            filled = filled or own[inner]
        found.append(Section(heading.line + 1, heading.level, heading.text, filled))
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
    from evt.validators.html import visible_text

    headings = file.html.headings
    lines, found = file.lines, []
    for at, (line, level, text) in enumerate(headings):
        end = len(lines)
        for other, deeper, _ in headings[at + 1 :]:
            if deeper <= level:
                end = other
                break
        beneath = " ".join(visible_text("\n".join(lines[line:end])).split())
        found.append(Section(line + 1, level, text, len(beneath) > len(text)))
    return found


def plain(heading: str) -> str:
    """A heading as it is compared: case, numbering, marks around it and a trailing colon ignored.

    >>> plain("2.1) Getting  *Started*:")
    'getting started'
    """
    text = " ".join(heading.replace("*", "").replace("`", "").replace("_", " ").split())
    text = text.rstrip(" :\uff1a.#").casefold()
    text = re.sub(r"^[^\w]+(?=\w)", "", text)
    return _NUMBER.sub("", text, count=1) or text
