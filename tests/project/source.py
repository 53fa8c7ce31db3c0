"""The shipped source as the project's own tests look at it: files and their syntax trees."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.conftest import ROOT

LAYERS = ("eventlog", "projections", "validators", "cli")


@cache
def shipped() -> tuple[Path, ...]:
    """Return every Python file that is installed, sorted."""
    return tuple(sorted(p for layer in LAYERS for p in (ROOT / layer).rglob("*.py")))


@cache
def every_python_file() -> tuple[Path, ...]:
    """Return every Python file of the repository, tests included, sorted."""
    return shipped() + tuple(sorted((ROOT / "tests").rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def where(path: Path, line: int = 0) -> str:
    """Return `file:line`, relative to the repository, for a failure message."""
    return f"{path.relative_to(ROOT).as_posix()}:{line}"


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines from the first statement to the last, without the docstring."""
    body = node.body
    if ast.get_docstring(node, clean=False) is not None:
        body = body[1:]
    return 0 if not body else (body[-1].end_lineno or 0) - body[0].lineno + 1


def imports_at_load(body: list[ast.stmt]) -> list[ast.Import | ast.ImportFrom]:
    """Return the imports that run when the module is loaded, not those inside functions.

    `if TYPE_CHECKING:` blocks never run, and what `except ImportError:` falls back to is not what
    is loaded where it counts; all other blocks might be.
    """
    found: list[ast.Import | ast.ImportFrom] = []
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.append(node)
        elif isinstance(node, ast.If) and _never_runs(node.test):
            found += imports_at_load(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for block in ("body", "orelse", "finalbody"):
                found += imports_at_load(getattr(node, block, []))
            for handler in getattr(node, "handlers", []):
                if "ImportError" not in ast.dump(handler.type or ast.Name("Exception")):
                    found += imports_at_load(handler.body)
    return found


def _never_runs(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"
