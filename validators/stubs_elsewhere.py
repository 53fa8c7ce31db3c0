"""Functions without a body in languages that nothing here parses.

Some words mean only that: `todo!()`, `TODO()`, `???`, NotImplementedException. An exception, a
panic or a print counts if it says "not implemented" and is all that stands between the beginning
and the end of a body; where the file has abstract classes, that is how their methods are written.
"""

from __future__ import annotations

import re

from evt.validators.comments import comment_in
from evt.validators.file import LINE_MAX
from evt.validators.kinds import suffix_of
from evt.validators.later import Later

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.validators.file import File

_HINTS = ("implement", "todo", "???")
# By suffix, what the language itself has for it.
_MARKS = {
    ".rs": Later(r"(?<![\w\"])(?:todo|unimplemented)!\s*[(\[{]"),
    ".kt": Later(r"(?<![\w.\"])TODO\((?:\"[^\"\n]*\")?\)"),
    ".kts": Later(r"(?<![\w.\"])TODO\((?:\"[^\"\n]*\")?\)"),
    ".scala": Later(r"=\s*\?\?\?\s*$"),
    ".cs": Later(r"\bthrow new NotImplementedException\("),
    ".dart": Later(r"\bthrow UnimplementedError\("),
    ".zig": Later(r"@panic\(\"(?:TODO|not implemented)"),
    ".hs": Later(r"=\s*(?:undefined|error \"(?:TODO|not implemented)[^\"]*\")\s*$", re.IGNORECASE),
    ".ml": Later(r"\bfailwith \"(?:TODO|not implemented)[^\"]*\"", re.IGNORECASE),
}
_SAYS_SO = Later(
    r"^\s*(?:return\s+)?(?:throw|raise|panic|die|error|stop|failwith|fatalError|fail|abort|"
    r"assert|errors\.New|echo|printf?|console\.\w+|logger?\.\w+|System\.out\.print\w*|fmt\.\w+|"
    r"puts|"
    r"warn|Promise\.reject)\b"
    r"[^\"'`\n]{0,60}[\"'`]\W{0,3}(?:\w+(?:\(\))?:? (?:is )?)?"
    r"(?:not (?:yet )?implemented|to ?do\b|unimplemented|implement me|to be implemented)"
    r"[^\"'`\n]{0,60}[\"'`]",
    re.IGNORECASE,
)
_RUBY = Later(r"^\s*raise NotImplementedError\b")
_ONE_LINE = Later(
    r"(?:\{|=>?)\s*(?P<said>(?:return\s+)?(?:throw|panic|fatalError|raise|error)\b[^\n]*)$"
)
_OPENS = Later(r"(?:\{|\bdo|\bthen|=>?|\)|:)\s*$|^\s*(?:def|sub|function|fun|func|proc)\b")
_CLOSES = Later(r"^\s*(?:\}|end\b|\)|fi\b|done\b|EOF)|^\S")
_ABSTRACT = Later(r"\babstract\b|subclass|overrid|must be implemented|\binterface\b", re.IGNORECASE)
_SHELL = frozenset({".sh", ".bash", ".zsh", ""})
_SHELL_LINES = 8  # of a script that only says it is not written
_WHAT = "a function that only says it is not implemented"


def other_stubs(file: File) -> Iterator[tuple[int, str]]:
    """(line from 1, what is there) of each body that is not written yet."""
    numbers = file.lines_with(_HINTS)
    if not numbers:
        return
    suffix = suffix_of(file.path)
    mark = _MARKS.get(suffix)
    abstract = _ABSTRACT.search(file.text) is not None
    for number in numbers:
        line = file.lines[number][:LINE_MAX]
        comment = comment_in(line, suffix)
        code = line[: len(line) - len(comment)] if comment is not None else line
        if (mark and mark.search(code)) or (
            not abstract and _is_body(file.lines, number, code, suffix)
        ):
            yield number + 1, f"{_WHAT} (line {number + 1})"


def _is_body(lines: list[str], number: int, line: str, suffix: str) -> bool:
    """Whether a line says so and is all of a body."""
    inline = _ONE_LINE.search(line)
    if inline and _SAYS_SO.match(inline["said"]):
        return True
    if not _SAYS_SO.match(line) and not (suffix == ".rb" and _RUBY.match(line)):
        return False
    if suffix in _SHELL and len(_code(lines)) <= _SHELL_LINES:
        return all(re.match(r"\s*(?:echo|printf|exit|set|fi|then|#)", one) for one in _code(lines))
    before = next((one for one in reversed(lines[max(0, number - 4) : number]) if _counts(one)), "")
    behind = next((one for one in lines[number + 1 : number + 5] if _counts(one)), "}")
    return _OPENS.search(before) is not None and _CLOSES.match(behind) is not None


def _counts(line: str) -> bool:
    bare = line.strip()
    return bool(bare) and not bare.startswith(("//", "/*", "*", "#"))


def _code(lines: list[str]) -> list[str]:
    return [line for line in lines[: _SHELL_LINES * 8] if _counts(line)]
