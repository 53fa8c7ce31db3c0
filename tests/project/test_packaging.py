"""The wheel that users get holds the four folders under evt.* and nothing beside them.

Built from the tree as it is, because two packaging mistakes are silent: an sdist walk that yields
an empty wheel, and flat top-level names that overwrite other packages in a user's environment.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

FOLDERS = ("eventlog", "projections", "validators", "cli")


def build(kind: str, tree: Path, into: Path) -> Path:
    """Build a wheel or sdist with the backend itself: no isolated environment, no network."""
    code = f"from hatchling.build import build_{kind}; print(build_{kind}({str(into)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tree, check=True, capture_output=True, text=True
    )
    return into / done.stdout.split()[-1]


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def test_wheel_holds_every_module_under_evt_and_no_other_top_level_name(wheel: Path) -> None:
    """Given the tree, when built, then each module is at evt/<folder>/ and tops are evt alone."""
    names = contents(wheel)
    expected = {
        f"evt/{path.relative_to(ROOT).as_posix()}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert expected <= names
    assert tops == {"evt"}
    assert {f"evt/{folder}/py.typed" for folder in FOLDERS} <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_source_archive_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """Given the sdist alone, when a wheel is built from it, then it holds the same files."""
    with tarfile.open(build("sdist", ROOT, tmp_path)) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert contents(build("wheel", unpacked, tmp_path)) == contents(wheel)


def test_wheel_installs_into_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """Given a fresh venv, when the wheel is installed, then evt.eventlog imports and cli does not.

    The dependencies come from this environment (a path file), so that no network is needed.
    """
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps"]
    subprocess.run([*install, "--no-index", str(wheel)], check=True, capture_output=True)
    code = (
        "import importlib.util as u, evt.eventlog.errors as e\n"
        "assert 'site-packages/evt/eventlog' in e.__file__, e.__file__\n"
        "found = [n for n in ('cli', 'validators', 'projections', 'eventlog') if u.find_spec(n)]\n"
        "assert not found, found\n"
    )
    subprocess.run([str(python), "-I", "-c", code], cwd=tmp_path, check=True)
    assert (tmp_path / "venv" / "bin" / "evt").exists()
