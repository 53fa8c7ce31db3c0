"""Functions without a body: a lone `pass`, `...` or NotImplementedError where work was asked for.

Left alone is what Python means to be empty: abstract methods, protocols, overloads, stub files,
methods of a base that subclasses override, hooks that a decorator registers, functions that say by
their name that they do nothing, functions inside functions and fall-backs under `if` and `except`.
In a file of many functions so is the odd one that says nothing of "not yet".
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from evt.validators.bodies import (
    NOT_IMPLEMENTED,
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
    r"^_?(?:Base|Abstract|I[A-Z][a-z])|^_?(?:Null|No|No[oO]p|Dummy|Fake|Stub|Mock|Empty)[A-Z]|"
    r"(?:Base|Interface|Mixin|Protocol|ABC)$|"
    r"^(?:Meta|Config|Backend|Strategy|Adapter|Handler|Driver|Provider|Store|Storage|Command)$"
)
_BASE_FILE = re.compile(r"_*(?:base|abc|abstract|interfaces?|protocols?)_*\.py$")
_HOOKS_NAME = re.compile(r"(?:Visitor|Listener|Observer|Callbacks?|Hooks?|Plugin|Extension)$")
# Names of hooks: a subclass that does nothing there says that it means to.
_HOOK_NAME = re.compile(
    r"^_?(?:visit|leave|enter|on|before|after|pre|post|setup|teardown|close|flush)(?:_|$)"
)
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
    r"\bcoming\b|\bnext (?:step|version|release|iteration)|unfinished|missing|"
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


# In a file of so many functions one of so many may be empty.
_MANY, _ONE_OF = 20, 20
_WORKING_FOR_EACH = 5  # functions with bodies, for each class without content


def python_stubs(file: File) -> Iterator[tuple[int, str]]:
    """(line from 1, what is there) of each function of a Python file that does nothing yet."""
    if not _CONTENT.search(file.text) and not _FOR_SUBCLASSES.search(file.text):
        if file.text.strip() and file.name not in _MAY_BE_EMPTY:
            yield 1, "comments and no code"
        return
    only_said = file.text.rstrip().endswith(('"""', "'''"))
    if not only_said and not any(hint.search(file.text) for hint in _HINTS):
        return
    try:
        module = ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # `syntax` says so
    if module.body and file.name not in _MAY_BE_EMPTY:
        rest = without_docstring(module.body)
        if all(said(statement) for statement in rest):
            yield module.body[-1].lineno, "a module without content"
            return
    found = list(_functions(module, file))
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            found += _class(node, module, file)
    few = found and _are_few(len(found), module)
    yield from ((line, what) for line, what, plain in found if not (plain and few))


def _are_few(found: int, module: ast.Module) -> bool:
    """Whether a file has so many functions that an odd empty one is no sign of missing work."""
    functions = sum(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(module)
    )
    return functions >= _MANY and found * _ONE_OF <= functions


def _functions(module: ast.Module, file: File) -> Iterator[tuple[int, str, bool]]:
    """(line, what is there, whether it may be meant so) of each function without a body."""
    for one in functions_of(module.body):
        what = nothing_in(one)
        if what and not _meant_empty(one, what, file) and _judged(one.name, file):
            said_of = f"the function {one.name} whose body is only {what}"
            yield one.lineno, said_of, _plain(one, what)


def _plain(node: Function, what: str) -> bool:
    """Whether nothing but its emptiness says that a function is not written yet."""
    words = message_of(node) + " " + (ast.get_docstring(node) or "")
    return what in ("pass", "...", "a docstring", NOT_IMPLEMENTED) and not _NOT_YET.search(words)


def _class(node: ast.ClassDef, module: ast.Module, file: File) -> Iterator[tuple[int, str, bool]]:
    if _is_contract(node, file):
        return
    if all(said(statement) for statement in node.body):
        if not _is_marker(node, module, file):
            what = f"the class {node.name} whose body is only {said(node.body[0])}"
            yield node.lineno, what, False
        return
    methods = functions_of(node.body)
    empty = [(m, nothing) for m in methods if (nothing := nothing_in(m))]
    below = _overridden(node.name, module) if empty else set()
    for method, nothing in empty:
        if (
            method.name not in below
            and _judged(method.name, file)
            and not _meant_empty(method, nothing, file)
            and not _is_hook(method, nothing, node, len(empty), len(methods))
        ):
            what = f"the method {node.name}.{method.name} whose body is only {nothing}"
            yield method.lineno, what, _plain(method, nothing)
    for inner in node.body:
        if isinstance(inner, ast.ClassDef):
            yield from _class(inner, module, file)


def _is_marker(node: ast.ClassDef, module: ast.Module, file: File) -> bool:
    """A class without content that is still one: it has a base, or only its identity counts."""
    return bool(
        node.bases or node.decorator_list or node.keywords or is_test(file.path)
        or node.name.startswith("_") or _MARKER_CLASS.search(node.name)
        or _does_work(module)
    )  # fmt: skip


def _does_work(module: ast.Module) -> bool:
    """Whether a module has many functions with bodies for each class without content."""
    empty = working = 0
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            working += nothing_in(node) is None
        elif isinstance(node, ast.ClassDef) and not node.bases:
            empty += all(said(statement) for statement in node.body)
    return working >= _WORKING_FOR_EACH * empty


def _is_hook(node: Function, what: str, owner: ast.ClassDef, empty: int, methods: int) -> bool:
    """An empty method that promises nothing: a dunder, a hook, or an override of a real base."""
    if _HOOKS_NAME.search(owner.name) and not _WORK.search(node.name):
        return True
    dunder = node.name.startswith("__") and node.name.endswith("__")
    if what == NOT_IMPLEMENTED and owner.bases and dunder:
        return node.name != "__init__" and not _NOT_YET.search(message_of(node))
    if what not in ("pass", "...", "a docstring") or _returns(node):
        return False
    if node.name == "__init__":
        return bool(owner.bases or node.args.vararg or len(node.args.args) < 2)
    if dunder or (owner.bases and _HOOK_NAME.match(node.name)):
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
