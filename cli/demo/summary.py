"""Summaries by extraction: the sentences that carry the words of the text, in their order."""

from __future__ import annotations

import re
from collections import Counter

LEAST, MOST, AIM = 100, 200, 150  # words
_FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_NOT_PROSE = re.compile(r"^\s*(#|\||[-*+] |\d+\. |>|<|\[[^\]]+\]:)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*])")
_WORD = re.compile(r"[A-Za-z]{4,}")


def sentences(markdown: str) -> list[str]:
    """The whole sentences of the paragraphs; code, headings, lists and tables are left out."""
    found = []
    for block in re.split(r"\n\s*\n", _FENCE.sub("", markdown)):
        if block.strip() and not _NOT_PROSE.match(block):
            text = " ".join(_LINK.sub(r"\1", block).split())
            found += [one for one in _END.split(text) if one.endswith((".", "!", "?"))]
    return list(dict.fromkeys(found))


def summary(markdown: str) -> str | None:
    """100 to 200 words, None if the text has too little prose for that."""
    found = sentences(markdown)
    common = Counter(word.lower() for one in found for word in _WORD.findall(one))
    weight = {
        one: sum(common[word.lower()] for word in _WORD.findall(one)) / (8 + len(one.split()))
        for one in found
    }
    chosen: set[str] = set()
    words = 0
    for one in sorted(found, key=lambda one: -weight[one]):
        size = len(one.split())
        if words < AIM and words + size <= MOST - 10:
            chosen.add(one)
            words += size
    if words < LEAST + 5:
        return None
    return "\n".join(one for one in found if one in chosen)
