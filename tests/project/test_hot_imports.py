"""What a chat waits for on every call: the hot verbs load nothing that they do not use.

Most of a cold start is imports, so the rule is about modules, which can be counted, and not about
milliseconds, which cannot. The static half names the guilty line; the half that runs evt proves
that nothing came in by another way.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import EVT_BIN, ROOT, Evt, evt_environment
from tests.project.source import imports_at_load, shipped, tree, where
from tests.project.test_limits import module_name

HOT_ROOTS = (
    "evt.eventlog.errors",
    "evt.eventlog.rawjson",
    "evt.eventlog.line",
    "evt.eventlog.checking",
    "evt.eventlog.state",
    "evt.eventlog.evolve",
    "evt.eventlog.decide",
    "evt.eventlog.log.filelog",
    "evt.eventlog.cache.checkpoint",
    "evt.eventlog.cache.idindex",
    "evt.cli.main",
    "evt.cli.args",
    "evt.cli.verbs.emit",
    "evt.cli.verbs.next",
    "evt.cli.verbs.status",
    "evt.cli.verbs.hook",
    "evt.cli.hosts.deadline",
    "evt.cli.hosts.hook",
    "evt.cli.hosts.reacting",
    "evt.cli.hosts.stopping",
)
CHEAP = {
    *("__future__", "sys", "os", "stat", "time", "errno", "fcntl", "select", "struct", "zlib"),
    *("bisect", "_json", "_sha256", "_sha2", "_blake2", "posix", "marshal", "signal", "_signal"),
    *("_bisect", "_struct", "_operator", "itertools", "_collections", "_weakref", "_thread"),
}
HEAVY = {
    *("json", "re", "typing", "datetime", "enum", "dataclasses", "functools", "hashlib", "pathlib"),
    *("subprocess", "uuid", "random", "inspect", "argparse", "sqlite3", "asyncio", "decimal"),
    *("pydantic", "orjson", "msgspec", "typer", "click", "rich", "watchfiles", "collections"),
}
SHOW_MODULES = """
import os, sys
def leave(code, leave=os._exit):
    with open({file!r}, "w") as out:
        out.write(" ".join(sorted(sys.modules)))
    leave(code)
os._exit = leave
sys.argv[1:] = {args!r}
from evt.cli.main import entry
try:
    code = entry()
except SystemExit as ended:
    code = ended.code
leave(code or 0)
"""


def hot_modules() -> dict[str, Path]:
    """Return every module that loading the hot roots loads, by name."""
    known = {module_name(path): path for path in shipped()}
    todo = [name for name in HOT_ROOTS if name in known]
    found: dict[str, Path] = {}
    while todo:
        name = todo.pop()
        if name in found or name not in known:
            continue
        found[name] = known[name]
        todo += [inner for node in imports_at_load(tree(known[name]).body) for inner in names(node)]
    return found


def names(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]


def test_hot_modules_import_only_cheap_ones_when_they_load() -> None:
    """Given the path of a hot verb, when its imports are read, then each is cheap or evt's own."""
    costly = [
        f"{where(path, node.lineno)} {ast.unparse(node)}"
        for path in hot_modules().values()
        for node in imports_at_load(tree(path).body)
        if (top := names(node)[0].split(".")[0]) != "evt" and top not in CHEAP
    ]
    assert not costly


def test_loading_the_hot_modules_loads_nothing_heavy() -> None:
    """Given a bare interpreter, when all hot modules load, then no heavy module came with them."""
    code = f"import sys\nsys.path.insert(0, {str(ROOT / '.namespace')!r})\n"
    code += "".join(f"import {name}\n" for name in sorted(hot_modules()))
    code += "print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not set(done.stdout.split()) & HEAVY


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["emit", "Noted", "--text", "x"], id="emit"),
        pytest.param(["next", "--as", "worker-A"], id="next"),
        pytest.param(["status"], id="status"),
        pytest.param(["status", "--json"], id="status-json"),
    ],
)
def test_a_hot_verb_runs_without_heavy_modules(
    args: list[str], evt: Evt, repo: Path, tmp_path: Path
) -> None:
    """Given a log with a task, when a hot verb runs as in a chat, then nothing heavy was loaded."""
    if not (ROOT / "cli" / "main.py").exists() or not EVT_BIN.exists():
        pytest.skip("there is no evt command yet")
    evt("init", "--project", "demo")
    evt("emit", "TaskCreated", "task-001", "--description", "d", as_="engineer")
    evt("join", "worker-A")
    shown = tmp_path / "modules"
    # -S: what a .pth file of the environment loads at start is not evt's doing.
    done = subprocess.run(
        [sys.executable, "-S", "-c", SHOW_MODULES.format(file=str(shown), args=args)],
        cwd=repo,
        env=evt_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not set(shown.read_text().split()) & HEAVY
