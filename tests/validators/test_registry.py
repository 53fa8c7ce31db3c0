"""Checks by name: complete, documented, validated when a task is created, and those of plugins."""

from __future__ import annotations

import ast
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evt.eventlog.errors import InvalidInput
from evt.eventlog.events_task import BUILT_IN as MODELLED
from evt.validators.registry import BUILT_IN, load, validate, validate_checks
from evt.validators.work import DEFAULTS
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "write-a-check.md"


def test_every_modelled_check_is_there_and_no_other() -> None:
    assert sorted(BUILT_IN) == sorted(MODELLED)
    assert set(DEFAULTS) <= set(BUILT_IN)
    assert all(load(name) for name in BUILT_IN)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_check_is_one_file_with_one_function_that_says_what_it_cannot_see(name: str) -> None:
    """Given a built-in check, then its file has one public function and tells its parameters."""
    module = importlib.import_module(BUILT_IN[name])
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    public = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert next(one for one in public if not one.startswith("_")) == "check"
    words = ast.get_docstring(tree) or ""
    assert "Parameters:" in words
    if name not in ("max_size",):
        assert "cannot see" in " ".join(words.lower().split())


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ({"check": "word_cont", "min": 1}, "did you mean word_count?"),
        ({"check": "word_count", "minimum": 1}, "did you mean min?"),
        ({"check": "word_count"}, "give min, max or both"),
        ({"check": "word_count", "min": 5, "max": 2}, "min 5 is more than max 2"),
        ({"check": "sections"}, "names is missing"),
        ({"check": "syntax", "format": "jsn"}, "did you mean json?"),
        ({"check": "contains", "pattern": "(", "regex": True}, "not a regular expression"),
        ({"check": "command", "argv": ["a", "{path}", "{path}"]}, "only one argument"),
        ({"check": "command", "argv": ["a"], "timeoutSeconds": 4000}, "at most 3600"),
        ({"check": "links", "off": True}, "off"),
        ({"check": "unchanged", "paths": ["../x"]}, "leaves the repository"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_check_is_refused_in_one_sentence(check: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match="check") as refused:
        validate(check)
    assert said in refused.value.message


def test_right_checks_are_not() -> None:
    validate_checks({})
    validate_checks({"acceptance": {"checks": [
        {"check": "syntax", "format": "YAML"}, {"check": "command", "argv": ["a", "{path}"]},
        {"check": "contains", "pattern": "("}, {"check": "line_count", "max": 3},
    ]}})  # fmt: skip


# -- a plugin, as the page shows it ---------------------------------------------------------------


def page_files() -> dict[str, str]:
    """The files of the plugin that docs/write-a-check.md builds: a name, then a block."""
    files, name, block = {}, "", None
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("`") and line.endswith("`:"):
            name = line.strip("`:")
        elif block is not None and line == "```":
            files[name], name, block = "\n".join(block) + "\n", "", None
        elif name and line.startswith("```"):
            block = []
        elif block is not None:
            block.append(line)
    return files


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the plugin of the page as a wheel and install it, without a network."""
    source, target = tmp_path_factory.mktemp("plugin"), tmp_path_factory.mktemp("installed")
    for name, text in page_files().items():
        (source / name).write_text(text, "utf-8")
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-build-isolation", "--no-deps"]
    subprocess.run([*pip, "wheel", *offline, "-w", source / "dist", source], check=True)
    (wheel,) = (source / "dist").glob("*.whl")
    install = [*pip, "install", "--no-index", "--no-deps", "--target", target, wheel]
    subprocess.run(install, check=True)
    return target


USE = """
import json, sys
from evt.eventlog.errors import EvtError
from evt.validators.gate import judge
from evt.validators.registry import validate
from evt.validators.work import Work
check, root = json.loads(sys.argv[1]), sys.argv[2]
try:
    validate(check)
except EvtError as refused:
    print(json.dumps(refused.message))
else:
    task = {"id": "t", "type": "task", "description": "d", "context": {"outputFiles": ["a.md"]},
            "acceptance": {"checks": [check]}}
    print(json.dumps(judge(Work(root, task)).results))
"""


def use(installed: Path, folder: Path, check: str) -> Any:
    """Validate and make a check in a process that sees the plugin."""
    (folder / "a.md").write_text("# A\n\nIt is very, very good.\n", "utf-8")
    path = os.pathsep.join([str(ROOT / ".namespace"), str(installed)])
    done = subprocess.run(
        [sys.executable, "-c", USE, check, str(folder)],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_plugin_of_the_page_works(installed: Path, tmp_path: Path) -> None:
    """Given the package of the page, built and installed, then its result names it."""
    results = use(installed, tmp_path, '{"check": "filler", "most": 1}')
    (result,) = [one for one in results if one["check"] == "filler"]
    assert result["verdict"] == "failed"
    assert (result["distribution"], result["version"]) == ("evt-check-filler", "1.0")
    assert (result["path"], result["line"]) == ("a.md", 3)
    passed = use(installed, tmp_path, '{"check": "filler", "most": 2}')[-1]
    assert (passed["verdict"], passed["version"]) == ("passed", "1.0")


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ('{"check": "filer"}', "did you mean filler?"),
        ('{"check": "filler", "mst": 1}', "did you mean most?"),
        ('{"check": "filler", "most": "1"}', "most is '1', but must be int"),
        ('{"check": "filler", "most": true}', "most is True, but must be int"),
        ('{"check": "filler", "most": -1}', "most cannot be negative"),
        ('{"check": "filler", "paths": ["/etc"]}', "paths is a list of paths"),
    ],
)
def test_a_plugin_judges_its_own_parameters(
    check: str, said: str, installed: Path, tmp_path: Path
) -> None:
    assert said in use(installed, tmp_path, check)


def test_a_plugin_that_breaks_is_an_error(installed: Path, tmp_path: Path) -> None:
    (installed / "evt_check_filler.py").rename(installed / "kept.py")
    try:
        assert "does not load" in use(installed, tmp_path, '{"check": "filler"}')
    finally:
        (installed / "kept.py").rename(installed / "evt_check_filler.py")


def test_a_plugin_cannot_take_a_built_in_name(installed: Path, tmp_path: Path) -> None:
    """Given a plugin called `word_count`, then the built-in one is used all the same."""
    entry = next(installed.glob("*.dist-info")) / "entry_points.txt"
    kept = entry.read_text()
    entry.write_text("[evt.validators]\nword_count = evt_check_filler:filler\n")
    try:
        results = use(installed, tmp_path, '{"check": "word_count", "max": 1}')
    finally:
        entry.write_text(kept)
    (result,) = [one for one in results if one["check"] == "word_count"]
    assert "at most 1" in result["message"]
    assert "distribution" not in result
