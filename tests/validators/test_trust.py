"""What the engineer approved runs, and nothing else: an approval is bound to what would run."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from evt.validators.trust import Trust


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    (root / "scripts").mkdir(parents=True)
    for name, text in {
        "scripts/check.sh": "#!/bin/sh\nexit 0\n", "Makefile": "test:\n\ttrue\n",
        "package.json": "{}\n", "tox.ini": "[tox]\n", "tests.py": "", "conf.toml": "a = 1\n",
        "tool.py": "print(1)\n",
    }.items():  # fmt: skip
        (root / name).write_text(text)
    (root / "scripts/check.sh").chmod(0o755)
    return root


@pytest.fixture
def trust(tmp_path: Path, tree: Path) -> Trust:
    return Trust(str(tmp_path / "state"), str(tree), os.environ["PATH"])


def test_nothing_is_approved_at_first(trust: Trust) -> None:
    assert trust.why_not(["make", "test"]) == "was never approved"
    assert trust.approvals() == []


def test_an_approved_command_is_approved_until_it_is_revoked(trust: Trust) -> None:
    trust.approve(["make", "test"])
    assert trust.is_approved(["make", "test"])
    assert [one["argv"] for one in trust.approvals()] == [["make", "test"]]
    assert trust.revoke(["make", "test"]) == 1
    assert not trust.is_approved(["make", "test"])


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(["make", "deploy"], id="another argument"),
        pytest.param(["make", "test", "-B"], id="one more"),
        pytest.param(["make"], id="one less"),
        pytest.param(["gmake", "test"], id="another program"),
    ],
)
def test_another_command_is_not_approved(other: list[str], trust: Trust) -> None:
    trust.approve(["make", "test"])
    assert not trust.is_approved(other)


def test_another_folder_is_not_approved(trust: Trust) -> None:
    trust.approve(["make", "test"])
    assert not trust.is_approved(["make", "test"], cwd="scripts")


def test_another_repository_is_not_approved(trust: Trust, tmp_path: Path) -> None:
    trust.approve(["true"])
    assert not Trust(str(tmp_path / "state"), str(tmp_path)).is_approved(["true"])


@pytest.mark.parametrize(
    ("argv", "changed"),
    [
        pytest.param(["scripts/check.sh"], "scripts/check.sh", id="the program"),
        pytest.param(["bash", "scripts/check.sh"], "scripts/check.sh", id="an argument"),
        pytest.param(["python3", "-m", "tool"], "tool.py", id="a module"),
        pytest.param(["pytest", "--rootdir=.", "-c=conf.toml"], "conf.toml", id="behind a sign"),
        pytest.param(["pytest", "tests.py::test_a"], "tests.py", id="a test of a file"),
        pytest.param(["bash", "-c", "scripts/check.sh | cat"], "scripts/check.sh", id="in a line"),
        pytest.param(["bash", "-ec", "cd .;./scripts/check.sh"], "scripts/check.sh", id="with ./"),
        pytest.param(["make", "test"], "Makefile", id="what make reads"),
        pytest.param(["make", "test"], "GNUmakefile", id="what make would read first"),
        pytest.param(["npm", "test"], "package.json", id="what npm reads"),
        pytest.param(["python3", "-m", "tox"], "tox.ini", id="what tox reads"),
        pytest.param(["env", "A=1", "make", "test"], "Makefile", id="behind env"),
    ],
)
def test_a_change_of_what_would_run_asks_again(
    argv: list[str], changed: str, trust: Trust, tree: Path
) -> None:
    """Given an approved command, when a file that it names has changed, then it is not approved."""
    trust.approve(argv)
    assert trust.is_approved(argv)
    with (tree / changed).open("a") as file:
        file.write("# and more\n")
    why = trust.why_not(argv)
    assert why is not None
    assert changed in why
    trust.approve(argv)
    assert trust.is_approved(argv)
    assert len(trust.approvals()) == 1


def test_a_program_earlier_on_the_path_asks_again(trust: Trust, tmp_path: Path, tree: Path) -> None:
    trust.approve(["make", "test"])
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "make").write_text("#!/bin/sh\n")
    (fake / "make").chmod(0o755)
    other = Trust(str(tmp_path / "state"), str(tree), f"{fake}{os.pathsep}{os.environ['PATH']}")
    assert not other.is_approved(["make", "test"])


def test_one_argument_may_be_any_of_the_tasks_own_files(trust: Trust) -> None:
    trust.approve(["python3", "-m", "py_compile", "{path}"])
    argv = ["python3", "-m", "py_compile", "tool.py"]
    assert trust.is_approved(argv, own=["tool.py"])
    assert not trust.is_approved(argv, own=["other.py"])
    assert not trust.is_approved(["python3", "-m", "py_compile", "-x"], own=["-x"])


def test_a_link_is_bound_to_what_it_leads_to(trust: Trust, tree: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.sh").write_text("exit 0\n")
    (tree / "link.sh").symlink_to(tmp_path / "outside.sh")
    trust.approve(["bash", "link.sh"])
    (tmp_path / "outside.sh").write_text("exit 1\n")
    assert not trust.is_approved(["bash", "link.sh"])


def test_a_fifo_as_argument_does_not_hang(trust: Trust, tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    trust.approve(["cat", "pipe"])
    assert trust.is_approved(["cat", "pipe"])


def test_the_store_is_private_and_survives_damage(trust: Trust, tmp_path: Path) -> None:
    trust.approve(["true"])
    (store,) = (tmp_path / "state" / "evt" / "trust").iterdir()
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    for damage in ("", "{", "[]", '{"approvals": {}}', '{"approvals": [1, {"argv": 2}]}'):
        store.write_text(damage)
        assert trust.approvals() == []
        assert not trust.is_approved(["true"])


def test_a_forged_repository_in_the_store_counts_for_nothing(trust: Trust, tmp_path: Path) -> None:
    trust.approve(["true"])
    (store,) = (tmp_path / "state" / "evt" / "trust").iterdir()
    kept = json.loads(store.read_text())
    kept["approvals"][0]["repository"] = "/elsewhere"
    store.write_text(json.dumps(kept))
    assert trust.approvals() == []


def test_everything_is_revoked_at_once(trust: Trust) -> None:
    trust.approve(["true"])
    trust.approve(["make", "test"])
    assert trust.revoke() == 2
    assert trust.approvals() == []
