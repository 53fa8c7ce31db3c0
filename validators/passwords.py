"""Passwords in code and settings: they have no form, but a key that says what they are.

A value counts that nobody would choose as an example: letters of both cases and several digits in
turn, behind a key such as `password`, or in the address of a service. Nothing is said of prose,
tests and samples, where such values are made up.
"""

from __future__ import annotations

import re
from itertools import pairwise

from evt.validators.comments import text_lines
from evt.validators.kinds import is_test, suffix_of
from evt.validators.later import Later

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.validators.file import File

_HINTS = ("passw", "pwd", "secret", "api_key", "apikey", "api-key", "token", "://")
_KEYED = Later(
    r"(?:^|[\s\"'_.-])(?:password|passwd|pwd|secret(?:[_-]?key)?|api[_-]?key|"
    r"(?:auth|access|api)[_-]?token)[\"']?\s*[:=]\s*(?P<quote>[\"']?)"
    r"(?P<value>[^\s\"'`,;(){}\[\]<>]{10,100})(?P=quote)\s*[,;]?\s*$",
    re.IGNORECASE,
)
_ADDRESS = Later(r"\b[a-z][a-z0-9+]{1,20}://[\w.-]{1,40}:(?P<value>[^\s\"'`@/{}<>$]{10,100})@\w")
_MADE_UP = Later(r"example|sample|test|dummy|change|your|secret|passw|placehold|xxx|fake|1234",
                 re.IGNORECASE)  # fmt: skip
_DIGITS_LEAST, _TURNS_LEAST = 2, 5
_SAMPLES = ("example", "sample", "mock", "demo", "lock")
_LINE_MAX = 400


def passwords_in(file: File) -> Iterator[tuple[int, str]]:
    """(line from 1, value) of each password."""
    small = file.path.lower()
    if file.kind not in ("code", "data") or is_test(file.path):
        return
    if any(word in small for word in _SAMPLES):
        return
    for number in file.lines_with(_HINTS):
        line = file.lines[number]
        if len(line) > _LINE_MAX:
            continue
        found = _KEYED.search(line)
        if found and file.kind == "code" and not found["quote"]:
            found = None  # a name
        found = found or _ADDRESS.search(line)
        if not found or not _is_chosen(found["value"]):
            continue
        if suffix_of(file.path) != ".py" or number not in text_lines(file):  # of a docstring
            yield number + 1, found["value"]


def _is_chosen(value: str) -> bool:
    """Whether a value has letters of both cases and digits in turn, and no word in it."""
    if _MADE_UP.search(value) or "$" in value[:1]:
        return False
    kinds = [
        "d" if one.isdigit() else "u" if one.isupper() else "l" if one.islower() else "s"
        for one in value
    ]
    turns = sum(one != before for before, one in pairwise(kinds))
    return {"u", "l"} <= set(kinds) and kinds.count("d") >= _DIGITS_LEAST and turns >= _TURNS_LEAST
