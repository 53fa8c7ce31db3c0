"""What stands in a document in place of a part that was not written.

A section that holds one short paragraph of nothing but the words with which work is put off, and
those of its own heading ("Fees go here"); a paragraph which says that other parts are as they
were. Judged by the words, not by the phrase, and only where nothing else stands beneath a heading.
"""

from __future__ import annotations

import re

from evt.validators.words import (
    PUT_OFF,
    PUT_OFF_AROUND,
    PUT_OFF_DONE,
    PUT_OFF_FUTURE,
    STATES_OF_WORK,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

    from evt.validators.file import File

_WORDS_MAX = 12
_WORD = re.compile(r"[a-z]+(?:['’.-][a-z]+)*\.?", re.IGNORECASE)  # noqa: RUF001  apostrophe
_OPENS = re.compile(r"^[*_]{0,2}[\[{<(]", re.MULTILINE)  # a line that begins with a bracket
_LEFT = ("unchanged", "same", "identical", "omitted", "changed", " as ")
_BLANK = re.compile(r"\n[ \t]*\r?\n")
_SHORT = 100_000  # characters of a page that is looked at
_BRACKETED = re.compile(r"^[*_]{0,2}([\[{<])(?!\^)[^\[\]{}<>\n]{2,120}[\]}>][*_.]{0,3}$")
_ORDERS = re.compile(
    r"^\W*(?:list|explain|summari[sz]e|describe|outline|specify|provide|insert|add|write|include|"
    r"screenshot|diagram|image|picture|figure|chart|table|graph|details?|content|text|link|"
    r"placeholder)\b|^\W*(?:[\w-]+ ){0,3}(?:table|chart|diagram|graph|figure|screenshot|image)\W*$",
    re.IGNORECASE,
)
_PART = (
    r"(?:sections?|chapters?|parts?|documents?|contents?|text|file|pages?|paragraphs?|guide|"
    r"article|report|proposal|essay|story)"
)
_AS_IT_WAS = re.compile(
    rf"(?:the |all )*(?:rest|remainder|remaining|other|others|existing|previous|following)\b"
    rf"[^.!?]{{0,30}}\b{_PART}\b[^.!?]{{0,20}}\b(?:unchanged|(?:the )?same|identical|omitted|"
    r"as (?:before|above|is)|as in (?:the|my|version)|as (?:it|they) (?:is|are|was|were)|"
    r"not (?:been )?changed)\b"
    r"[^.!?]{0,40}[.!]?$",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"^[*_]{0,2}[(\[](?:\W*(?:un(?:changed|modified)|same|as|before|above|the|rest|remaining|"
    r"previous|existing|original|version|continues?|see|for|in|from|is|stays?|remains?|text|"
    r"content|sections?|part|middle|cut|omitted|keep|of))+\W*[)\]][*_.]{0,3}$",
    re.IGNORECASE,
)
# Brackets that end so name what is left out: "[Results and Costs unchanged]".
_ENDS_AS_IT_WAS = re.compile(
    r"^[*_]{0,2}\[[^\[\]]{2,80}\b(?:unchanged|omitted|as before|as above|the same|truncated)\W*\]"
    r"[*_.]{0,3}$",
    re.IGNORECASE,
)
_ASIDE_SAYS = re.compile(
    r"unchanged|unmodified|\bsame as|continues?|the rest|rest of|omitted|\bcut\b|keep|existing",
    re.IGNORECASE,
)


def stand_ins(file: File) -> Iterator[tuple[int, str, str]]:
    """(line from 1, the paragraph, what it is) of each stand-in of a Markdown page."""
    if file.kind != "markdown" or len(file.text) > _SHORT or not _may_be(file.text):
        return
    tokens = file.page.tokens
    for at, token in enumerate(tokens):
        if token.type != "paragraph_open" or token.level or not token.map:
            continue
        text = tokens[at + 1].content.strip()
        if text.count(" ") >= 2 * _WORDS_MAX:
            continue
        alone = at > 0 and tokens[at - 1].type == "heading_close" and _ends_section(tokens, at + 3)
        heading = tokens[at - 2].content if alone else ""
        line = token.map[0] + 1
        if alone and _puts_off(text, heading):
            yield line, text, "an announcement in place of content"
        elif alone and _is_order(text, heading):
            yield line, text, "a blank that is not filled in"
        elif (
            _ENDS_AS_IT_WAS.match(text)
            or _AS_IT_WAS.match(text.strip("*_([])"))
            or (_ASIDE.match(text) and _ASIDE_SAYS.search(text))
        ):
            yield line, text, "a part that is left out"


def _may_be(page: str) -> bool:
    """Whether a short block of lines could be one: to parse a whole page costs much more."""
    if not _has_words(page.lower()) and not _OPENS.search(page):
        return False
    for block in _BLANK.split(page):
        lines = [line.strip() for line in block.split("\n") if line[:1] != "#"]
        text = " ".join(lines).strip()
        short = text and text.count(" ") < 3 * _WORDS_MAX
        if short and any(map(_looks_like_one, (text, lines[-1]))):
            return True
    return False


def _has_words(page: str) -> bool:
    if any(word in page for word in (*PUT_OFF, *_LEFT, "to do")):
        return True
    return any(w in page for w in PUT_OFF_DONE) and any(w in page for w in PUT_OFF_FUTURE)


def _looks_like_one(text: str) -> bool:
    used = {word.casefold().rstrip(".") for word in _WORD.findall(text)}
    if used & PUT_OFF or (used & PUT_OFF_DONE and used & PUT_OFF_FUTURE) or {"to", "do"} <= used:
        return True
    if any(form.match(text) for form in (_BRACKETED, _ENDS_AS_IT_WAS, _ASIDE)):
        return True
    return _AS_IT_WAS.match(text.strip("*_([])")) is not None


def _ends_section(tokens: list[Token], at: int) -> bool:
    """Whether nothing but a heading of the same or a higher level follows."""
    return at >= len(tokens) or tokens[at].type == "heading_open"


def _puts_off(text: str, heading: str) -> bool:
    """Whether a paragraph has only words that put work off, and those of its heading."""
    words = [word.casefold().rstrip(".") for word in _WORD.findall(text)]
    own = {word.casefold().rstrip("s") for word in _WORD.findall(heading)}
    if not words or len(words) > _WORDS_MAX or not text.isascii() or STATES_OF_WORK & own:
        return False
    if any(mark in text for mark in ("`", "](", "://", "?", ":")) or re.search(r"\d", text):
        return False
    rest = [word for word in words if word.rstrip("s") not in own]
    if " ".join(words) == "to do":
        return True
    known = PUT_OFF | PUT_OFF_DONE | PUT_OFF_FUTURE | PUT_OFF_AROUND
    used = set(rest)
    future = used & PUT_OFF_DONE and used & PUT_OFF_FUTURE
    return bool(used & PUT_OFF or future) and used <= known


def _is_order(text: str, heading: str) -> bool:
    """Whether brackets tell the writer what to write, or repeat the heading."""
    bracketed = _BRACKETED.match(text)
    if not bracketed:
        return False
    inside = text.strip("*_.[]{}<> ")
    same = inside.casefold() == heading.strip().casefold() and bracketed[1] != "["
    return same or _ORDERS.match(inside) is not None
