"""Examples in docstrings run.

`pytest --doctest-modules` would import each module a second time under its folder's name (the
packages are reached through links), so the modules are walked by their real names.
"""

from __future__ import annotations

import doctest
import importlib

import pytest

from tests.project.source import shipped
from tests.project.test_limits import module_name

WITH_EXAMPLES = [p for p in shipped() if ">>> " in p.read_text("utf-8")]


@pytest.mark.parametrize("name", [module_name(path) for path in WITH_EXAMPLES])
def test_docstring_examples_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_every_module_can_be_imported_on_its_own() -> None:
    """Given any module, when it is imported by its evt.* name, then it loads."""
    for path in shipped():
        if path.stem != "__main__":
            importlib.import_module(module_name(path))
