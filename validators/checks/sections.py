"""The parts that a document must have, each with something in it.

Parameters: `names` (required), `ordered` (false), `paths`. A section is a heading that a reader
sees as one (ATX, setext, HTML, AsciiDoc, reStructuredText; not in code). Case, numbering and a
trailing colon are ignored; text, a list, code or a filled part must stand beneath. Cannot see
whether what stands there is about its heading.
"""

from __future__ import annotations

from evt.validators.outline import plain, sections
from evt.validators.result import failed, passed, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.file import File
    from evt.validators.result import Finding
    from evt.validators.work import Work

_SHOWN = 8


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each section that is missing, empty or out of order."""
    for file in work.files(asked):
        problems = list(_of_file(file, asked["names"], asked.get("ordered", False)))
        yield from problems or [passed(f"{file.path} has {', '.join(asked['names'])}", file.path)]


def _of_file(file: File, names: list[str], ordered: bool) -> Iterator[Finding]:
    found = sections(file)
    places = []
    for name in names:
        same = [section for section in found if plain(section.text) == plain(name)]
        if not same:
            yield failed(_missing(file, name, [section.text for section in found]), file.path)
        elif not any(section.filled for section in same):
            yield failed(
                f"{file.path}: nothing stands beneath the heading {quote(name)}: write it",
                file.path, same[0].line,
            )  # fmt: skip
        else:
            places.append((next(s.line for s in same if s.filled), name))
    if ordered and places != sorted(places):
        yield failed(
            f"{file.path}: the sections are asked for in the order {', '.join(names)}", file.path
        )


def _missing(file: File, name: str, there: list[str]) -> str:
    if any(plain(line.strip("# =*")) == plain(name) for line in file.lines):
        return (
            f"{file.path} has {quote(name)} as text but not as a heading (code does not count): "
            f"write `## {name}`"
        )
    seen = ", ".join(quote(text) for text in there[:_SHOWN]) or "none"
    return f"{file.path} has no heading {quote(name)} (there: {seen}): add `## {name}`"
