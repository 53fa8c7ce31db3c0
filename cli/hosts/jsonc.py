"""JSON as people keep it in settings: read with comments and trailing commas, changed in place.

Only the bytes of what is added or taken away change. A value that is added stands on lines of its
own, in the file's own indentation and kind of newline.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

_DECODER = json.JSONDecoder()


class NotJson(ValueError):
    """The text is not JSON, not even with comments."""


@dataclass
class Node:
    """A value and where it stands: `start` up to `end`; children in order.

    `keys` has the key of each child of an object; it is None for everything else.
    """

    value: object
    start: int
    end: int = 0
    children: list[Node] = field(default_factory=list)
    keys: list[str] | None = None
    begins: list[int] = field(default_factory=list)  # of each child, its key included
    trailing: bool = False  # a comma behind the last child

    def get(self, key: str) -> Node | None:
        """The member of an object; the last one if there are two, as parsers have it."""
        for name, child in zip(reversed(self.keys or []), reversed(self.children), strict=False):
            if name == key:
                return child
        return None

    def at(self, path: tuple[str, ...]) -> Node | None:
        """The member of a member of ..."""
        node: Node | None = self
        for key in path:
            node = node.get(key) if node is not None else None
        return node


class Text:
    """A JSON text under change: `text` is always what it is now, `root` how it reads."""

    def __init__(self, text: str) -> None:
        self._set(text)

    def _set(self, text: str) -> None:
        self.root = _Parser(text).whole()
        self.text = text

    def add(self, path: tuple[str, ...], key: str | None, value: object) -> None:
        """Put a member (`key`) or an item into the object or array at this path.

        What is missing on the way is made. Raises NotJson if something else stands there.
        """
        node = self.root.at(path)
        if node is None:
            inner: object = [value] if key is None else {key: value}
            self.add(path[:-1], path[-1], inner)
            return
        if (node.keys is None) != (key is None) or not isinstance(node.value, dict | list):
            raise NotJson(f"{'.'.join(path) or 'the whole'} is not what evt has to add to")
        self._insert(node, len(path) + 1, key, value)

    def _insert(self, node: Node, depth: int, key: str | None, value: object) -> None:
        newline = "\r\n" if "\r\n" in self.text else "\n"
        unit = self._unit()
        pad = newline + (self._indent(node.begins[-1]) if node.begins else unit * depth)
        body = json.dumps(value, indent=unit, ensure_ascii=False).replace("\n", pad)
        new = pad + (f"{json.dumps(key)}: " if key is not None else "") + body
        if not node.children:
            inside = self.text[node.start + 1 : node.end - 1]
            close = "" if "\n" in inside else newline + unit * (depth - 1)
            at = node.start + 1 + len(inside.rstrip())
            self._set(self.text[:at] + new + close + self.text[at:])
            return
        end = node.children[-1].end
        comma = "" if node.trailing else ","
        if node.trailing:
            end = self.text.index(",", end) + 1
        behind = self._end_of_comment(end)
        between = self.text[end:behind]
        self._set(self.text[:end] + comma + between + new + self.text[behind:])

    def _unit(self) -> str:
        """One step of indentation: that of the first member of the whole, else two spaces."""
        found = self._indent(self.root.begins[0]) if self.root.begins else ""
        return found or "  "

    def _indent(self, offset: int) -> str:
        """White space at the beginning of the line in which the child at this offset begins."""
        line = self.text[self.text.rfind("\n", 0, offset) + 1 : offset]
        return line if not line.strip() else line[: len(line) - len(line.lstrip())]

    def _end_of_comment(self, offset: int) -> int:
        """Behind a comment that stands on the same line, else the offset itself."""
        line_end = self.text.find("\n", offset)
        rest = self.text[offset : line_end if line_end >= 0 else len(self.text)].rstrip("\r")
        return offset + len(rest) if rest.lstrip().startswith("//") else offset

    def replace(self, node: Node, value: object) -> None:
        """Put another value in the place of one."""
        newline = "\r\n" if "\r\n" in self.text else "\n"
        pad = newline + self._indent(node.start)
        body = json.dumps(value, indent=self._unit(), ensure_ascii=False).replace("\n", pad)
        self._cut(node.start, node.end, body)

    def remove(self, node: Node, index: int) -> None:
        """Take a child away, with the comma and the line that it needed; comments stay."""
        begin, end = node.begins[index], node.children[index].end
        if index < len(node.children) - 1 or node.trailing:
            self._cut(self._line_start(begin), self.text.index(",", end) + 1, "")
            return
        line = self._line_start(begin)
        if not index:
            self._cut(line, end, "")
            return
        comma = _Parser(self.text, node.children[index - 1].end).space()
        self._set(self.text[:comma] + self.text[comma + 1 : line] + self.text[end:])

    def _line_start(self, offset: int) -> int:
        """The newline before, if only white space stands between."""
        start = self.text.rfind("\n", 0, offset)
        start -= start > 0 and self.text[start - 1] == "\r"
        return start if start >= 0 and not self.text[start:offset].strip() else offset

    def _cut(self, start: int, end: int, new: str) -> None:
        self._set(self.text[:start] + new + self.text[end:])


class _Parser:
    """Recursive descent over one text."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at

    def whole(self) -> Node:
        self.space()
        node = self._value(0)
        self.space()
        if self.at != len(self.text):
            raise NotJson(f"more text after the value at character {self.at + 1}")
        return node

    def _value(self, depth: int) -> Node:
        first = self.text[self.at : self.at + 1]
        if depth > 64:
            raise NotJson("nested deeper than 64")
        if first in ("{", "["):
            return self._container(first, depth)
        start = self.at
        if first == '"':
            return Node(self._string(), start, self.at)
        while self.at < len(self.text) and self.text[self.at] not in " \t\r\n,]}:/":
            self.at += 1
        word = self.text[start : self.at]
        try:
            value = json.loads(word)
        except ValueError:
            raise NotJson(f"{word[:20]!r} at character {start + 1} is no value") from None
        return Node(value, start, self.at)

    def _string(self) -> str:
        try:
            value, self.at = _DECODER.raw_decode(self.text, self.at)
        except ValueError as error:
            raise NotJson(str(error)) from None
        return str(value)

    def _container(self, opening: str, depth: int) -> Node:
        closing, is_object = ("}", True) if opening == "{" else ("]", False)
        node = Node({} if is_object else [], self.at, keys=[] if is_object else None)
        self.at += 1
        while True:
            self.space()
            if self.text[self.at : self.at + 1] == closing:
                self.at += 1
                node.end = self.at
                node.value = _built(node)
                return node
            if node.children and not node.trailing:
                raise NotJson(f"a comma is missing at character {self.at + 1}")
            node.begins.append(self.at)
            if node.keys is not None:
                node.keys.append(self._key())
            node.children.append(self._value(depth + 1))
            self.space()
            node.trailing = self.text[self.at : self.at + 1] == ","
            self.at += node.trailing

    def _key(self) -> str:
        if self.text[self.at : self.at + 1] != '"':
            raise NotJson(f"a key is missing at character {self.at + 1}")
        key = self._string()
        self.space()
        if self.text[self.at : self.at + 1] != ":":
            raise NotJson(f"a colon is missing at character {self.at + 1}")
        self.at += 1
        self.space()
        return key

    def space(self) -> int:
        """Pass over white space and comments; where what follows begins."""
        while True:
            while self.text[self.at : self.at + 1] in (" ", "\t", "\r", "\n"):
                self.at += 1
            two = self.text[self.at : self.at + 2]
            if two == "//":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif two == "/*":
                end = self.text.find("*/", self.at + 2)
                if end < 0:
                    raise NotJson("a comment does not end")
                self.at = end + 2
            else:
                return self.at


def _built(node: Node) -> object:
    values = [child.value for child in node.children]
    return dict(zip(node.keys, values, strict=True)) if node.keys is not None else values
