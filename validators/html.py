"""HTML as its reader sees it: the text, the headings, where links lead and what they may hit.

A scanner of our own, because the standard library's parser takes quadratic time on some texts in
releases that are still in use, and a gate must not hang. It runs over the text once.
"""

from __future__ import annotations

import re
from html import unescape

_UNSEEN = ("script", "style", "template", "head", "noscript", "title")
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "dfn", "em", "font", "i", "kbd", "mark", "q",
    "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
})  # fmt: skip
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SEEN = frozenset({"img", "svg", "video", "audio", "iframe", "canvas", "object", "input", "math"})
_OBJECT = "\ufffc"  # stands for a picture or the like, which is content without words
_NAME = re.compile(r"/?[A-Za-z][A-Za-z0-9:-]*")
_ATTRIBUTE = re.compile(
    r"""\b(href|src|id|name)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE
)


class Reader:
    """What one walk finds: `text`, `headings`, `links`, `anchors`; lines count from 0.

    `headings` are (line, level, text), `links` (target, line); `beneath` has for each heading what
    a reader sees up to the next one.
    """

    def __init__(self, text: str) -> None:
        self.headings: list[tuple[int, int, str]] = []
        self.links: list[tuple[str, int]] = []
        self.anchors: set[str] = set()
        self._source, self._lower = text, text.lower()
        self._parts: list[str] = []
        self._heading = -1  # where in the parts an open heading begins
        self._spans: list[tuple[int, int]] = []  # of each heading in the parts
        self._line, self._counted = 0, 0
        at = 0
        while 0 <= at < len(text):
            at = self._step(at)
        self.text = "".join(self._parts).replace(_OBJECT, "")
        nexts = [begin for begin, _ in self._spans[1:]] + [len(self._parts)]
        self.beneath = [
            "".join(self._parts[end:begin])
            for (_, end), begin in zip(self._spans, nexts, strict=False)
        ]

    def _step(self, at: int) -> int:
        """Read up to the next `<`, then what that opens; the place behind it, -1 at the end."""
        text = self._source
        begin = text.find("<", at)
        self._say(text[at : begin if begin >= 0 else len(text)])
        if begin < 0:
            return -1
        if text.startswith("<!--", begin):
            end = text.find("-->", begin + 4)
            return end + 3 if end >= 0 else -1
        end = text.find(">", begin)
        name = _NAME.match(text, begin + 1)
        if end < 0 or (name is None and text[begin + 1 : begin + 2] not in ("!", "?")):
            self._say("<")
            return begin + 1
        return end + 1 if name is None else self._tag(begin, end, name[0].lower())

    def _tag(self, begin: int, end: int, name: str) -> int:
        if name.strip("/") not in _INLINE:
            self._parts.append("\n")
        if name in _UNSEEN:
            closing = self._lower.find(f"</{name}", end)
            return closing if closing >= 0 else end + 1
        if name in _HEADINGS:
            self._heading = len(self._parts)
            self._spans.append((self._heading, self._heading))
            self.headings.append((self._line_of(begin), int(name[1]), ""))
        elif name[1:] in _HEADINGS and self._heading >= 0:
            line, level, _ = self.headings[-1]
            words = " ".join("".join(self._parts[self._heading :]).split())
            self.headings[-1] = (line, level, words)
            self._spans[-1] = (self._heading, len(self._parts))
            self._heading = -1
        if name in _SEEN:
            self._parts.append(_OBJECT)
        if name[0] != "/":
            self._attributes(name, begin, end)
        return end + 1

    def _attributes(self, tag: str, begin: int, end: int) -> None:
        for key, raw in _ATTRIBUTE.findall(self._source[begin : min(end, begin + 4096)]):
            value = unescape(raw.strip("\"'"))
            if key.lower() in ("id", "name"):
                self.anchors.add(value)
            elif tag not in ("link", "base"):
                self.links.append((value, self._line_of(begin)))

    def _line_of(self, at: int) -> int:
        self._line += self._source.count("\n", self._counted, at)
        self._counted = at
        return self._line

    def _say(self, text: str) -> None:
        if text:
            self._parts.append(unescape(text) if "&" in text else text)


def visible_text(text: str) -> str:
    """The text without tags, comments, scripts and styles."""
    return Reader(text).text
