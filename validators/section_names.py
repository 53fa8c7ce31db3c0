"""The names of sections that a criterion lists, or None where a reader could take it otherwise.

"Summary, Risks and Notes" is a list, "Pros and cons" is a name, and "Pros and Cons" alone may be
either: such a sentence is left to people.
"""

from __future__ import annotations

import re

QUOTE = r"(?:\"([^\"]+)\"|`([^`]+)`|'([^']+)'|“([^”]+)”|«([^»]+)»)"
IN_ORDER = re.compile(
    r"[,(]?\s*(?:in (?:this|that|the given|the listed|exactly this) order|in order)\)?$",
    re.IGNORECASE,
)
_NAME_WORDS_MAX = 6
# Words that a list of names does not begin an entry with, or does not have at all.
_NOT_A_NAME = re.compile(
    r"^(?:in|for|that|which|with|of|on|about|as|at|to|from|by|under|over|all|each|every|where|"
    r"covering|describing|explaining|listed|named|its?|their|two|three|four|five|six|several|many|"
    r"some|multiple|appropriate|relevant|required|clear|any|more|other|no)\b|^an?\s|\d+ |[:()/]|"
    r"\b(?:optional(?:ly)?|sections?|headings?|chapters?|or|as|with|that|which|each|where|when|if|"
    r"must|should|may|plus|etc|both|without|except|at least|at most|then|followed|but|not|only|"
    r"followed by|as well)\b",
    re.IGNORECASE,
)
# "X and Y" that is one name at least as often as two.
_PAIR = re.compile(
    r"\b(?:pros and cons|dos and don'?ts|terms and conditions|q\s?(?:and|&)\s?a|"
    r"questions and answers|goals and non-goals|roles and responsibilities|"
    r"risks? and (?:mitigations?|opportunit\w+|assumptions|issues|limitations|challenges|benefits|"
    r"dependencies|controls|countermeasures)|"
    r"background and (?:motivation|context|goals?|related work|history)|results and discussion|"
    r"summary and (?:conclusions?|outlook|recommendations)|"
    r"conclusions? and (?:outlook|future work|recommendations?|next steps)|"
    r"scope and (?:limitations?|goals|objectives|purpose|approach|assumptions)|"
    r"findings and recommendations|strengths and weaknesses|"
    r"advantages and disadvantages|costs? and benefits?|data and methods|materials and methods|"
    r"tips and tricks|bugs and (?:fixes|issues|limitations)|"
    r"install\w* and (?:usage|setup|configuration))\b",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"(?:an?|the|one)\s+([A-Z][\w&'-]*(?:\s+[\w&'-]+){0,4}?|" + QUOTE + r")\s+"
    r"(?:section|heading|chapter)(?:\s*,\s*(?:and\s+)?|\s+and\s+|$)"
)


def names_in(listed: str) -> list[str] | None:
    """What `listed` names: quoted, separated by commas and "and", or unclear."""
    if not re.sub(rf"{QUOTE}|\band\b|[,&;\s]", "", listed):
        names = ["".join(parts) for parts in re.findall(QUOTE, listed)]
    elif re.search(r"\b(?:section|heading|chapter)\b", listed):
        names = _each_with_its_noun(listed)
    else:
        names = _listed(listed)
    names = [name.strip(" \"'`*“”#") for name in names]
    clear = names and all(_is_name(name) for name in names)
    return names if clear and len({name.casefold() for name in names}) == len(names) else None


def _each_with_its_noun(listed: str) -> list[str]:
    """ "a Summary section and a Risks" of "Includes a Summary section and a Risks section"."""
    whole = listed + " section"
    found = list(_EACH.finditer(whole))
    if not found or "".join(one[0] for one in found) != whole:
        return []
    return [next(filter(None, one.groups()[1:]), one[1]) for one in found]


def _listed(listed: str) -> list[str]:
    parts = re.split(r"\s*[,;]\s*", listed)
    if len(parts) == 1:
        return [] if _PAIR.search(listed) or "&" in listed else re.split(r"\s+and\s+", listed)
    last = parts.pop()
    if re.match(r"and\s", last):  # with the comma before it the list is complete
        return [*parts, last[3:].strip()]
    before, joined, behind = last.rpartition(" and ")
    if not joined or re.fullmatch(_PAIR.pattern, last, re.IGNORECASE) or _sentence_case(last):
        return [*parts, last] if not joined or _sentence_case(last) else []
    return [*parts, before, behind]


def _sentence_case(last: str) -> bool:
    """ "Pros and cons" is one name; of two, both would be written alike."""
    return re.fullmatch(r"[A-Z][\w'-]* and [a-z][\w' -]*", last) is not None


def _is_name(name: str) -> bool:
    words = len(name.split())
    return 0 < words <= _NAME_WORDS_MAX and not _NOT_A_NAME.search(name)
