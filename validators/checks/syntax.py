"""What is handed in can be read by the program that it is for.

Parameters: `format` (by suffix), `paths`, `off`. Every text must be UTF-8 without NUL, unless
HTML, XML or Python declares another encoding and has it. Python is compiled, JSON (strict: no
duplicate keys), JSON lines, TOML, YAML and XML are parsed, in Markdown every code fence must be
closed. JavaScript is parsed by node and shell by bash where they are installed; where not, and for
TypeScript and JSX, the worker has to look (manual). Other suffixes are taken as text; known binary
ones are compared with their first bytes. Templates are text. Cannot see whether the content does
what it should.
"""

from __future__ import annotations

from evt.validators.file import READ_MAX
from evt.validators.formats import PARSED_MAX, PARSERS, Broken, format_of, parse
from evt.validators.kinds import suffix_of
from evt.validators.result import failed, manual, passed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evt.validators.file import File
    from evt.validators.result import Finding
    from evt.validators.work import Work

_BEGINS = {
    ".png": (b"\x89PNG\r\n",), ".jpg": (b"\xff\xd8\xff",), ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF8",), ".pdf": (b"%PDF-",), ".zip": (b"PK",), ".gz": (b"\x1f\x8b",),
    ".docx": (b"PK",), ".xlsx": (b"PK",), ".pptx": (b"PK",), ".whl": (b"PK",), ".jar": (b"PK",),
    ".webp": (b"RIFF",), ".woff": (b"wOFF",), ".woff2": (b"wOF2",), ".wasm": (b"\0asm",),
    ".sqlite": (b"SQLite format 3\0",), ".sqlite3": (b"SQLite format 3\0",),
}  # fmt: skip


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Fail for each file that does not parse; what nothing here can parse is manual, once."""
    by_hand: list[str] = []
    scripts: list[File] = []
    for file in work.files(asked):
        if file.kind == "binary" and "format" not in asked:
            yield from _first_bytes(file)
            continue
        format = format_of(file, asked.get("format"))
        broken = _not_text(file)
        if broken is not None:
            yield broken
        elif format == "javascript":
            scripts.append(file)
        elif format == "shell":
            yield from _shell(work, file, by_hand)
        elif format not in PARSERS or (format != "text" and file.size > PARSED_MAX):
            by_hand.append(_unparsed(file, format))
        else:
            yield from _parsed(format, file)
    if scripts:
        yield from _scripts(work, scripts, by_hand)
    if by_hand:
        yield manual(f"nothing here parses {', '.join(by_hand)}: open or compile what you hand in")


def _first_bytes(file: File) -> Iterator[Finding]:
    wanted = _BEGINS.get(suffix_of(file.path))
    if wanted and file.size and not file.data.startswith(wanted):
        yield failed(
            f"{file.path} does not begin as a {suffix_of(file.path)} file does: it holds something "
            "else", file.path,
        )  # fmt: skip


def _not_text(file: File) -> Finding | None:
    try:
        data = file.data if file.whole else file.data[:-4]
        data.decode()
    except UnicodeDecodeError as problem:
        if (problem.end < len(file.data) - 4 or file.whole) and not _declares_its_own(file):
            line = file.data.count(b"\n", 0, problem.start) + 1
            return failed(
                f"{file.path} is not UTF-8 at byte {problem.start}: save it as UTF-8",
                file.path,
                line,
            )
    at = file.data.find(b"\0")
    if at >= 0:
        return failed(
            f"{file.path} has a NUL at byte {at}, which no text has", file.path,
            file.data.count(b"\n", 0, at) + 1,
        )  # fmt: skip
    return None


def _declares_its_own(file: File) -> bool:
    """Whether HTML, XML or Python names another encoding at its beginning, and has it."""
    import re

    if suffix_of(file.path) not in (".html", ".htm", ".xhtml", ".xml", ".svg", ".py"):
        return False
    found = re.search(rb"coding[:=]\s*[\"']?([\w-]+)|charset=[\"']?([\w-]+)", file.data[:1024])
    try:
        file.data.decode((found[1] or found[2]).decode() if found else "utf-8")
    except (LookupError, UnicodeDecodeError):
        return False
    return True


def _unparsed(file: File, format: str) -> str:
    """The path, with the size if only that keeps it from being parsed."""
    if format not in PARSERS:
        return file.path
    return f"{file.path} ({file.size:,} bytes; parsers get at most {PARSED_MAX:,})"


def _parsed(format: str, file: File) -> Iterator[Finding]:
    try:
        parse(format, file)
    except Broken as problem:
        where = f" (line {problem.line})" if problem.line else ""
        yield failed(f"{file.path} {problem.message}{where}: fix it", file.path, problem.line)
    if not file.whole:
        yield passed(f"{file.path}: only the first {READ_MAX:,} bytes were looked at", file.path)


def _shell(work: Work, file: File, by_hand: list[str]) -> Iterator[Finding]:
    from evt.validators.tools import shell

    problem = shell(work.root, file)
    if isinstance(problem, bool):
        by_hand.append(file.path)
    elif problem is not None:
        yield failed(f"{file.path} is not shell: {problem[0]}: fix it", file.path, problem[1])


def _scripts(work: Work, files: list[File], by_hand: list[str]) -> Iterator[Finding]:
    from evt.validators.tools import javascript

    problems = javascript(work.root, files)
    for at, file in enumerate(files):
        problem = problems[at] if problems else None
        if problems is None or (problem and _has_jsx(file)):
            by_hand.append(file.path)
        elif problem:
            yield failed(
                f"{file.path} is not JavaScript: {problem[0]}: fix it", file.path, problem[1]
            )


def _has_jsx(file: File) -> bool:
    """JSX is not JavaScript, but lives in files named so."""
    import re

    return (
        re.search(r"[(=>?:&|{,]\s*<(?:[A-Za-z][\w.]*|>)|return\s*<[A-Za-z>]", file.text) is not None
    )
