"""Does a text only say again what the task says?

Sentence by sentence: one that consists of the words of a sentence of the task, give or take words
like "done" and "criterion", is an echo, and so are two clauses or more of one that strings such
sentences together. A text is one when echoes are most of it. A short text that
the task quotes ("the file says Hello") is what was asked for, so one echo alone must be long.
"""

from __future__ import annotations

import re
from itertools import chain

from evt.validators.words import TICKED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.file import File

_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|\n|\s\|\s|(?<=[。！？])")  # noqa: RUF001  full stops
_CLAUSE = re.compile(r"[,;:，；、]\s*|\s(?:and|und|et|y)\s")  # noqa: RUF001  commas
_CJK = r"\u3040-\u30ff\u3400-\u9fff"  # written without spaces: each character is a word
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:['’-][^\W_{_CJK}]+)*")  # noqa: RUF001  apostrophe
_BEGINS = re.compile(r"[-*+•|#>]|\d+[.)]\s|```|<!--")
_QUOTED = re.compile(r"\"[^\"\n]*\"|`[^`\n]*`|“[^”\n]*”|«[^»\n]*»")
_SHARE, _ECHO_WORDS, _SINGLE_WORDS, _OVERLAP = 0.6, 8, 9, 0.75
_TASK_WORDS = 3
_TIMES, _AT_LEAST_BYTES = 8, 2000


def echo_of(task: dict[str, Any], file: File) -> int | None:
    """The line from 1 of the first echo, if echoes are most of the file; else None."""
    texts = list(_texts(task))
    if file.size > _TIMES * sum(map(len, texts)) + _AT_LEAST_BYTES:
        return None  # too long to consist of what the task says
    said = [set(chain(*clauses)) for text in texts for clauses in _sentences(text)]
    total, echoes, first, quoted = 0, 0, None, 0
    for number, text in _units(file.lines):
        for clauses in _sentences(text):
            total += sum(map(len, clauses))
            parts = _echoes_in(clauses, said)
            if parts:
                echoes += sum(map(len, parts))
                quoted += len(parts)
                first = first or number
    enough = echoes >= (_ECHO_WORDS if quoted > 1 else _SINGLE_WORDS)
    return first if enough and echoes >= _SHARE * total else None


def _units(lines: list[str]) -> Iterator[tuple[int, str]]:
    """(line from 1, text) of paragraphs, list items and table rows; headings are left out."""
    begun, parts = 1, list[str]()
    for number, line in enumerate([*lines, ""], 1):
        bare = line.strip()
        if parts and (not bare or _BEGINS.match(bare)):
            yield begun, " ".join(parts)
            parts = []
        if bare and not bare.startswith(("#", "```", "<!--")):
            begun = begun if parts else number
            parts.append(bare)


def _texts(task: dict[str, Any]) -> Iterator[str]:
    yield task.get("description", "")
    yield from task.get("context", {}).get("requirements", ())
    yield from task.get("acceptance", {}).get("criteria", ())


def _sentences(text: str) -> Iterator[list[list[str]]]:
    """The content words of each clause of each sentence, lower case.

    Without what is quoted or ticked off.
    """
    for sentence in _SENTENCE.split(_QUOTED.sub(" ", text)):
        clauses = []
        for clause in _CLAUSE.split(sentence):
            words = [word.casefold() for word in _WORD.findall(clause)]
            clauses.append([_stem(word) for word in words if word not in TICKED])
        if any(clauses):
            yield [clause for clause in clauses if clause]


def _echoes_in(clauses: list[list[str]], said: list[set[str]]) -> list[list[str]]:
    """The whole sentence if it is an echo, else those of its clauses that are, if two or more."""
    whole = list(chain(*clauses))
    if any(_is_echo(set(whole), other) for other in said):
        return [whole]
    parts = [one for one in clauses if any(_is_echo(set(one), other) for other in said)]
    return parts if len(parts) >= 2 else []


def _stem(word: str) -> str:
    """`describes` and `describe` are one word."""
    return word.rstrip("s")[:5]


def _is_echo(mine: set[str], theirs: set[str]) -> bool:
    """Whether almost all words are those of one sentence of the task, and most of that are here."""
    if len(theirs) < _TASK_WORDS or len(mine) < _TASK_WORDS:
        return False
    common = len(mine & theirs)
    return common >= _OVERLAP * len(mine) and common >= _OVERLAP * 0.8 * len(theirs)
