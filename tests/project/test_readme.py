"""Every command of the README and of the pages behind it runs, and prints what the page shows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import EVT_BIN, ROOT, evt_environment
from tests.project.pages import Shells, Step, agrees, complaints, normal, steps

# Pages with commands of their own; docs/cli.md is generated and its examples are run with it.
PAGES = [
    ROOT / "README.md",
    *sorted(p for p in (ROOT / "docs").glob("*.md") if p.name != "cli.md"),
]

# These would fetch, install or run the tests from inside the tests: prove that the target exists.
STAND_INS = {
    "cd evt": "true",
    "source .venv/bin/activate": "true",
    ". .venv/bin/activate": "true",
    **{
        f"make {name}": f"grep -q '^{name}:' '{ROOT}/Makefile'"
        for name in ("demo", "test", "check", "bench", "soak", "docs")
    },
}
# What a page takes for granted: a repository in which evt is at work.
BEFORE = {
    "audit.md": (
        "evt init --project demo",
        "evt emit TaskCreated task-001 --description 'Sum up a.md'",
        "evt emit Noted --text 'a batch begins' --tag decision",
    )
}


@pytest.fixture
def shells(repo: Path, tmp_path: Path) -> Shells:
    """Return shells in a scratch repository where `evt` is the one of this checkout."""
    env = evt_environment(tmp_path)
    env["PATH"] = f"{EVT_BIN.parent}{os.pathsep}{env['PATH']}"
    env["HOME"] = str(tmp_path)
    for role in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{role}_NAME": "Reader", f"GIT_{role}_EMAIL": "reader@example.org"}
    return Shells(repo, tmp_path, env)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_the_page_runs_and_prints_what_it_shows(
    page: Path, shells: Shells
) -> None:
    """Given a scratch repository, when a page is followed word by word, then it tells the truth."""
    text = page.read_text("utf-8")
    for command in BEFORE.get(page.name, ()):
        assert shells.run(Step(0, "", command))[0] == 0
    fetching = {s.command: "true" for s in steps(text) if fetches(s.command)}
    found = complaints(text, shells, STAND_INS | fetching)
    assert not found, "\n\n".join(found)


def fetches(command: str) -> bool:
    """Return whether the command needs the network, which tests do not use."""
    return command.startswith(("git clone ", "pip install ", "pipx install ", "uv tool install "))


HONEST = """
```console
$ echo "id 0190a0a0-0000-7000-8000-000000000001 at 2026-11-22T20:32:56.123456Z"
id 0190a0a0-ffff-7000-8000-0000000000ff at 2026-01-01T00:00:00Z
worker-A$ export WHO=a && mkdir -p sub && cd sub
worker-A$ echo $WHO; basename "$PWD"
a
sub
$ printf '1\\n2\\n3\\n'; echo "${WHO:-nobody} is here"
1
...
nobody ... here
$ (exit 3)  # exit 3
$ (exit 4)
$ echo $?
4
$ cat <<END
> two
> words
> END
two
words
```
"""


def test_an_honest_page_has_no_complaints(shells: Shells) -> None:
    assert complaints(HONEST, shells, {}) == []


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param("$ echo a\nb", id="other output"),
        pytest.param("$ echo a\na\nb", id="a line that never comes"),
        pytest.param("$ printf 'a\\nb\\n'\na", id="a line left out"),
        pytest.param("$ false", id="a failure"),
        pytest.param("$ true  # exit 3", id="a failure that does not come"),
        pytest.param("no-such-command-of-evt", id="an unknown command without a prompt"),
    ],
)
def test_a_lying_page_is_found_out(lie: str, shells: Shells) -> None:
    assert len(complaints(f"```sh\n{lie}\n```\n", shells, {})) == 1


def test_a_page_says_where_its_lie_is(shells: Shells) -> None:
    page = "# Title\n\n```console\n$ true\n$ echo no\nyes\n```\n"
    assert complaints(page, shells, {})[0].startswith("line 5: echo no\n")


def test_an_omission_inside_a_line_does_not_swallow_lines() -> None:
    assert agrees(["a ... c"], ["a b c"])
    assert not agrees(["a ... c"], ["a", "b c"])
    assert normal("x" * 3 + " 12 s", Path("/nowhere")) == ["xxx <duration>"]
