"""Functions without a body: a lone `pass`, `...` or NotImplementedError where work was asked for.

Left alone is what Python means to be empty: abstract methods, protocols, overloads, stub files,
methods of a base that subclasses override, hooks that a decorator registers, functions that say by
their name that they do nothing, functions inside functions and fall-backs under `if` and `except`.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from evt.validators.kinds import is_test, suffix_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.validators.file import File

_NOTHING = r"(?:pass|\.\.\.|raise NotImplementedError\b[^\n]*)[ \t]*(?:#[^\n]*)?$"
_QUOTES = r"(?:\"\"\"|''')"
# Where a body may be nothing; without a match there is no need to parse, which is slow.
_HINTS = (
    re.compile(
        rf"^[ \t]*(?:(?:async )?def|class|\))[^\n]*:[ \t]*(?:#[^\n]*)?(?:\n\s*)?{_NOTHING}",
        re.MULTILINE,
    ),
    re.compile(rf"{_QUOTES}[ \t]*\n\s*{_NOTHING}", re.MULTILINE),
    re.compile(rf"^{_NOTHING}", re.MULTILINE),
    # a docstring, and then a line that is indented less
    re.compile(
        rf"^([ \t]+)[rR]?({_QUOTES})(?:[^\"'\\]|\\.|(?!\2)[\"'])*\2[ \t]*\n(?:[ \t]*\n)*"
        r"(?!\1|[ \t]*\n)",
        re.MULTILINE | re.DOTALL,
    ),
)
_EMPTY_ON_PURPOSE = re.compile(
    r"no_?op|nothing|null|dummy|fake|stub|ignore|silent|placeholder|unused|mock|discard|swallow",
    re.IGNORECASE,
)
_BASE_NAME = re.compile(
    r"^_?(?:Base|Abstract|I[A-Z][a-z])|^_?(?:Default|Null|No[oO]p|Dummy|Fake|Stub|Mock|Empty)[A-Z]|"
    r"(?:Base|Interface|Mixin|Protocol|ABC|Adapter|Backend|Strategy|Plugin|Visitor|Handler|"
    r"Listener|Observer|Callbacks?|Hooks?)$|^(?:Meta|Config)$"
)
_FOR_SUBCLASSES = re.compile(
    r"subclass|overrid|abstract|derived|\binterface\b|\bhooks?\b|no-?op|(?:does|do) nothing|"
    r"nothing to|on purpose|deliberately|intentionally",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"implement|todo|later|soon|\byet\b|pending|wip|stub|placeholder|fixme|not done", re.IGNORECASE
)
_FOR_THEM = re.compile(
    r"subclass\w*|overrid\w+|abstract|must (?:be )?implement\w*|must define", re.IGNORECASE
)
_ABSTRACT = frozenset({
    "abstractmethod", "abstractproperty", "overload", "singledispatch", "singledispatchmethod",
})  # fmt: skip
# Decorators that do no work of their own: behind them an empty body is empty.
_DOES_NOT_HIDE = frozenset({
    "staticmethod", "classmethod", "property", "cached_property", "cache", "lru_cache", "setter",
})  # fmt: skip
_CONTRACTS = frozenset({"Protocol", "ABC", "ABCMeta", "Interface", "NamedTuple", "TypedDict"})
_MARKER_CLASS = re.compile(
    r"sentinel|marker|missing|unset|empty|undefined|default|tag|none|dummy|fake|stub", re.IGNORECASE
)
# The same in languages that nothing here parses: the only statement between braces.
_NOT_DONE = r"[\"'`](?:not (?:yet )?implemented|todo|unimplemented|implement me)[^\n)]*"
_OTHER = re.compile(
    r"\{\s*(?:return\s+)?(?:"
    rf"throw new \w*(?:Error|Exception)\(\s*{_NOT_DONE}\)|"
    r"throw new NotImplementedException\([^\n)]*\)|"
    rf"panic\(\s*{_NOT_DONE}\)|fatalError\(\s*{_NOT_DONE}\)|"
    r"(?:unimplemented|todo)!\([^\n)]*\)|TODO\([^\n)]*\))\s*;?\s*\}",
    re.IGNORECASE,
)
_RUBY = re.compile(
    r"^[ \t]*def \w+[^\n]*\n\s*raise NotImplementedError[^\n]*\n\s*end\b", re.MULTILINE
)
_ABSTRACT_ELSEWHERE = re.compile(
    r"\babstract\b|subclass|overrid|must be implemented|\binterface\b", re.IGNORECASE
)


def stubs(file: File) -> Iterator[tuple[int, str]]:
    """(line from 1, what is there) of each function that does nothing yet."""
    suffix = suffix_of(file.path)
    if suffix == ".py":
        yield from _python(file)
    elif file.kind == "code" and suffix != ".pyi" and not _ABSTRACT_ELSEWHERE.search(file.text):
        for form in (_OTHER, _RUBY):
            for found in form.finditer(file.text):
                line = file.text.count("\n", 0, found.start()) + 1
                yield line, f"a function that only says it is not implemented (line {line})"


def _python(file: File) -> Iterator[tuple[int, str]]:
    if not any(hint.search(file.text) for hint in _HINTS):
        return
    try:
        module = ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # `syntax` says so
    if module.body and file.name not in ("__init__.py", "conftest.py"):
        rest = _without_docstring(module.body)
        if rest and all(_is_blank(statement) for statement in rest):
            yield rest[0].lineno, "a module without content"
            return
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            yield from _class(node, module, file)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            what = _stub(node)
            if what and not _meant_empty(node, what) and _judged(node.name, file):
                yield node.lineno, f"the function {node.name} whose body is only {what}"


def _class(node: ast.ClassDef, module: ast.Module, file: File) -> Iterator[tuple[int, str]]:
    if _is_contract(node):
        return
    if all(_is_blank(statement) for statement in node.body):
        if not _is_marker(node, file):
            yield node.lineno, f"the class {node.name} whose body is only {_said(node.body[0])}"
        return
    methods = [m for m in node.body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef)]
    empty = [(m, what) for m in methods if (what := _stub(m))]
    below = _overridden(node.name, module) if empty else set()
    few = bool(node.bases) and len(empty) * 2 <= len(methods)
    some = len(empty) < len(methods)
    for method, what in empty:
        if (
            method.name not in below
            and _judged(method.name, file)
            and not _meant_empty(method, what)
            and not _overrides(method, what, some if what == "a docstring" else few)
        ):
            yield method.lineno, f"the method {node.name}.{method.name} whose body is only {what}"
    for inner in node.body:
        if isinstance(inner, ast.ClassDef):
            yield from _class(inner, module, file)


def _is_marker(node: ast.ClassDef, file: File) -> bool:
    """A class without content that is still one: it has a base, or only its identity counts."""
    return bool(
        node.bases or node.decorator_list or node.keywords or is_test(file.path)
        or node.name.startswith("_") or _MARKER_CLASS.search(node.name)
    )  # fmt: skip


def _overrides(node: ast.FunctionDef | ast.AsyncFunctionDef, what: str, few: bool) -> bool:
    """An empty method that promises nothing: a dunder, or one of `few` hooks of its class."""
    if what == "NotImplementedError" or _returns(node):
        return False
    return few or (node.name.startswith("__") and node.name.endswith("__"))


def _judged(name: str, file: File) -> bool:
    """In a test file the tests themselves; helpers of tests are often empty on purpose."""
    return name.startswith("test") if is_test(file.path) else True


def _is_contract(node: ast.ClassDef) -> bool:
    """A class that others fill in: a protocol, an abstract base, or one that says so."""
    names = {_name(base) for base in node.bases} | {_name(k.value) for k in node.keywords}
    if names & _CONTRACTS:
        return True
    words = ast.get_docstring(node) or ""
    return bool(_BASE_NAME.search(node.name) or _FOR_SUBCLASSES.search(words))


def _overridden(name: str, module: ast.Module) -> set[str]:
    """Names of methods that subclasses in the same module define."""
    return {
        method.name
        for other in ast.walk(module)
        if isinstance(other, ast.ClassDef) and any(_name(base) == name for base in other.bases)
        for method in other.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and not _stub(method)
    }


def _stub(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """What the whole body is, if it is nothing; None for a real one."""
    rest = _without_docstring(node.body)
    if not rest:
        return "a docstring"
    if len(rest) > 1 or not _is_blank(rest[0]):
        return None
    return _said(rest[0])


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    documented = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    return body[1:] if documented else body


def _is_blank(node: ast.stmt) -> bool:
    return _said(node) is not None


def _said(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Pass):
        return "pass"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return "..." if node.value.value is Ellipsis else None
    if isinstance(node, ast.Raise) and node.exc is not None:
        return "NotImplementedError" if _name(node.exc) == "NotImplementedError" else None
    return None


def _meant_empty(node: ast.FunctionDef | ast.AsyncFunctionDef, what: str) -> bool:
    decorators = {_name(decorator) for decorator in node.decorator_list}
    if decorators & _ABSTRACT:
        return True
    docstring = ast.get_docstring(node) or ""
    if what == "NotImplementedError":
        return bool(_FOR_SUBCLASSES.search(docstring) or _says_why(node))
    if decorators - _DOES_NOT_HIDE:
        return True  # registered somewhere: the decorator does the work
    return bool(_EMPTY_ON_PURPOSE.search(node.name) or _FOR_SUBCLASSES.search(docstring))


def _says_why(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A NotImplementedError with a message for subclasses, or about what is not supported."""
    raised = node.body[-1]
    if not isinstance(raised, ast.Raise) or not isinstance(raised.exc, ast.Call):
        return False
    said = " ".join(ast.unparse(argument) for argument in raised.exc.args)
    rest, for_them = _FOR_THEM.subn("", said)
    return bool(for_them) or (said.count(" ") >= 2 and not _NOT_YET.search(rest))


def _returns(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it promises a value."""
    returned = node.returns
    if returned is None:
        return False
    return ast.unparse(returned).strip("'\"") not in ("None", "NoReturn", "Never")


def _name(node: ast.expr) -> str:
    """The last name of a dotted, called or subscripted one."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
