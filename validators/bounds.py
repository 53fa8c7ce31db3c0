"""How long a text may be, in any order of the usual words: "keep it under 60 words".

Every word of the sentence must be known: a number, a unit, a comparison, a kind of document, or one
that adds nothing. So "each section has 60 words" and "60 key words" are for people.
"""

from __future__ import annotations

import re

from evt.validators.words import DOCUMENTS, SAYS_NOTHING

_NUMBER = re.compile(r"\d{1,3}(?:[,' ]\d{3})+|\d+")
_RANGE = re.compile(r"(?:between |from )?# ?(?:and|to|-|–|—) ?#")  # noqa: RUF001  a dash
_UNIT = re.compile(r"\b(?:words?|lines?)\b")
# In this order: what is taken out is not looked at again.
_COMPARED = (
    (r"exactly|precisely", "exact"),
    (r"(?:not?|never|n't)(?: be| to be)? (?:less|fewer|shorter|smaller) than", "least"),
    (r"(?:not?|never|n't)(?: be| to be)? (?:more|longer|greater|larger) than", "most"),
    (r"(?:not|never|n't) (?:exceed|go over|be over)", "most"),
    (r"at least|minimum(?: of)?|min\b\.?|or (?:more|longer)|and up|>=|≥|\+", "least"),
    (r"at most|maximum(?: of)?|max\b\.?|or (?:less|fewer|shorter)|up to|<=|≤|within", "most"),
    (r"(?:limited|limit|restricted|restrict|capped|cap)(?: (?:it|this|the \w+))? (?:to|at)",
     "most"),
    (r"(?:keep|kept)(?: (?:it|this|the \w+))? to", "most"),
    (r"limit(?: of| is)?", "most"),
    (r"fewer than|less than|shorter than|under|below|<", "below"),
    (r"more than|longer than|over|above|exceeds?|>", "above"),
)  # fmt: skip
_NOTHING = SAYS_NOTHING | DOCUMENTS


def bounds_in(sentence: str) -> tuple[str, int | None, int | None] | None:
    """("word" or "line", least, most), None if the sentence says anything else."""
    small = sentence.casefold().replace("\u2019", "'")
    numbers = [int(re.sub(r"\D", "", number)) for number in _NUMBER.findall(small)]
    units = {unit.rstrip("s") for unit in _UNIT.findall(small)}
    if len(units) != 1 or len(numbers) not in (1, 2):
        return None
    rest = _UNIT.sub(" ", _NUMBER.sub("#", small))
    if len(numbers) == 2:
        rest, found = _RANGE.subn(" ", " ".join(rest.split()))
        least, most = numbers
        kinds = ["range"] if found and least <= most else []
    else:
        kinds = []
        for pattern, kind in _COMPARED:
            rest, found = re.subn(rf"(?<![a-z])(?:{pattern})(?![a-z])", " ", rest)
            kinds += [kind] * found
        least = most = numbers[0]
    if len(kinds) != 1 or not _says_no_more(rest):
        return None
    unit = units.pop()
    if kinds[0] in ("range", "exact"):
        return unit, least, most
    if kinds[0] in ("least", "above"):
        return unit, least + (kinds[0] == "above"), None
    return unit, None, most - (kinds[0] == "below")


def _says_no_more(rest: str) -> bool:
    words = re.findall(r"[^\W\d_][\w'-]*|[^\s\w#.,:;()-]", rest)
    return all(word in _NOTHING for word in words)
