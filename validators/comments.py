"""Where the comment of a line of code begins, whatever the language."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.validators.file import File

# Leaders that mean a comment only in some languages.
_LEADERS = {
    "--": (".sql", ".lua", ".hs", ".elm", ".ada", ".vhd", ".vhdl", ".adb", ".ads"),
    ";": (".lisp", ".lsp", ".clj", ".cljs", ".el", ".scm", ".rkt", ".asm", ".s", ".ini", ".bat"),
    "%": (".tex", ".m", ".erl", ".hrl", ".pl", ".sty"),
    "'": (".vb", ".vbs", ".bas"),
}
_NO_HASH = frozenset({
    ".c", ".h", ".cpp", ".hpp", ".cc", ".cs", ".java", ".js", ".ts", ".jsx", ".tsx", ".go", ".rs",
    ".css", ".scss", ".kt", ".swift", ".sql",
})  # fmt: skip
_NO_SLASHES = frozenset({
    ".py", ".pyi", ".rb", ".sh", ".bash", ".yaml", ".yml", ".toml", ".sql", ".r",
})  # fmt: skip


def comment_in(line: str, suffix: str) -> str | None:
    """The line from its first comment leader outside of strings; None if there is none.

    >>> comment_in('x = "# no"  # yes', ".py")
    '# yes'
    """
    quote = ""
    for at, character in enumerate(line):
        if quote:
            if character == quote and line[at - 1] != "\\":
                quote = ""
        elif _leads(line, at, suffix):
            return line[at:]
        elif (
            character in "\"'`"
            and line[at : at + 3] not in ('"""', "'''")
            and not (character == "'" and _is_apostrophe(line, at))
        ):
            quote = character
    return None


def _is_apostrophe(line: str, at: int) -> bool:
    """Whether a quote stands behind a letter that is not the prefix of a string."""
    before = line[max(0, at - 2) : at]
    prefix = before[-1:].lower() in ("f", "r", "b", "u") and not before[:-1].isalnum()
    return before[-1:].isalnum() and not prefix


def _leads(line: str, at: int, suffix: str) -> bool:
    rest = line[at : at + 4]
    if rest[0] == "#":
        return suffix not in _NO_HASH
    if rest.startswith("//"):
        return suffix not in _NO_SLASHES and line[at - 1 : at] != ":"
    if rest.startswith(("/*", "<!--", '"""', "'''")):
        return True
    if rest[0] == "*":
        return not line[:at].strip() and line[at + 1 : at + 2] in (" ", "/", "")
    return any(rest.startswith(leader) and suffix in known for leader, known in _LEADERS.items())


def text_lines(file: File) -> set[int]:
    """The numbers from 0 of the lines of Python that belong to a string of several lines."""
    import io
    import tokenize

    found: set[int] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(file.text).readline):
            if token.type == tokenize.STRING and token.start[0] < token.end[0]:
                found.update(range(token.start[0] - 1, token.end[0]))
    except (tokenize.TokenError, SyntaxError):
        pass  # `syntax` says so
    return found
