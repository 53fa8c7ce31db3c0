"""Text from the log on a screen or a page: nothing in it is obeyed, and columns stay columns."""

from __future__ import annotations

from unicodedata import category, east_asian_width

from evt.eventlog.obeyed import IN_JSON, WRITTEN_OUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BUT_LINES = {code: said for code, said in WRITTEN_OUT.items() if chr(code) not in "\n\t"}


def visible(text: str) -> str:
    """The text in one line, with whatever a terminal or browser would obey written out."""
    return " ".join(text.split()).translate(WRITTEN_OUT)


def inert(text: str) -> str:
    """The text in its lines, with whatever else a terminal would obey written out."""
    return text.translate(_BUT_LINES)


def json_text(text: bytes) -> str:
    """JSON that says the same, with what a terminal would obey escaped."""
    return text.decode().translate(IN_JSON)


def width(text: str) -> int:
    """Columns that the text takes: wide characters two, combining ones none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in ("W", "F") else 1


def cut(text: str, columns: int) -> str:
    """The text, or as much of its beginning as fits, with `...` behind."""
    if width(text) <= columns:
        return text
    room, kept = columns - 3, ""
    for character in text:
        room -= _columns(character)
        if room < 0:
            break
        kept += character
    return kept + "..."


def pad(text: str, columns: int) -> str:
    """The text with spaces behind it up to a width."""
    return text + " " * (columns - width(text))


def wrap(text: str, columns: int, indent: str = "") -> list[str]:
    """Lines of at most so many columns, all but the first indented; a word that is too long is cut.

    Spaces at the beginning and between words stay, but not where a line is broken.
    """
    lines, line = [], ""
    for piece in text.replace(" ", "\0 ").split("\0"):
        if line.strip() and width(line + piece.rstrip()) > columns:
            lines.append(line)
            line = indent + piece.strip()
        else:
            line += piece
    return [cut(one.rstrip(), columns) for one in (*lines, line)]


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows with their cells in columns."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [pad(cell, size) for cell, size in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()
