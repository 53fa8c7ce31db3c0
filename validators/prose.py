"""Prose that breaks off: in the middle of a sentence, a list, a table, or behind a heading.

Judged is how a text ends, and how each of its sections does. That a sentence has no full stop is no
proof: poems, signatures and notes have none. It counts when the rest of the text has them, or when
the last word or mark cannot end a sentence.
"""

from __future__ import annotations

import re
import unicodedata

from evt.validators.words import (
    MAY_BE_LAST,
    MAY_END_VERSE,
    NEVER_LAST,
    NEVER_LAST_OF_ITEM,
    OPENERS,
    RARELY_LAST,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.validators.file import File

_OPEN_MARKS = ",-—(&/+;:，、،；：؛"  # noqa: RUF001  commas, colons of other scripts
_COMMAS = ",，、،"  # noqa: RUF001  the same
# At the end of a text these announce what is not there.
_BEFORE_MORE = re.compile(
    r"(?:\b(?:e\.g|i\.e|z\. ?B|d\. ?h|p\. ?ex)\.|"
    r"\b(?:and|or|but|the|a|an|of|to|with|for|because|which|und|oder|aber|et|ou|mais|y|pero) ?"
    r"(?:\.\.\.|…))$"
)
_WORDS_BEFORE = {";": 2}  # words that must stand before an open mark, else four
_ANNOUNCES = re.compile(r"\b(?:follow\w*|below|these|steps)\b[^.\n]*$", re.IGNORECASE)
_BARE_MARK = re.compile(r"(?:[-*+•]|\d{1,3}[.)])$")
_DELIMITER = re.compile(r"\|?[ :|-]*-[ :|-]*$")
_ROWS_MAX = 2000
LINK_MAX = 300  # characters in which the link that a text ends with begins
STOP = re.compile(
    r"[.!?…。！？؟۔।॥։።](?:[\"'”’»)\]*_`]*)(?:\s+|$)|[。！？]"  # noqa: RUF001  full stops
)
SIGNED = re.compile(
    r"^\W*(?:—|--|©|copyright|licen[sc]ed?|last (?:updated|modified|reviewed)|updated|signed|"
    r"generated|version|authors?|maintain|contact|(?-i:By [A-Z])|made with|built with|written by|"
    r"happy|see\b|source|thanks|thank you|best|kind regards|regards|sincerely|cheers|yours|stand:|"
    r"autor|mit freundlichen|viele grüße|tel|phone|e-?mail|created|published|posted|powered|ps\b|"
    r"note:|tags?:|keywords?:|status:|date:|revision)",
    re.IGNORECASE,
)
ENDS_LINKED = re.compile(
    r"(?:\]\([^)]*\)|\]\[[^\]]*\]|https?://\S+|www\.\S+|\S+@\S+\.\w+|`)[*_]*\s*$"
)
_SPOKEN = re.compile(r"^\W*(?:\[?\d{1,2}:\d\d|[A-Z][\w .'-]{0,24}(?:\([^)]*\))?:\s)")
_NO_STOPS = re.compile(r"[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff]")  # Thai to Khmer
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")  # there a semicolon is a question mark
_CODE = re.compile(r"[(){}=<>]|::")
_OPTION = re.compile(r"\s--?[A-Za-z]")  # of a command
NOT_PROSE = re.compile(r"^(?:\s{4,}|\t|\s*(?:\.\.|[|+=:\[{<>#]|[-*•]\s|\d+[.)]\s))")


def breaks_off(file: File) -> tuple[int, str] | None:
    """(line from 1, the last words) if the text ends in the middle of something."""
    tail = file.text.rstrip()
    if not tail:
        return None
    if file.kind != "html":
        lines = file.lines
        last = tail.count("\n")
        if _is_bare_mark(lines, last) or _is_half_row(lines, last):
            return last + 1, lines[last].strip()[-60:]
    if not _could_break(tail):
        return None
    if file.kind == "html":
        return _cut_html(tail)
    blocks = _markdown(file) if file.kind == "markdown" else _plain(file)
    if not blocks or blocks[-1][1] == "":
        return None
    line, last_text, kind = blocks[-1]
    if _is_cut(last_text, kind, [text for _, text, other in blocks[:-1] if other == "paragraph"],
               [text for _, text, other in blocks[:-1] if other == "item"]):  # fmt: skip
        return line, " ".join(last_text.split()[-6:])
    return None


def _could_break(tail: str) -> bool:
    """A letter, a digit, a mark that something follows, or an abbreviation that does."""
    if unicodedata.category(tail[-1])[0] in "LMN" or tail[-1] in _OPEN_MARKS:
        return True
    return _BEFORE_MORE.search(tail[-40:]) is not None


def _is_bare_mark(lines: list[str], last: int) -> bool:
    """Whether the last line is the mark of a list item that was not written."""
    mark = lines[last].strip()
    if not _BARE_MARK.match(mark):
        return False
    before = next(
        (line.strip() for line in reversed(lines[max(0, last - 3) : last]) if line.strip()), ""
    )
    if mark[0].isdigit():
        return before[:1].isdigit() and before.lstrip("0123456789")[:1] in (".", ")")
    return before.startswith(mark + " ") or before == mark


def _is_half_row(lines: list[str], last: int) -> bool:
    """Whether the last line is a table row with fewer cells than the head, or an open cell."""
    row = lines[last].strip()
    if not row.startswith("|"):
        return False
    first = last
    while first > 0 and last - first < _ROWS_MAX and lines[first - 1].strip().startswith("|"):
        first -= 1
    head = lines[first].strip()
    if last - first < 2 or not _DELIMITER.match(lines[first + 1].strip()) or not head.endswith("|"):
        return False
    return not row.endswith("|") or _cells(row) < _cells(head)


def _cells(row: str) -> int:
    return row.count("|") - row.count("\\|")


def _cut_html(tail: str) -> tuple[int, str] | None:
    words = tail[tail.rfind(">") + 1 :].split()
    return (tail.count("\n") + 1, " ".join(words[-6:])) if len(words) > 2 else None


def _markdown(file: File) -> list[tuple[int, str, str]]:
    """(line from 1, text, paragraph or item) of paragraphs; a block of another kind is empty."""
    found: list[tuple[int, str, str]] = []
    tokens = file.page.tokens
    for at, token in enumerate(tokens):
        if token.type == "inline" and token.map:
            opened = tokens[at - 1]
            if opened.type == "paragraph_open":
                kind = "paragraph" if opened.level == 0 else "item"
                found.append((token.map[1], token.content, kind))
            else:
                found.append((token.map[1], "", "heading"))
        elif token.type in ("fence", "code_block", "html_block", "hr", "table_close"):
            found.append(((token.map or [0, 0])[1], "", token.type))
    return found


def _plain(file: File) -> list[tuple[int, str, str]]:
    """The same of a text without marks: paragraphs are parted by empty lines."""
    found: list[tuple[int, str, str]] = []
    line = 1
    for block in re.split(r"\n[ \t]*\n", file.text.rstrip()):
        line += block.count("\n")
        text = "" if NOT_PROSE.match(block.lstrip("\n")) else block.strip()
        found.append((line, text, "paragraph"))
        line += 2
    return found


def _is_cut(last: str, kind: str, others: list[str], items: list[str]) -> bool:
    words = last.split()
    if (
        not words
        or is_numbers(words)
        or last.startswith("[^")
        or " --" in last
        or ENDS_LINKED.search(last[-LINK_MAX:])
        or _NO_STOPS.search(last[-40:])
    ):
        return False
    if (open_mark := _ends_open(last, words, kind, items)) is not None:
        return open_mark
    if CJK.search(last[-1]):
        return _cut_cjk(last)
    final = words[-1].strip("*_\"'“”()[]").casefold()
    rest = STOP.split(last)[-1].split()
    if final in MAY_END_VERSE and is_verse(last):
        return False
    alone = final not in MAY_BE_LAST or len(words) > 12
    if final in NEVER_LAST and alone and (len(words) >= 4 or len(words) > len(rest)):
        return True
    if final in NEVER_LAST_OF_ITEM and len(words) >= 3 and kind == "item":
        return True
    if final in RARELY_LAST and kind == "item" and len(words) >= 4:
        return len(items) >= 2 and all(ends_well(item) for item in items[-4:])
    if final in RARELY_LAST and len(words) >= 8 and kind == "paragraph" and not is_verse(last):
        return True
    if kind != "paragraph" or is_verse(last) or is_spoken([*others, last]):
        return False
    if last.rstrip()[-1] in "(&":
        return len(words) >= 4
    return _lacks_its_stop(last, words, rest, others)


def _ends_open(last: str, words: list[str], kind: str, items: list[str]) -> bool | None:
    """Whether a text that ends in a comma, a colon or the like breaks off; None without one."""
    bare = last.rstrip("*_\"'”\u2019)] ")
    if _BEFORE_MORE.search(bare[-40:]):
        return len(words) >= 4
    mark = bare[-1:]
    if mark in "，、；：":  # noqa: RUF001  written without spaces
        return len(last) >= 6
    if mark == "" or mark not in _COMMAS + ";:؛":
        return None
    if mark == ":" and ":" in bare.split()[-1][:-1]:
        return False  # the short name of a picture, as :tada:
    if mark == ":" and len(words) >= 3 and _ANNOUNCES.search(last[-80:]):
        return kind != "item"
    if len(words) < _WORDS_BEFORE.get(mark, 4) or SIGNED.match(last):
        return False
    if mark in _COMMAS + ";؛" and kind == "item":
        return sum(item.rstrip()[-1:] == mark for item in items[-2:]) < 2  # a style of lists
    if mark == ":":
        return kind != "item" and sum(line.rstrip().endswith(":") for line in last.split("\n")) < 2
    if mark == ";":
        return bare[-2:-1].isalpha() and not _CODE.search(last) and not _GREEK.search(bare[-6:])
    return not (is_verse(last) and mark == "," and last.count("\n") < 2)


def _lacks_its_stop(last: str, words: list[str], rest: list[str], others: list[str]) -> bool:
    if not rest or SIGNED.match(" ".join(rest)) or _OPTION.search(last[last.rfind("\n") + 1 :]):
        return False
    opener = rest[0].strip("*_\"'").casefold() in OPENERS
    if len(rest) < len(words):  # a sentence before it ended well
        asked = words[len(words) - len(rest) - 1][-1:] in "?!" and len(rest) <= 6
        return (len(rest) >= 3 or opener) and not asked and not _ends_in_number(words[-1], rest)
    if _ends_in_number(words[-1], words):
        return False
    stopped = [ends_well(text) for text in others if len(text.split()) >= 5]
    if not stopped:
        return len(words) >= (18 if opener else 20)
    if sum(stopped) < (0.6 if len(words) >= 20 else 0.7) * len(stopped):
        return False
    return len(words) >= (4 if opener else 6)


def ends_well(text: str) -> bool:
    """Whether a paragraph ends as those of a text with full stops do."""
    return STOP.search(text.rstrip()[-3:]) is not None or text.rstrip().endswith(
        (":", ")", "`", ">")
    )


def _ends_in_number(word: str, sentence: list[str]) -> bool:
    """A year, or a short line such as "Version 1.2"."""
    return word[-1].isdigit() and (
        len(sentence) < 8 or re.search(r"(?:19|20)\d\d$", word) is not None
    )


def is_numbers(words: list[str]) -> bool:
    """Whether most of the words are none."""
    return sum(word.strip("*_(\"'“„«¿¡")[:1].isalpha() for word in words) < 0.6 * len(words)


def _cut_cjk(last: str) -> bool:
    """Chinese and Japanese: full stops are used before, and the last sentence has none."""
    parts = re.split(r"[。！？]", last)  # noqa: RUF001  full stops of other scripts
    return len(parts) > 1 and len(parts[-1].strip()) >= 6


def is_verse(text: str) -> bool:
    """Several short lines: a poem, an address, a list without marks."""
    lines = [len(line.split()) for line in text.split("\n") if line.strip()]
    if len(lines) < 3:
        return len(lines) == 2 and max(lines) < 7
    stops = len(re.findall(r"\w[.!?] \w", text))
    return sum(lines[:-1]) / (len(lines) - 1) < 8 and stops * 5 < len(lines)


def is_spoken(texts: list[str]) -> bool:
    """Whether lines begin with who says them, or when."""
    lines = [line for text in texts[-20:] for line in text.split("\n") if line.strip()]
    return sum(bool(_SPOKEN.match(line)) for line in lines) >= max(3, len(lines) / 3)
