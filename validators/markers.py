"""TODO, FIXME, TBD and XXX where they mark unfinished work, and not where they are a word.

In code a marker opens a comment. In prose it opens a line, stands in brackets, or is all that a
label or a table cell says. A text about such markers, and whatever stands in Markdown code or in
quotes, is left alone.
"""

from __future__ import annotations

import re

from evt.validators.comments import comment_in
from evt.validators.file import LINE_MAX
from evt.validators.kinds import stem_of, suffix_of
from evt.validators.quoted import unquoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.validators.file import File

_WORDS = ("todo", "fixme", "tbd", "xxx", "tba", "tbc")
_ANY = re.compile(
    r"(?<![^\W_])(?:TODO|FIXME|TBD)(?![^\W_])|"
    r"\b(?:TODO|FIXME|TBD|XXX|TB[AC]|X{4,6})\b|[#/*;%-]\s*todo\s*:|\b[Tt]odo ?[:\uff1a]"
)
_WORD = r"(?:TODO|FIXME|TBD|XXX)"

# -- code ---------------------------------------------------------------------------------------
# Behind a marker in a comment these make it a noun: "TODO items are sorted by date".
_NOUN = (
    r"(?:lists?|items?|apps?|application|entry|entries|comments?|markers?|files?|boards?|tasks?|"
    r"cards?|columns?|state|status|statuses|count|counts|model|views?|page|manager|tracker|tags?|"
    r"notes?|text|string|words?|lines?|is|are|was|were|has|have|means|and|or|vs|scanner|finder|"
    r"parser|patterns?|regex|keywords?)\b"
)
_IN_COMMENT = re.compile(
    rf"^[\s*/#!;%<\-'\"@\[(]*(?:{_WORD}\b(?!\s+{_NOUN})(?!\s*[=,/|])|todo\s*:)"
)
_LATER_IN_COMMENT = re.compile(r"(?:^|[\s(\[])(?:TODO|FIXME|XXX)(?:\([^)]*\))?:\s")
_BARE_LINE = re.compile(
    r"^\s*(?:\"\"\"|'''|\*)?\s*(?:TODO|FIXME|XXX)(?:\([^)]*\))?:\s+"
    r"(?:[A-Za-z]\w*\s+\w|(?:implement|finish|write|document|complete|fix)\b)"
)

# -- prose --------------------------------------------------------------------------------------
_ABOUT = re.compile(
    r"\b(?:TODO|FIXME)s\b|"
    r"\b(?:TODO|FIXME|XXX|TBD)[\s-]+(?:lists?|items?|comments?|markers?|apps?|notes?|tags?|"
    r"trackers?|boards?|entries|keywords?)\b|"
    r"\b(?:comments?|markers?|begins?|starts?|marked|tagged|keywords?)\b[^.\n]{0,30}"
    r"\b(?:TODO|FIXME|XXX)\b|"
    r"\b[Tt]o-?[Dd]o[\s-]+(?:[Ll]ists?|[Ii]tems?|[Aa]pps?)\b"
)
_ABOUT_LEAST = 2
_TERMS = re.compile(r"^#.*\b(?:glossary|abbreviations?|acronyms?|terminology)\b", re.IGNORECASE)
_INDENT = r"^[\s>#*+\-\u2013•|\d.)(\[_]*"
_BOX = re.compile(r"^\s*[-*+] \[[ xX]\] ")
_OPENS = re.compile(
    rf"{_INDENT}(?:<!--\s*)?\[?{_WORD}\]?[*_]{{0,3}}(?: ?\([^)]*\))?\s*"
    r"(?:$|[:\uff1a\-\u2013—!]|-->|\.{0,3}$)|<!--\s*(?:TODO|FIXME|XXX|TBD)\b"
)
_OPENS_ORDER = re.compile(
    rf"{_INDENT}(?:(?:TODO|FIXME|XXX)[*_]{{0,3}}\s+|[Tt]odo[*_]{{0,3}} ?[:\uff1a][*_]{{0,3}}\s*)"
    r"(?:write|add|fix|implement|finish|complete|fill|update|"
    r"insert|describe|document|explain|expand|replace|remove|check|test|review|clarify|decide|"
    r"define|create|include|provide|put|link|refactor|move|handle|make|use|find|get|verify|"
    r"confirm|ask|translate|rewrite|this|later)\b"
)
_INSIDE = re.compile(
    rf"\[ ?{_WORD}(?:[:\s][^\]\n]*)?\](?![(\[:])|"
    rf"(?<!ed )\({_WORD}(?:[:,\s](?!\s*(?:or|and|{_WORD})\b)[^)\n]*)?\)|"
    rf"{_INDENT}TB[ACD]\s+(?:by|with|after|once|when|until|later|soon|pending|depending)\b|"
    r"\((?:TODO|FIXME)\)|[{\u3010](?:TODO|FIXME|TBD)[}\u3011]|"
    r"[\w.!?)]\s+(?:is|are) X{3,6}(?:[.]?\s*$| [a-z%])|[.!?)] (?:TODO|FIXME|TBD)[.!]?\s*$|"
    r"^\W{0,6}\w+ TB[ACD]\W{0,4}$|"
    rf"<{_WORD}(?:[:\s][^>\n]*)?>|\*\*{_WORD}:?\*\*|"
    r"(?:^|[\s(])(?:TODO|FIXME)[:\uff1a]\s+(?!(?:or|and|in|is|are|as|at)\b)\S"
)
_VALUE = re.compile(
    r"([\w /()-]{1,40})[:=]\s*[*_]{0,3}\s*(?:TODO|FIXME|TBD|TBA|TBC|XXX)[*_]{0,3}\s*[.|]?\s*$"
)
_CELL = re.compile(rf"(?:^\s*\|.*|(?<=[^|\s])\s*)\|\s+[*_]{{0,2}}{_WORD}[*_]{{0,2}}(?:\s+\||\s*$)")
_IS_TBD = re.compile(r"\b(?:is|are|remains?|still)\s+TB[CD]\b\s*[.)]*\s*$")
_STATES = re.compile(
    r"\b(?:status|state|column|type|tags?|keyword|label|name|category|kind|stage|phase|lane)\b"
    r"[*_\"')\s]*$",
    re.IGNORECASE,
)
_BOARD = re.compile(
    r"\|\s*(?:DONE|DOING|IN[ _-]PROGRESS|BLOCKED|REVIEW|Done|Doing|In progress)\s*\|"
)

