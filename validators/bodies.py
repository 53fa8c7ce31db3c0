"""What the body of a Python function comes to, where it comes to nothing."""

from __future__ import annotations

import ast
import re
from typing import TypeAlias

Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
NOT_IMPLEMENTED = "NotImplementedError"
_SAYS_SO = re.compile(
    r"\bnot (?:yet |been )?implemented\b|\bunimplemented\b|\bimplement me\b|(?:^|\n)\W*to ?do\b|"
    r"\bto be implemented\b",
    re.IGNORECASE,
)


def functions_of(body: list[ast.stmt]) -> list[Function]:
    """The functions that a module or class defines itself."""
    return [one for one in body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]


def nothing_in(node: Function) -> str | None:
    """What the whole body is, if it is nothing; None for a real one."""
    rest = without_docstring(node.body)
    if not rest:
        return "a docstring"
    if len(rest) == 2 and isinstance(rest[0], ast.Assign) and isinstance(rest[1], ast.Raise):
        rest = rest[1:]  # the message, then the exception
    if len(rest) > 1:
        return None
    return said(rest[0]) or _said_by(node, rest[0])


def said(node: ast.stmt) -> str | None:
    """How a statement is named that does nothing, None for one that does."""
    if isinstance(node, ast.Pass):
        return "pass"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return "..." if node.value.value is Ellipsis else None
    if isinstance(node, ast.Raise) and node.exc is not None:
        if name_of(node.exc) == NOT_IMPLEMENTED:
            return NOT_IMPLEMENTED
        says = isinstance(node.exc, ast.Call) and _SAYS_SO.search(words_of(node.exc.args))
        return "an exception that says it is not implemented" if says else None
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        says = _SAYS_SO.search(words_of(node.value.args[:1]))
        return "a message that says it is not implemented" if says else None
    return None


def _said_by(node: Function, statement: ast.stmt) -> str | None:
    """The same of statements that are nothing only in some functions."""
    if isinstance(statement, ast.Return):
        value = statement.value
        if isinstance(value, ast.Name) and value.id == "NotImplemented":
            return None if node.name.startswith("__") else "return NotImplemented"
        if isinstance(value, ast.Constant) and value.value in ("TODO", "TBD", "placeholder"):
            return f"return {value.value}"
        if _is_trivial(value) and _SAYS_SO.search(ast.get_docstring(node) or ""):
            return "a value, and its docstring says that it is not implemented"
    if isinstance(statement, ast.Assert) and node.name.startswith("test"):
        return "assert True" if _is_always(statement.test) else None
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        always = name_of(call.func) == "assertTrue" and call.args and _is_always(call.args[0])
        return "assert True" if always else None
    return None


def _is_always(test: ast.expr) -> bool:
    """Whether a condition is a constant, or compares one with itself."""
    if isinstance(test, ast.Compare) and len(test.comparators) == 1:
        other = test.comparators[0]
        return isinstance(test.left, ast.Constant) and ast.dump(test.left) == ast.dump(other)
    return isinstance(test, ast.Constant) and bool(test.value)


def _is_trivial(value: ast.expr | None) -> bool:
    if value is None or isinstance(value, ast.Constant):
        return True
    return isinstance(value, ast.List | ast.Tuple | ast.Dict) and not ast.dump(value).count("Name(")


def message_of(node: Function) -> str:
    """What the exception that is all of a body says; a variable is looked up before it."""
    raised = node.body[-1]
    if not isinstance(raised, ast.Raise) or not isinstance(raised.exc, ast.Call):
        return ""
    before = node.body[-2] if len(node.body) > 1 else None
    if isinstance(before, ast.Assign):
        return words_of([before.value])
    return words_of(raised.exc.args)


def words_of(values: list[ast.expr]) -> str:
    """Expressions as they are written, without quotes around them."""
    return " ".join(ast.unparse(value) for value in values).strip("'\"")


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements behind the docstring."""
    first = body[0]
    documented = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    return body[1:] if documented else body


def name_of(node: ast.expr) -> str:
    """The last name of a dotted, called or subscripted one."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
