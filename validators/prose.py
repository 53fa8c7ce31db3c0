"""Prose that breaks off, and prose that says one thing over and over.

Judged is the last paragraph of a text, not lists, tables, code, headings or data. That a sentence
has no full stop is no proof: poems, signatures and notes have none. It counts when the rest of the
text has them, or when the last word cannot end a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from evt.validators.words import MAY_BE_LAST, NEVER_LAST, OPENERS, RARELY_LAST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.validators.file import File

REPEATS = 15
_SKELETON_BYTES = 2000
_LINK_MAX = 300  # characters in which the link that a text ends with begins
_STOP = re.compile(
    r"[.!?…。！？؟۔।॥։።](?:[\"'”’»)\]*_`]*)(?:\s+|$)|[。！？]"  # noqa: RUF001  full stops
)
_SIGNED = re.compile(
    r"^\W*(?:—|--|©|copyright|licen[sc]ed?|last (?:updated|modified|reviewed)|updated|signed|"
    r"generated|version|authors?|maintain|contact|(?-i:By [A-Z])|made with|built with|written by|"
    r"happy|see\b|source|thanks|thank you|best|kind regards|regards|sincerely|cheers|yours|stand:|"
    r"autor|mit freundlichen|viele grüße|tel|phone|e-?mail|created|published|posted|powered|ps\b|"
    r"note:|tags?:|keywords?:|status:|date:|revision)",
    re.IGNORECASE,
)
_ENDS_LINKED = re.compile(
    r"(?:\]\([^)]*\)|\]\[[^\]]*\]|https?://\S+|www\.\S+|\S+@\S+\.\w+|`)[*_]*\s*$"
)
_SPOKEN = re.compile(r"^\W*(?:\[?\d{1,2}:\d\d|[A-Z][\w .'-]{0,24}(?:\([^)]*\))?:\s)")
_NO_STOPS = re.compile(r"[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff]")  # Thai to Khmer
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NO_ITEM = ("|", "+", "<", "{", "=", "[", ">")
_NOT_PROSE = re.compile(r"^(?:\s{4,}|\t|\s*(?:\.\.|[|+=:\[{<>#]|[-*•]\s|\d+[.)]\s))")


def breaks_off(file: File) -> tuple[int, str] | None:
    """(line from 1, the last words) if the text ends in the middle of a sentence."""
    tail = file.text.rstrip()
    if not tail or not _could_break(tail[-1]):
        return None
    if file.kind == "html":
        return _cut_html(tail)
    blocks = _markdown(file) if file.kind == "markdown" else _plain(file)
    if not blocks or blocks[-1][1] == "":
        return None
    line, last, kind = blocks[-1]
    if _is_cut(last, kind, [text for _, text, other in blocks[:-1] if other == "paragraph"]):
        return line, " ".join(last.split()[-6:])
    return None


def _could_break(character: str) -> bool:
    """A letter, a digit, or a mark that something follows."""
    return unicodedata.category(character)[0] in "LMN" or character in ",-—(&/+"


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
        text = "" if _NOT_PROSE.match(block.lstrip("\n")) else block.strip()
        found.append((line, text, "paragraph"))
        line += 2
    return found


def _is_cut(last: str, kind: str, others: list[str]) -> bool:
    words = last.split()
    if (
        not words
        or _is_numbers(words)
        or last.startswith("[^")
        or " --" in last
        or _ENDS_LINKED.search(last[-_LINK_MAX:])
        or _NO_STOPS.search(last[-40:])
    ):
        return False
    if _CJK.search(last[-1]):
        return _cut_cjk(last)
    final = words[-1].strip("*_\"'“”()[]").casefold()
    rest = _STOP.split(last)[-1].split()
    alone = final not in MAY_BE_LAST or len(words) > 12
    if final in NEVER_LAST and alone and (len(words) >= 6 or len(words) > len(rest)):
        return True
    if final in RARELY_LAST and len(words) >= 8 and kind == "paragraph" and not _is_verse(last):
        return True
    if kind != "paragraph" or _is_verse(last) or _is_spoken([*others, last]):
        return False
    if last.rstrip()[-1] in ",(&":
        return len(words) >= 4
    return _lacks_its_stop(last, words, rest, others)


def _lacks_its_stop(last: str, words: list[str], rest: list[str], others: list[str]) -> bool:
    if not rest or _SIGNED.match(" ".join(rest)):
        return False
    opener = rest[0].strip("*_\"'").casefold() in OPENERS
    if len(rest) < len(words):  # a sentence before it ended well
        asked = words[len(words) - len(rest) - 1][-1:] in "?!" and len(rest) <= 6
        return (len(rest) >= 3 or opener) and not asked and not _ends_in_number(words[-1], rest)
    if _ends_in_number(words[-1], words):
        return False
    stopped = [_ends_well(text) for text in others if len(text.split()) >= 5]
    if not stopped:
        return len(words) >= (18 if opener else 20)
    if sum(stopped) < (0.6 if len(words) >= 20 else 0.7) * len(stopped):
        return False
    return len(words) >= (4 if opener else 6)


def _ends_well(text: str) -> bool:
    """Whether a paragraph ends as those of a text with full stops do."""
    return _STOP.search(text.rstrip()[-3:]) is not None or text.rstrip().endswith(
        (":", ")", "`", ">")
    )


def _ends_in_number(word: str, sentence: list[str]) -> bool:
    """A year, or a short line such as "Version 1.2"."""
    return word[-1].isdigit() and (
        len(sentence) < 8 or re.search(r"(?:19|20)\d\d$", word) is not None
    )


def _is_numbers(words: list[str]) -> bool:
    return sum(word.strip("*_(\"'“„«¿¡")[:1].isalpha() for word in words) < 0.6 * len(words)


def _cut_cjk(last: str) -> bool:
    """Chinese and Japanese: full stops are used before, and the last sentence has none."""
    parts = re.split(r"[。！？]", last)  # noqa: RUF001  full stops of other scripts
    return len(parts) > 1 and len(parts[-1].strip()) >= 6


def _is_verse(text: str) -> bool:
    """Several short lines: a poem, an address, a list without marks."""
    lines = [len(line.split()) for line in text.split("\n") if line.strip()]
    if len(lines) < 3:
        return len(lines) == 2 and max(lines) < 7
    stops = len(re.findall(r"\w[.!?] \w", text))
    return sum(lines[:-1]) / (len(lines) - 1) < 8 and stops * 5 < len(lines)


def _is_spoken(texts: list[str]) -> bool:
    lines = [line for text in texts[-20:] for line in text.split("\n") if line.strip()]
    return sum(bool(_SPOKEN.match(line)) for line in lines) >= max(3, len(lines) / 3)


def skeleton(file: File) -> int | None:
    """The line from 1 of the first of three headings or more if nothing stands beneath any."""
    if file.kind != "markdown" or file.size > _SKELETON_BYTES:
        return None
    kinds = [token.type for token in file.page.tokens]
    headings = kinds.count("heading_open")
    bare = headings >= 3 and kinds.count("inline") == headings and len(kinds) == 3 * headings
    return file.page.headings()[0].line + 1 if bare else None


def repeats(file: File) -> tuple[int, str, int] | None:
    """(line from 1, sentence, how often) of one that is there 15 times or more, or of padding.

    In a long text the sentence must also be a tenth of all, in lists a third: references say the
    same of many things.
    """
    if _repeats(file, set()) is None:
        return None
    return _repeats(file, file.code_lines)  # only now is it worth to find out what is code


def _repeats(file: File, code_lines: set[int]) -> tuple[int, str, int] | None:
    said: list[tuple[str, int, bool]] = []
    words: Counter[str] = Counter()
    for line, text, listed in _units(file, code_lines):
        for sentence in _STOP.split(text):
            plain = " ".join(sentence.split()).casefold().strip(" *_-\"'")
            if " " in plain or _is_sentence(plain):
                said.append((plain, line, listed))
            words.update(plain.split())
    counts = Counter(plain for plain, _, _ in said)
    for plain, often in counts.most_common(3):
        line, listed = next((at, in_list) for other, at, in_list in said if other == plain)
        enough = max(REPEATS, len(said) / (3 if listed else 10))
        padded = len(said) >= 20 and len(said) >= 3 * len(counts) >= 6
        if padded or (often >= enough and _is_sentence(plain)):
            return line, plain, often
    return _one_word(words)


def _one_word(words: Counter[str]) -> tuple[int, str, int] | None:
    """A text that is mostly one word, or a handful of words in turn."""
    total = sum(words.values())
    if total >= 50:
        word, often = words.most_common(1)[0]
        few = 100 <= total < 5000 and len(words) < total * 0.06
        if word.isalpha() and (often > total * 0.6 or few):
            return 1, word, often
    return None


def _is_sentence(plain: str) -> bool:
    """Long enough to be a sentence and not a phrase such as "not supported"."""
    return plain.count(" ") >= 2 or (len(plain) >= 6 and _CJK.search(plain) is not None)


def _units(file: File, code_lines: set[int]) -> Iterator[tuple[int, str, bool]]:
    """(line from 1, text, in a list) of paragraphs and items; not of tables, code, comments."""
    text = file.text
    if file.kind == "html":
        text = file.html.text
    elif "<!--" in text:
        text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    begun, parts = 1, list[str]()
    for number, line in enumerate(text.split("\n")):
        bare = line.strip()
        listed = bool(_NOT_PROSE.match(line))
        if bare and not listed and number not in code_lines:
            begun = begun if parts else number + 1
            parts.append(bare)
            continue
        if parts:
            yield begun, " ".join(parts), False
            parts = []
        if listed and number not in code_lines and not bare.startswith(_NO_ITEM):
            yield number + 1, bare.lstrip("-*•#0123456789.) "), True
    if parts:
        yield begun, " ".join(parts), False
