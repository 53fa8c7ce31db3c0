"""Formats that a library can parse: what is wrong with a text and where.

Each parser takes the file and raises Broken; nothing that a text holds makes it raise anything
else, hang, or use much more memory than the text.
"""

from __future__ import annotations

from evt.validators.kinds import MARKDOWN, TEMPLATES, suffix_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evt.validators.file import File

PARSED_MAX = 4 << 20  # a parser needs many times the memory of its text
_BY_SUFFIX = {
    ".py": "python", ".pyi": "python", ".pyw": "python", ".json": "json", ".ipynb": "json",
    ".geojson": "json", ".webmanifest": "json", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".jsonc": "jsonc", ".json5": "text", ".toml": "toml", ".yaml": "yaml", ".yml": "yaml",
    ".xml": "xml", ".svg": "xml", ".plist": "xml", ".xliff": "xml", ".resx": "xml",
    ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "jsx", ".ts": "ts",
    ".tsx": "tsx", ".mts": "ts", ".cts": "ts", ".sh": "shell", ".bash": "shell", ".zsh": "zsh",
    ".fish": "fish", ".ksh": "ksh", **dict.fromkeys(MARKDOWN, "markdown"),
}  # fmt: skip
_ALSO = {
    "py": "python", "yml": "yaml", "md": "markdown", "js": "javascript", "sh": "shell",
    "bash": "shell", "typescript": "ts", "ndjson": "jsonl", "commonmark": "markdown",
}  # fmt: skip
_WITH_COMMENTS = ("tsconfig", "jsconfig", "devcontainer", ".eslintrc", ".babelrc", ".swcrc",
                  "launch", "settings", "tasks", "extensions", "keybindings")  # fmt: skip
FORMATS = frozenset({*_BY_SUFFIX.values(), *_ALSO})


class Broken(Exception):
    """The text does not parse: what is wrong, and the line from 1 if it is known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def format_of(file: File, asked: str | None) -> str:
    """The name of a format: what a check says, else by suffix, name or first line."""
    if asked is not None:
        name = asked.lower().lstrip(".")
        return _ALSO.get(name, name)
    if _is_template(file):
        return "text"
    name = file.name.lower()
    found = _BY_SUFFIX.get(suffix_of(file.path))
    if found == "json" and (name.startswith(_WITH_COMMENTS) or ".vscode/" in file.path):
        return "jsonc"
    if found is None and file.data.startswith(b"#!"):
        first = file.data[:200].split(b"\n")[0]
        if b"python" in first:
            return "python"
        return "shell" if first.rstrip().endswith((b"/sh", b"bash", b" sh")) else "text"
    return found or "text"


def _is_template(file: File) -> bool:
    """A text that becomes its format only when it is filled in."""
    if suffix_of(file.path) in TEMPLATES or "{{" in file.path:
        return True
    return "template" in file.path.lower() and any(m in file.text for m in ("{{", "{%", "<%"))


def parse(format: str, file: File) -> None:
    """Raise Broken if the file is not of this format (one of PARSERS)."""
    try:
        PARSERS[format](file)
    except (RecursionError, MemoryError):
        raise Broken("is nested too deeply to be parsed") from None


def _python(file: File) -> None:
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(file.data, file.path, "exec", dont_inherit=True)
    except SyntaxError as problem:
        raise Broken(f"is not Python: {problem.msg}", problem.lineno) from None
    except ValueError as problem:
        raise Broken(f"is not Python: {problem}") from None


def _json(file: File) -> None:
    json_value(file)


def json_value(file: File) -> Any:
    """The value of a strict JSON text; numbers may be larger than evt itself writes."""
    from evt.eventlog.errors import InvalidInput
    from evt.eventlog.rawjson import loads

    try:
        return loads(file.data)
    except InvalidInput as problem:
        try:
            return _larger_json(file.data)
        except ValueError:
            raise Broken(f"is not strict JSON: {_bare(problem.message)}",
                         _line_in(problem.message, file.text)) from None  # fmt: skip


def _bare(message: str) -> str:
    return message.removeprefix("not strict JSON: ")


def _line_in(message: str, text: str) -> int | None:
    _, found, position = message.rpartition(" at character ")
    return text.count("\n", 0, int(position) - 1) + 1 if found and position.isdigit() else None


def _larger_json(data: bytes) -> Any:
    """JSON beyond the limits of the log: as RFC 8259 has it, without duplicate keys."""
    import json

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(found := dict(pairs)) != len(pairs):
            raise ValueError
        return found

    def refuse(_: str) -> None:
        raise ValueError

    return json.loads(data.decode(), object_pairs_hook=unique, parse_constant=refuse)


def _jsonl(file: File) -> None:
    from evt.eventlog.errors import InvalidInput
    from evt.eventlog.rawjson import loads

    for number, line in enumerate(file.data.split(b"\n"), 1):
        try:
            if line.strip():
                loads(line)
        except InvalidInput as problem:
            raise Broken(f"is not JSON line by line: {_bare(problem.message)}", number) from None


def _jsonc(file: File) -> None:
    """JSON as editors and compilers take it: with comments and trailing commas."""
    import re

    text = re.sub(
        r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/',
        lambda found: found[0] if found[0][0] == '"' else " ", file.text, flags=re.DOTALL,
    )  # fmt: skip
    text = re.sub(r'("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])', lambda found: found[1] or " ", text)
    try:
        _larger_json(text.encode())
    except ValueError as problem:
        raise Broken(f"is not JSON with comments: {problem}") from None


def _toml(file: File) -> None:
    import tomllib

    try:
        tomllib.loads(file.data.decode())
    except ValueError as problem:
        words = str(problem)
        _, _, line = words.partition("(at line ")
        number = line.partition(",")[0]
        raise Broken(f"is not TOML: {words}", int(number) if number.isdigit() else None) from None


def _yaml(file: File) -> None:
    from evt.validators.yamltext import check_yaml

    check_yaml(file.text)


def _xml(file: File) -> None:
    from xml.parsers import expat

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _no_entities
    try:
        parser.Parse(file.data, True)
    except expat.ExpatError as problem:
        raise Broken(f"is not XML: {expat.ErrorString(problem.code)}", problem.lineno) from None


def _no_entities(*_: object) -> None:
    raise Broken("declares entities, which are not expanded here")


def _markdown(file: File) -> None:
    if _fences_pair(file.text):
        return
    if file.page.tangled:
        raise Broken("has quotes and lists too tangled to be parsed")
    line = file.page.open_fence()
    if line is not None:
        raise Broken("has a code fence that is opened and never closed", line + 1)


def _fences_pair(text: str) -> bool:
    """Whether all fences stand at the margin and each is closed; else the parser has to look."""
    opened = ""
    for line in text.split("\n"):
        if "```" not in line and "~~~" not in line:
            continue
        bare = line.strip()
        mark = bare[: len(bare) - len(bare.lstrip(bare[0]))]
        if len(mark) < 3 or mark[0] not in "`~" or line[0] != mark[0]:
            return False
        if not opened:
            opened = mark
        elif mark.startswith(opened) and mark == bare:
            opened = ""
    return not opened


def _text(_: File) -> None:
    """Text needs no more than what `syntax` asks of every text."""


PARSERS: dict[str, Callable[[File], None]] = {
    "python": _python, "json": _json, "jsonl": _jsonl, "jsonc": _jsonc, "toml": _toml,
    "yaml": _yaml, "xml": _xml, "markdown": _markdown, "text": _text,
}  # fmt: skip
