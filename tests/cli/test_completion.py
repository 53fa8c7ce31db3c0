"""Completion, asked for by a real shell."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from evt.cli.emits import FORMS
from evt.cli.registry import VERBS
from tests.cli.support import claimed, shell, task
from tests.conftest import Evt

ASKED = """
eval "$(evt --show-completion bash)"
COMP_WORDS=({words}); COMP_CWORD={last}
_evt_completion evt
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def offered(line: str, repo: Path) -> list[str]:
    """Return what bash offers when the tab key is pressed at the end of a line."""
    words = shlex.split(line) + ([""] if line.endswith(" ") else [])
    script = ASKED.format(words=" ".join(map(shlex.quote, words)), last=len(words) - 1)
    done = shell(script, repo)
    assert done.returncode == 0 and done.stderr == "", done
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("evt sta", ["status"]),
        ("evt emit Comp", ["Completed"]),
        ("evt emit Completed task-00", ["task-001", "task-002"]),
        ("evt log task-002", ["task-002"]),
        ("evt emit Heartbeat task-001 --as w", ["worker-A"]),
        ("evt join --role ", ["worker", "coordinator"]),
        ("evt emit Resolved task-001 --action re", ["resume", "reassign"]),
        ("evt log --fol", ["--follow"]),
    ],
)
def test_bash_offers_what_may_come(line: str, wanted: list[str], demo: Evt, repo: Path) -> None:
    claimed(demo)
    task(demo, "task-002")
    assert offered(line, repo) == wanted


def test_everything_is_offered(demo: Evt, repo: Path) -> None:
    assert set(offered("evt ", repo)) == set(VERBS)
    assert set(offered("evt emit ", repo)) == set(FORMS)


def test_without_a_log_nothing_is_offered_and_nothing_is_said(repo: Path) -> None:
    assert offered("evt emit Completed ", repo) == []
    assert not (repo / ".evt").exists()


@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "powershell", "pwsh"])
def test_there_is_a_script_for_each_shell(name: str, evt: Evt) -> None:
    script = evt("--show-completion", name).out
    assert "evt" in script and "_EVT_COMPLETE" in script


@pytest.mark.parametrize("name", ["zsh", "fish"])
def test_a_shell_takes_its_script(name: str, evt: Evt, repo: Path) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name} here")
    script = evt("--show-completion", name).out
    done = subprocess.run(
        [name, "-n"], input=script, encoding="utf-8", capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_installing_writes_the_script_of_the_shell(evt: Evt, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    said = evt("--install-completion", "bash", env=home).out
    script = tmp_path / ".bash_completions" / "evt.sh"
    assert script.is_file() and "_EVT_COMPLETE" in script.read_text()
    assert "bash completion installed in" in said


def test_an_unknown_shell_is_refused(evt: Evt) -> None:
    for flag in ("--show-completion", "--install-completion"):
        refused = evt(flag, "tcsh", check=2)
        assert "takes the name of a shell: bash, zsh, fish" in refused.err
        assert refused.err.endswith(f"next: evt {flag} bash\n")
