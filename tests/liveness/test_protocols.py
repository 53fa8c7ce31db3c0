"""The pages that say how to see it for yourself: their commands run and print what they show."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import EVT_BIN, ROOT, evt_environment
from tests.project.pages import Shells, complaints

PROTOCOLS = ROOT / "docs" / "projects" / "multi-chat-coordination" / "protocols"
PAGES = ("conflict-resolution", "phase3-validation-protocol", "phase4-validation-protocol")


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_the_demonstration_of_a_page_prints_what_it_shows(
    name: str, repo: Path, tmp_path: Path
) -> None:
    env = evt_environment(tmp_path)
    env |= {"PATH": f"{EVT_BIN.parent}{os.pathsep}{env['PATH']}", "TMPDIR": str(tmp_path)}
    page = (PROTOCOLS / f"{name}.md").read_text("utf-8")
    assert "$ evt demo --scenario " in page
    found = complaints(page, Shells(repo, tmp_path, env), {})
    assert not found, "\n\n".join(found)
