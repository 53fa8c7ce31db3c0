"""Functions without a body: a lone `pass`, `...` or NotImplementedError where work was asked for.

Left alone is what Python means to be empty: abstract methods, protocols, overloads, stub files,
methods of a base that subclasses override, hooks that a decorator registers, functions that say by
their name that they do nothing, functions inside functions and fall-backs under `if` and `except`.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from evt.validators.bodies import (
    Function,
    functions_of,
    message_of,
    name_of,
    nothing_in,
    said,
    without_docstring,
)
from evt.validators.kinds import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evt.validators.file import File

_NOTHING = (
    r"(?:pass|\.\.\.|raise \w*(?:Error|Exception)\b[^\n]*|return NotImplemented|"
    r"assert (?:True|1|1 == 1)|"
    r"self\.assertTrue\(True\)|return [\"'](?:TODO|TBD|placeholder)[\"'])"
    r"[ \t]*(?:#[^\n]*)?$"
)
_COMMENTS = r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*"
_QUOTES = r"(?:\"\"\"|''')"
# Where a body may be nothing; without a match there is no need to parse, which is slow.
_HINTS = (
    re.compile(
        rf"^[ \t]*(?:(?:async )?def|class|\))[^\n]*:[ \t]*(?:(?:#[^\n]*)?\n{_COMMENTS})?{_NOTHING}",
        re.MULTILINE,
    ),
    re.compile(rf"{_QUOTES}[ \t]*\n{_COMMENTS}{_NOTHING}", re.MULTILINE),
    re.compile(rf"^{_NOTHING}", re.MULTILINE),
    re.compile(r"^[ \t]+raise NotImplementedError\(\w+\)$", re.MULTILINE),
    re.compile(r"(?:not(?: yet)?|to be) implemented", re.IGNORECASE),
    # a docstring, and then a line that is indented less
    re.compile(
        rf"^([ \t]+)[rR]?({_QUOTES})(?:[^\"'\\]|\\.|(?!\2)[\"'])*\2[ \t]*\n(?:[ \t]*\n)*"
        r"(?!\1|[ \t]*\n)",
        re.MULTILINE | re.DOTALL,
    ),
)
_MAY_BE_EMPTY = frozenset({"__init__.py", "conftest.py"})
_CONTENT = re.compile(r"^[ \t]*[^#\s]", re.MULTILINE)
_EMPTY_ON_PURPOSE = re.compile(
    r"no_?op|downgrade|nothing|null|dummy|fake|stub|ignore|silent|placeholder|unused|mock|discard|"
    r"swallow",
    re.IGNORECASE,
)
_BASE_NAME = re.compile(
    r"^_?(?:Base|Abstract|I[A-Z][a-z])|^_?(?:Null|No[oO]p|Dummy|Fake|Stub|Mock|Empty)[A-Z]|"
    r"(?:Base|Interface|Mixin|Protocol|ABC)$|"
    r"^(?:Meta|Config|Backend|Strategy|Adapter|Handler|Driver|Provider|Store|Storage|Command)$"
)
_BASE_FILE = re.compile(r"_*(?:base|abc|abstract|interfaces?|protocols?)_*\.py$")
_HOOKS_NAME = re.compile(r"(?:Visitor|Listener|Observer|Callbacks?|Hooks?|Plugin|Extension)$")
# What a hook or an override may leave empty has a name that promises no result.
_WORK = re.compile(
    r"^(?:parse|dump|load|save|read|execute|compute|calculate|render|convert|transform|build|"
    r"create|fetch|search|encode|decode|serialize|export|generate|merge|sort|format|extract|train|"
    r"predict)"
    r"(?:_|$)"
)
_FOR_SUBCLASSES = re.compile(
    r"subclass|overrid|abstract|derived|\binterface\b|\bhooks?\b|no-?op|(?:does|do) nothing|"
    r"nothing to|on purpose|deliberately|intentionally",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"implement|not supported\W*$|todo|later|soon|\byet\b|pending|wip|stub|placeholder|fixme|"
    r"not done",
    re.IGNORECASE,
)
_FOR_THEM = re.compile(
    r"subclass\w*|overrid\w+|abstract|must (?:be )?implement\w*|must define|[:;] use\b|\binstead\b",
    re.IGNORECASE,
)
_ABSTRACT = frozenset({
    "abstractmethod", "abstractproperty", "overload", "singledispatch", "singledispatchmethod",
})  # fmt: skip
# Decorators that do no work of their own: behind them an empty body is empty.
_DOES_NOT_HIDE = frozenset({
    "staticmethod", "classmethod", "property", "cached_property", "cache", "lru_cache", "setter",
})  # fmt: skip
# Decorators that hand the function to something which needs no more than its name.
_REGISTERS = frozenset({
    "group", "callback", "hookspec", "hookimpl", "fixture", "extern", "generic", "dispatch",
    "register", "provide", "usefixtures", "given", "when", "then", "scenario", "pass_context",
    "event", "signal", "command", "option", "argument", "implementation", "guvectorize",
})  # fmt: skip
_CONTRACTS = frozenset({"Protocol", "Interface", "NamedTuple", "TypedDict"})
_ABSTRACT_BASES = frozenset({"ABC", "ABCMeta"})
_MARKER_CLASS = re.compile(
    r"sentinel|marker|missing|unset|empty|undefined|default|tag|none|dummy|fake|stub", re.IGNORECASE
)


def python_stubs(file: File) -> Iterator[tuple[int, str]]:
    """(line from 1, what is there) of each function of a Python file that does nothing yet."""
    if not _CONTENT.search(file.text) and not _FOR_SUBCLASSES.search(file.text):
        if file.text.strip() and file.name not in _MAY_BE_EMPTY:
            yield 1, "comments and no code"
        return
    if not any(hint.search(file.text) for hint in _HINTS):
        return
    try:
        module = ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # `syntax` says so
    if module.body and file.name not in _MAY_BE_EMPTY:
        rest = without_docstring(module.body)
        if rest and all(said(statement) for statement in rest):
            yield rest[0].lineno, "a module without content"
            return
    for function in functions_of(module.body):
        what = nothing_in(function)
        if what and not _meant_empty(function, what, file) and _judged(function.name, file):
            yield function.lineno, f"the function {function.name} whose body is only {what}"
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            yield from _class(node, module, file)


def _class(node: ast.ClassDef, module: ast.Module, file: File) -> Iterator[tuple[int, str]]:
    if _is_contract(node, file):
        return
    if all(said(statement) for statement in node.body):
        if not _is_marker(node, file):
            yield node.lineno, f"the class {node.name} whose body is only {said(node.body[0])}"
        return
    methods = functions_of(node.body)
    empty = [(m, what) for m in methods if (what := nothing_in(m))]
    below = _overridden(node.name, module) if empty else set()
    for method, what in empty:
        if (
            method.name not in below
            and _judged(method.name, file)
            and not _meant_empty(method, what, file)
            and not _is_hook(method, what, node, len(empty), len(methods))
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


def _is_hook(node: Function, what: str, owner: ast.ClassDef, empty: int, methods: int) -> bool:
    """An empty method that promises nothing: a dunder, a hook, or an override of a real base."""
    if _HOOKS_NAME.search(owner.name) and not _WORK.search(node.name):
        return True
    if what not in ("pass", "...", "a docstring") or _returns(node):
        return False
    if node.name == "__init__":
        return bool(owner.bases or node.args.vararg or len(node.args.args) < 2)
    if node.name.startswith("__") and node.name.endswith("__"):
        return True
    if _WORK.search(node.name):
        return False
    return empty < methods if what == "a docstring" else bool(owner.bases) and empty * 2 <= methods


def _judged(name: str, file: File) -> bool:
    """In a test file the tests themselves; helpers of tests are often empty on purpose."""
    return name.startswith("test") if is_test(file.path) else True


def _is_contract(node: ast.ClassDef, file: File) -> bool:
    """A class that others fill in: a protocol, an abstract base, or one that says so."""
    names = {name_of(base) for base in node.bases} | {name_of(k.value) for k in node.keywords}
    if names & _CONTRACTS:
        return True
    if names & _ABSTRACT_BASES:
        return any(_decorators(method) & _ABSTRACT for method in functions_of(node.body))
    words = ast.get_docstring(node) or ""
    return bool(
        _BASE_NAME.search(node.name) or _FOR_SUBCLASSES.search(words) or _BASE_FILE.match(file.name)
    )


def _overridden(name: str, module: ast.Module) -> set[str]:
    """Names of methods that subclasses in the same module define, theirs included."""
    classes = [node for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
    below, found = {name}, set[str]()
    for other in classes:  # a class stands behind its bases
        if any(name_of(base) in below for base in other.bases):
            below.add(other.name)
            found.update(one.name for one in functions_of(other.body) if not nothing_in(one))
    return found


def _decorators(node: Function) -> set[str]:
    return {name_of(decorator) for decorator in node.decorator_list}


def _meant_empty(node: Function, what: str, file: File) -> bool:
    decorators = _decorators(node)
    if decorators & _ABSTRACT:
        return True
    docstring = ast.get_docstring(node) or ""
    if what not in ("pass", "...", "a docstring"):
        return bool(_FOR_SUBCLASSES.search(docstring) or _says_why(node))
    if node.name.startswith("test") and is_test(file.path):
        return "usefixtures" in decorators
    if decorators - _DOES_NOT_HIDE and (what == "a docstring" or decorators & _REGISTERS):
        return True  # registered somewhere: the decorator does the work
    return bool(_EMPTY_ON_PURPOSE.search(node.name) or _FOR_SUBCLASSES.search(docstring))


def _says_why(node: Function) -> bool:
    """An exception with a message for subclasses, or about what is not supported and why."""
    message = message_of(node)
    rest, for_them = _FOR_THEM.subn("", message)
    return bool(for_them) or (message.count(" ") >= 2 and not _NOT_YET.search(rest))


def _returns(node: Function) -> bool:
    """Whether it promises a value."""
    returned = node.returns
    if returned is None:
        return False
    return ast.unparse(returned).strip("'\"") not in ("None", "NoReturn", "Never")
