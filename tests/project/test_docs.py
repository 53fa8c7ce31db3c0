"""Wrong docs are worse than none: links resolve, decisions are complete, pages are fresh."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.project.source import where

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
ADR_PARTS = ["Status", "Context", "Decision", "Alternatives", "Consequences"]
ADR_STATUS = re.compile(r"^(Accepted|Proposed|Superseded by \[[^]]+\]\([^)]+\)), \d{4}-\d\d-\d\d")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
SOMEBODYS_MACHINE = re.compile(r"(?<![\w.<~}])/(home|root|work|Users|mnt|opt)/\w")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|TBD)\b")
# These have to spell the markers: the gate that looks for them, its tests and its page.
SPELLS_MARKERS = ("validators/", "tests/validators/", "docs/checks.md")
GENERATED = ("evt.cli.docs", "evt.eventlog.table", "evt.eventlog.generate")


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


@pytest.mark.parametrize("page", PAGES, ids=where)
def test_links_resolve(page: Path) -> None:
    """Given a page, when its relative links are followed, then file and heading are there."""
    broken = []
    for target in LINK.findall(CODE.sub("", page.read_text("utf-8"))):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(target)
    assert not broken


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the usual renderers make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("adr", ADRS, ids=lambda path: path.stem)
def test_every_decision_says_what_else_was_weighed(adr: Path) -> None:
    text = adr.read_text("utf-8")
    assert re.match(rf"# {int(adr.stem[:4])}\. \S", text), "title: `# 7. What was decided`"
    sections = dict(re.findall(r"^## (\w+)\n+(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert list(sections) == ADR_PARTS
    assert all(body.strip() for body in sections.values())
    assert ADR_STATUS.match(sections["Status"]), "Status: `Accepted, 2026-11-24`"


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(adr.stem[:4]) for adr in ADRS] == list(range(1, len(ADRS) + 1))


def test_every_runtime_dependency_is_justified_by_a_decision() -> None:
    text = "\n".join(adr.read_text("utf-8") for adr in ADRS)
    listed = project()["dependencies"]
    assert isinstance(listed, list)
    names = [re.split(r"[\[<>=~! ]", dependency)[0] for dependency in listed]
    assert [name for name in names if f"**{name}**" not in text] == []


def test_the_changelog_knows_the_current_version() -> None:
    assert re.search(
        rf"^## \[({re.escape(str(project()['version']))}|Unreleased)\]",
        (ROOT / "CHANGELOG.md").read_text("utf-8"),
        re.MULTILINE,
    )


@pytest.mark.parametrize("module", GENERATED)
def test_generated_files_are_fresh(module: str) -> None:
    """Given a generated file, when it is made anew, then nothing differs (else: `make docs`)."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} does not exist yet")
    done = subprocess.run(
        [sys.executable, "-m", module, "--check"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / ".namespace"), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_names_somebodys_machine_or_is_unfinished() -> None:
    found = [
        f"{where(path, number)} {line.strip()}"
        for path in tracked()
        if path != Path(__file__) and path.suffix in {".md", ".py", ".toml", ".mdc", ".json", ""}
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if SOMEBODYS_MACHINE.search(line)
        or (UNFINISHED.search(line) and not where(path).startswith(SPELLS_MARKERS))
    ]
    assert not found
