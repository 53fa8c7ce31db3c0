"""The shell scripts in .cursor/: with hardly any environment, in another repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import EVT_BIN, ROOT, Evt
from tests.hosts.host import recorded

BARE = {"PATH": "/usr/bin:/bin"}


@pytest.fixture
def copied(repo: Path) -> Path:
    """Return a repository into which .cursor/ was copied."""
    shutil.copytree(ROOT / ".cursor", repo / ".cursor")
    return repo


def run(repo: Path, *args: str, given: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """Run evt-run.sh as an editor does: by its path, from the root, with little environment."""
    return subprocess.run(
        [".cursor/scripts/evt-run.sh", *args], cwd=repo, env={**BARE, **env}, input=given,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def fake(path: Path, says: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)
    return path


def test_without_evt_it_says_nothing_and_stops_nothing(copied: Path) -> None:
    for env in ({}, {"HOME": "/nowhere"}, {"PATH": ""}):
        done = run(copied, "hook", "cursor", "stop", given="{}", **env)
        assert (done.returncode, done.stdout) == (0, "{}\n")
        assert "pip install evtlog" in done.stderr
    assert run(copied, "--where").returncode == 1


def test_it_finds_evt_in_the_order_that_it_says(copied: Path, tmp_path: Path) -> None:
    """Given one evt after the other in better places, then the best is taken each time."""
    home = tmp_path / "home"
    data = home / ".local" / "share"
    env = {"HOME": str(home), "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    places = [
        data / "pipx" / "venvs" / "evtlog" / "bin" / "evt",
        data / "uv" / "tools" / "evtlog" / "bin" / "evt",
        home / ".local" / "bin" / "evt",
        tmp_path / "bin" / "evt",
        copied / ".venv" / "bin" / "evt",
    ]
    for place in places:
        fake(place, place.parent.name)
        where = copied / run(copied, "--where", **env).stdout.strip()
        assert where.resolve() == place.resolve()
    named = fake(tmp_path / "named" / "evt", "named")
    assert run(copied, "x", EVT_BIN=str(named), **env).stdout == "named\n"
    gone = run(copied, "--where", EVT_BIN=str(tmp_path / "gone"), **env).stdout.strip()
    assert (copied / gone).resolve() == places[-1].resolve()


def test_the_committed_hooks_work_in_another_repository(
    copied: Path, evt: Evt, tmp_path: Path
) -> None:
    """Given a copy of .cursor/ and evt by EVT_BIN alone, when a chat joins, then it is tied."""
    evt("init", "--project", "demo")
    hooks = json.loads((copied / ".cursor" / "hooks.json").read_text())["hooks"]
    joined = evt("join").out
    for event, given in (
        ("postToolUse", {"tool_output": json.dumps({"output": joined})}),
        ("sessionStart", {}),
    ):
        payload = recorded("cursor", event) | given | {"workspace_roots": [str(copied)]}
        done = subprocess.run(
            hooks[event][0]["command"], shell=True, cwd=copied, input=json.dumps(payload),
            env={**BARE, "EVT_BIN": str(EVT_BIN), "PYTHONPATH": str(ROOT / ".namespace")},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert "you are worker-A" in json.loads(done.stdout)["additional_context"]


def test_the_server_is_started_at_the_root_of_the_repository(copied: Path, tmp_path: Path) -> None:
    """Given an editor that starts servers somewhere else, then evt still finds the log."""
    place = tmp_path / "evt"
    place.write_text("#!/bin/sh\npwd\n")
    place.chmod(0o755)
    server = json.loads((copied / ".cursor" / "mcp.json").read_text())["mcpServers"]["evt"]
    command = server["command"].replace("${workspaceFolder}", str(copied))
    done = subprocess.run(
        [command, *server["args"]], cwd="/", env={**BARE, "EVT_BIN": str(place)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(done.stdout.strip()).resolve() == copied.resolve()


def validate(repo: Path, *names: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/bash", ".cursor/scripts/task-schema-validate.sh", *names], cwd=repo,
        env={**BARE, "EVT_BIN": str(EVT_BIN), "PYTHONPATH": str(ROOT / ".namespace"), **env},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_task_files_are_checked_one_by_one(copied: Path) -> None:
    good = {"id": "task-001", "type": "summary", "description": "d"}
    (copied / "good.json").write_text(json.dumps(good))
    (copied / "typo.json").write_text(json.dumps({**good, "acceptence": {}}))
    (copied / "with space.json").write_text(json.dumps({**good, "id": "B"}))
    (copied / "broken.json").write_text("{")
    done = validate(copied, "good.json", "typo.json", "with space.json", "broken.json", "gone.json")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "✓ Valid task schema: good.json"
    assert lines[1].startswith("✗ typo.json: ") and "acceptance" in lines[1]
    assert "with space.json" in done.stdout and "broken.json" in done.stdout
    assert "gone.json" in done.stdout
    only = validate(copied, "good.json")
    assert (only.returncode, only.stdout) == (0, "✓ Valid task schema: good.json\n")


def test_the_check_of_tasks_needs_neither_path_nor_log(copied: Path) -> None:
    (copied / "t.json").write_text('{"id":"t","type":"x","description":"d"}')
    assert validate(copied, "t.json", PATH="").returncode == 0
    assert validate(copied).returncode == 1  # there is no tasks/*.json
    (copied / "tasks").mkdir()
    (copied / "t.json").rename(copied / "tasks" / "t.json")
    assert validate(copied).stdout == "✓ Valid task schema: tasks/t.json\n"
    assert validate(copied, EVT_BIN="", HOME="/nowhere").returncode == 1


def test_the_scripts_run_in_an_old_bash(copied: Path) -> None:
    """Given bash in its POSIX mode, which refuses most of what came after 3.2, then they run."""
    (copied / "t.json").write_text('{"id":"t","type":"x","description":"d"}')
    for script in ("evt-run.sh", "task-schema-validate.sh"):
        text = (copied / ".cursor" / "scripts" / script).read_text()
        for newer in ("mapfile", "readarray", "${!", "declare -A", "&>>", "|&", ",,}", "^^}"):
            assert newer not in text
    done = subprocess.run(
        ["/bin/bash", "--posix", ".cursor/scripts/evt-run.sh", "--where"], cwd=copied,
        env={**BARE, "EVT_BIN": str(EVT_BIN)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == str(EVT_BIN)
    assert os.access(copied / ".cursor" / "scripts" / "evt-run.sh", os.X_OK)
