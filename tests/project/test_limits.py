"""The limits that keep every file small enough to be read at once: tight, and without exceptions.

What separates the beautiful code bases from the good ones is the tail, and nobody kept the tail
short without making it a rule that fails.
"""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

from tests.project.source import (
    LAYERS,
    body_lines,
    every_python_file,
    imports_at_load,
    shipped,
    tree,
    where,
)

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40
LINE_CHARACTERS_MAX = 100


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def test_there_is_something_to_measure() -> None:
    """Given an empty glob, every test below would pass."""
    assert all(any(layer in path.parts for path in shipped()) for layer in LAYERS)


def test_no_file_is_longer_than_one_sitting() -> None:
    long = {where(p): n for p in every_python_file() if (n := len(lines(p))) > FILE_LINES_MAX}
    assert not long


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        where(path, node.lineno): (node.name, count)
        for path in every_python_file()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (count := body_lines(node)) > FUNCTION_LINES_MAX
    }
    assert not long


def test_no_line_is_wider_than_the_screen() -> None:
    wide = [
        where(path, number)
        for path in every_python_file()
        for number, line in enumerate(lines(path), 1)
        if len(line) > LINE_CHARACTERS_MAX
    ]
    assert not wide


def test_every_module_opens_with_why_it_exists() -> None:
    silent = [where(path) for path in every_python_file() if not ast.get_docstring(tree(path))]
    assert not silent


def test_every_public_name_says_what_it_is() -> None:
    silent = [
        f"{where(path, node.lineno)} {node.name}"
        for path in shipped()
        for node in public_definitions(tree(path).body)
        if not ast.get_docstring(node)
    ]
    assert not silent


def public_definitions(
    body: list[ast.stmt],
) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Return public functions and classes, and the public methods of public classes."""
    found: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name.startswith("_") or is_overload_or_setter(node):
                continue
            found.append(node)
            if isinstance(node, ast.ClassDef):
                found += public_definitions(node.body)
    return found


def is_overload_or_setter(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    names = {ast.unparse(decorator).split(".")[-1] for decorator in node.decorator_list}
    return bool(names & {"overload", "setter"})


def test_imports_are_absolute_and_under_evt() -> None:
    """Given a relative import or a bare `import eventlog`, a class would get two identities."""
    wrong = [
        where(path, node.lineno)
        for path in every_python_file()
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.ImportFrom) and (node.level or top(node.module) in LAYERS))
        or (isinstance(node, ast.Import) and any(top(a.name) in LAYERS for a in node.names))
    ]
    assert not wrong


def top(module: str | None) -> str:
    return (module or "").split(".")[0]


def test_no_import_cycle_when_modules_load() -> None:
    """Given the imports that run at load, when followed, then no module reaches itself."""
    known = {module_name(path) for path in shipped()}
    edges = {module_name(path): loaded_by(path, known) for path in shipped()}
    done: set[str] = set()
    for start in edges:
        assert not (cycle := find_cycle(start, edges, [], done)), " -> ".join(cycle)


def module_name(path: Path) -> str:
    parts = list(path.with_suffix("").parts)
    first = next(i for i, part in enumerate(parts) if part in LAYERS)
    names = ["evt", *parts[first:]]
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


def loaded_by(path: Path, known: set[str]) -> set[str]:
    """Return the evt modules that loading this file asks for.

    `from package import module` asks for the module, `from module import name` for that module.
    """
    found: set[str] = set()
    for node in imports_at_load(tree(path).body):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner & known
            found |= {node.module or ""} if inner - known else set()
    return found - {module_name(path)}


def find_cycle(
    name: str, edges: dict[str, set[str]], trail: list[str], done: set[str]
) -> list[str]:
    if name in trail:
        return [*trail[trail.index(name) :], name]
    if name in done or name not in edges:
        return []
    for following in sorted(edges[name]):
        if cycle := find_cycle(following, edges, [*trail, name], done):
            return cycle
    done.add(name)
    return []


def test_every_lint_exception_says_why() -> None:
    """Given a `noqa` or `type: ignore`, then it names the rule and a reason follows it."""
    silent = [
        where(path, number)
        for path in every_python_file()
        for number, text in comments(path)
        if is_bare_exception(text)
    ]
    assert not silent


def comments(path: Path) -> list[tuple[int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline)
    return [(t.start[0], t.string) for t in tokens if t.type == tokenize.COMMENT]


def is_bare_exception(comment: str) -> bool:
    text = comment.lstrip("# ")
    if text.startswith("noqa"):
        return ":" not in text or len(text.split(None, 2)) < 3
    if text.startswith("type: ignore"):
        return "[" not in text or not text.split("]", 1)[1].strip("# ")
    return False
