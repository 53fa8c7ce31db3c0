"""Markdown as its reader sees it, by a CommonMark parser: headings, code, open fences, words.

Only blocks are parsed; what stands inside a line is parsed where it is asked for, because that is
the expensive half. Front matter is blanked, so that line numbers stay.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

if TYPE_CHECKING:
    from markdown_it.ruler import RuleOptionsType
    from markdown_it.rules_block import StateBlock

_INLINE_MAX = 20_000  # characters
_LOOKS_PER_LINE, _LOOKS_FREE = 10, 5_000
_FENCES = ("---", "+++")


class Heading(NamedTuple):
    """`line` counts from 0; `level` from 1; `text` is without marks."""

    line: int
    level: int
    text: str
    end: int


class _Tangled(Exception):
    """Blocks that would take the parser quadratic time, as thousands of open quotes do."""


def _counting(state: StateBlock, _first: int, _last: int, _silent: bool) -> bool:
    """A block rule that never applies and counts how often the parser looks at a line."""
    state.env["looks"] = looks = state.env.get("looks", 0) + 1
    if looks > _LOOKS_PER_LINE * len(state.bMarks) + _LOOKS_FREE:
        raise _Tangled
    return False


@cache
def _blocks() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    everywhere: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("table", "counting", _counting, everywhere)
    return parser


@cache
def _inline() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


class Page:
    """The blocks of one text, top to bottom; if it is `tangled`, all of it is one paragraph."""

    def __init__(self, text: str) -> None:
        self.lines = without_front_matter(text.split("\n"))
        self._env: dict[str, object] = {}
        self.tangled = False
        try:
            self.tokens: list[Token] = _blocks().parse("\n".join(self.lines), self._env)
        except _Tangled:
            self.tangled, self.tokens = True, _one_paragraph(self.lines)

    def code_lines(self) -> set[int]:
        """The numbers from 0 of all lines inside fences and indented code."""
        found: set[int] = set()
        for token in self.tokens:
            if token.type in ("fence", "code_block") and token.map:
                found.update(range(*token.map))
        return found

    def open_fence(self) -> int | None:
        """The line from 0 of a fence that nothing closes, if there is one."""
        for token in self.tokens:
            if token.type == "fence" and token.map:
                first, end = token.map
                last = self.lines[end - 1].strip(" \t>") if end - 1 > first else ""
                if not (last.startswith(token.markup) and not last.strip(token.markup[0])):
                    return first
        return None

    def headings(self) -> list[Heading]:
        """ATX and setext headings that a reader sees as such."""
        found = []
        for at, token in enumerate(self.tokens):
            if token.type == "heading_open" and token.map:
                text = self.visible(self.tokens[at + 1])
                found.append(Heading(token.map[0], int(token.tag[1]), text, token.map[1]))
        return found

    def inline(self, token: Token) -> list[Token]:
        """The parsed inside of an inline token, links resolved with the page's references.

        What is too long to be written by hand is taken as it stands.
        """
        if len(token.content) > _INLINE_MAX:
            return [Token("text", "", 0, content=token.content)]
        parsed = _inline().parseInline(token.content, dict(self._env))
        return parsed[0].children or [] if parsed else []

    def visible(self, token: Token) -> str:
        """What a reader sees of an inline token."""
        return "".join(_shown(child) for child in self.inline(token))

    def visible_text(self) -> str:
        """What a reader sees of the page: no marks, link targets, comments or front matter."""
        parts = []
        for token in self.tokens:
            if token.type == "inline":
                parts.append(self.visible(token))
            elif token.type in ("fence", "code_block"):
                parts.append(token.content)
            elif token.type == "html_block":
                from evt.validators.html import visible_text

                parts.append(visible_text(token.content))
        return "\n".join(parts)


def _shown(token: Token) -> str:
    if token.type in ("text", "code_inline"):
        return token.content
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "image":
        return "".join(_shown(child) for child in token.children or [])
    return ""


def _one_paragraph(lines: list[str]) -> list[Token]:
    whole = Token("inline", "", 0, content="\n".join(lines), map=[0, len(lines)], level=1)
    return [Token("paragraph_open", "p", 1), whole, Token("paragraph_close", "p", -1)]


def without_front_matter(lines: list[str]) -> list[str]:
    """The lines, those of a YAML or TOML front matter blank."""
    if lines and lines[0].rstrip() in _FENCES:
        mark = lines[0].rstrip()
        for at in range(1, len(lines)):
            if lines[at].rstrip() == mark:
                if any(line.strip() for line in lines[1:at]):
                    return [""] * (at + 1) + lines[at + 1 :]
                break
    return lines