# -- data ---------------------------------------------------------------------------------------
_DATUM = re.compile(
    rf"^\s*(?:-\s+)?[\"']?([\w.\-/ ]{{1,60}}?)[\"']?\s*[:=]\s*[\"']?{_WORD}\b"
    r"(?:[\"']?\s*,?\s*$|:\s)"
)
_MEMBER = re.compile(rf"\"([\w.\-/ ]{{1,60}})\"\s*:\s*\"{_WORD}\b(?:\"|:\s)")
# Where to-do lists are what the data is about.
_TODO_KEY = re.compile(r"\"todos?[\w.-]*\"\s*:", re.IGNORECASE)
# A line of code in a notebook is a string that may end in an escaped line end.
_CELL_COMMENT = re.compile(r"\"[ ]*# ?(?:TODO|FIXME|XXX)\b")


def markers(file: File) -> Iterator[tuple[int, str]]:
    """(line from 1, that line) of each marker."""
    numbers = file.lines_with(_WORDS)
    if not numbers:
        return
    prose = file.kind in ("markdown", "text", "html")
    about = prose and _is_about(file)
    board = prose and _BOARD.search(file.text) is not None
    lines = file.lines
    for number in numbers:
        line = lines[number][:LINE_MAX]
        if not _ANY.search(line) or number in file.code_lines:
            continue
        if (
            (file.kind == "data" and _in_data(file, line))
            or (file.kind in ("code", "data", "html") and _in_code(file, line))
            or (
                prose and not about and _in_prose(file, line, board) and not _defined(lines, number)
            )
        ):
            yield number + 1, line


def _is_about(file: File) -> bool:
    """Whether to-do lists or such markers are what the text is about."""
    if "todo" in stem_of(file.path):
        return True
    found = 0
    for line in file.lines:
        if line.startswith("#") and _TERMS.match(line):
            return True
        found += len(_ABOUT.findall(line[:LINE_MAX])) * (
            _ABOUT_LEAST if line.startswith("#") else 1
        )
    return found >= _ABOUT_LEAST


def _defined(lines: list[str], number: int) -> bool:
    """Whether the next line says what a term means, as definition lists do."""
    return number + 1 < len(lines) and lines[number + 1].lstrip().startswith(": ")


def _in_prose(file: File, line: str, board: bool) -> bool:
    line = _BOX.sub("", unquoted(file, line))
    if _OPENS.search(line) or _OPENS_ORDER.search(line) or _INSIDE.search(line):
        return True
    if _IS_TBD.search(line) or (not board and _CELL.search(line)):
        return True
    value = _VALUE.search(line)
    return value is not None and not _STATES.search(value[1])


def _in_code(file: File, line: str) -> bool:
    comment = comment_in(line, suffix_of(file.path))
    if comment is None:
        return file.kind == "code" and _BARE_LINE.match(line) is not None
    return bool(_IN_COMMENT.match(comment) or _LATER_IN_COMMENT.search(comment))


def _in_data(file: File, line: str) -> bool:
    if suffix_of(file.path) in (".csv", ".tsv", ".log"):
        return False
    if suffix_of(file.path) == ".ipynb" and _CELL_COMMENT.search(line):
        return True
    return any(
        "todo" not in found[1].casefold()
        and (
            "TODO" not in found[0]
            or not (_STATES.search(found[1].casefold()) or _TODO_KEY.search(file.text))
        )
        for found in (_DATUM.match(line), *_MEMBER.finditer(line))
        if found
    )
