"""Documents that are still the form from which they should have been made.

Fields of a mail merge such as `{{name}}`, and sections that hold nothing but a question in
brackets. Both are what a template consists of, so nothing is said where the file, its text or the
task speaks of one.
"""

from __future__ import annotations

import re

from evt.validators.kinds import suffix_of
from evt.validators.later import Later
from evt.validators.quoted import unquoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.file import File

_FIELD = Later(r"(?<![{$\\])\{\{ ?[A-Za-z]\w* ?\}\}(?!\})")
_FIELDS_LEAST = 2
_ON_PURPOSE = Later(
    r"templat|placeholder|variable|mustache|handlebars|jinja|liquid|merge field|mail merge|"
    r"cookiecutter|boilerplate|skeleton|interpolat|substitut|\bforms?\b|\bvue\b|angular",
    re.IGNORECASE,
)
_QUESTION = Later(r"^[*_]{0,2}\[[^\[\]\n]*\w \w[^\[\]\n]*\]\.?[*_]{0,2}$")
_LONG = 100_000  # characters; a form is shorter


def blank_fields(file: File, task: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """(line from 1, that line) of each field and each question that nobody replaced."""
    text = file.text
    brackets = file.kind == "markdown" and "\n[" in text.replace("\n*", "\n").replace("\n_", "\n")
    if len(text) > _LONG or not ("{{" in text or brackets):
        return
    if "{%" in text or text.startswith(("---\n", "+++\n")) or _is_template(file, task):
        return
    found = list(_merged(file))
    yield from found if len(found) >= _FIELDS_LEAST else ()
    if brackets:
        yield from _asked(file)


def _is_template(file: File, task: dict[str, Any]) -> bool:
    words = [file.path, file.text, task.get("description", "")]
    words += task.get("context", {}).get("requirements", ())
    words += task.get("acceptance", {}).get("criteria", ())
    return any(_ON_PURPOSE.search(text) for text in words)


def _merged(file: File) -> Iterator[tuple[int, str]]:
    """Lines of prose with a field; in HTML they are how a page is made."""
    if file.kind == "html" or suffix_of(file.path) == ".mdx":
        return
    for number in file.lines_with(("{{",)):
        line = file.lines[number]
        if number not in file.code_lines and _FIELD.search(unquoted(file, line)):
            yield number + 1, line


def _asked(file: File) -> Iterator[tuple[int, str]]:
    """Sections of nothing but a text in brackets: two of them, or one that is a question."""
    tokens, found = file.page.tokens, []
    for at, token in enumerate(tokens[:-4]):
        behind = tokens[at + 1 : at + 5]
        if token.type != "heading_close" or behind[0].type != "paragraph_open":
            continue
        alone = len(behind) < 4 or behind[3].type == "heading_open"
        if alone and behind[1].map and _QUESTION.search(behind[1].content):
            found.append((behind[1].map[0] + 1, behind[1].content))
    if len(found) >= 2 or any("?]" in text for _, text in found):
        yield from found
