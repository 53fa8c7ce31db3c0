"""A regular expression that is compiled when it is first asked: most texts never ask."""

from __future__ import annotations

import re


class Later:
    """Has the methods of a compiled pattern that are used here."""

    __slots__ = ("_flags", "_made", "_pattern")

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._pattern = pattern
        self._flags = flags
        self._made: re.Pattern[str] | None = None

    def _compiled(self) -> re.Pattern[str]:
        if self._made is None:
            self._made = re.compile(self._pattern, self._flags)
        return self._made

    def search(self, text: str) -> re.Match[str] | None:
        """The first match anywhere."""
        return self._compiled().search(text)

    def match(self, text: str) -> re.Match[str] | None:
        """A match at the beginning."""
        return self._compiled().match(text)
