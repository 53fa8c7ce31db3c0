"""One file as the checks see it: bytes once read, text and Markdown made when asked for."""

from __future__ import annotations

import os

from evt.validators import tree
from evt.validators.kinds import kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from evt.validators.html import Reader
    from evt.validators.markdown import Page

READ_MAX = 16 << 20  # what is behind this is not looked at; a check that needs all says so
LINE_MAX = 2000  # characters: what is behind them in a line nobody wrote by hand
_PEEK = 8192


class File:
    """A regular file inside the work tree.

    `path` is relative to `root`, `kind` one of markdown, html, text, data, binary, code, `size` in
    bytes, `whole` whether `data` is all of it.
    """

    __slots__ = (
        "_code", "_data", "_html", "_lines", "_lower", "_page", "_text", "kind", "path", "root",
        "size",
    )  # fmt: skip

    def __init__(self, root: str, path: str) -> None:
        self.root = root
        self.path = path
        self.kind = kind_of(path)
        self.size = tree.status(root, path).st_size
        if self.size > tree.HASH_MAX:
            raise tree.Unusable(f"has {self.size:,} bytes, which is too large to be looked at")
        self._data: bytes | None = None
        self._text: str | None = None
        self._page: Page | None = None
        self._html: Reader | None = None
        self._code: set[int] | None = None
        self._lines: list[str] | None = None
        self._lower: tuple[str, list[int]] | None = None

    @property
    def data(self) -> bytes:
        """The first 16 MiB."""
        if self._data is None:
            self._data = tree.read(self.root, self.path, READ_MAX)
        return self._data

    @property
    def whole(self) -> bool:
        """Whether `data` is the whole file."""
        return self.size <= READ_MAX

    @property
    def is_text(self) -> bool:
        """Whether a person could read it: no binary kind and no NUL at its beginning."""
        return self.kind != "binary" and b"\0" not in self.data[:_PEEK]

    @property
    def text(self) -> str:
        """The text without a byte order mark; what is not UTF-8 is replaced."""
        if self._text is None:
            text = self.data.decode("utf-8", "replace").removeprefix("\ufeff")
            self._text = text.replace("\r\n", "\n").replace("\r", "\n")
        return self._text

    @property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        return self._lines

    @property
    def page(self) -> Page:
        """The text as CommonMark."""
        if self._page is None:
            from evt.validators.markdown import Page

            self._page = Page(self.text)
        return self._page

    @property
    def html(self) -> Reader:
        """The text as HTML."""
        if self._html is None:
            from evt.validators.html import Reader

            self._html = Reader(self.text)
        return self._html

    @property
    def code_lines(self) -> set[int]:
        """The numbers from 0 of the lines that are code inside Markdown or reStructuredText."""
        if self._code is None:
            self._code = set()
            if self.kind == "markdown":
                self._code = self.page.code_lines()
            elif self.path.endswith(".rst"):
                self._code = {at for at, line in enumerate(self.lines) if line[:2] == "  "}
        return self._code

    def lines_with(self, hints: Iterable[str]) -> list[int]:
        """The numbers from 0 of the lines that hold one of these texts, in lower case; sorted.

        Looks through the text once for each, which is much quicker than line by line.
        """
        from bisect import bisect_right

        if self._lower is None:
            self._lower = self.text.lower(), _begins(self.text.lower())
        text, begins = self._lower
        found = set()
        for hint in hints:
            at = text.find(hint)
            while at >= 0:
                number = bisect_right(begins, at)
                found.add(number)
                at = text.find(hint, begins[number] if number < len(begins) else len(text))
        return sorted(found)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return os.path.basename(self.path)


def _begins(text: str) -> list[int]:
    """Where each line but the first begins."""
    found, at = [], text.find("\n")
    while at >= 0:
        found.append(at + 1)
        at = text.find("\n", at + 1)
    return found or [len(text) + 1]
