"""Where evt finds its log: folders, work trees, EVT_DIR; a log that is read-only or goes away."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from pathlib import Path
from time import sleep

import pytest

from evt.eventlog.errors import NoLog
from tests.cli.support import background, environment, last, raw, shell
from tests.conftest import Evt
from tests.eventlog.log.logs import new_log, note


def test_from_a_folder_below(demo: Evt, repo: Path) -> None:
    below = repo / "a" / "b"
    below.mkdir(parents=True)
    assert demo("status", cwd=below).out == demo("status").out
    demo("emit", "Noted", "--text", "x", cwd=below)
    assert last(repo)["data"]["text"] == "x"
    assert not (below / ".evt").exists()


def test_from_a_linked_work_tree(demo: Evt, repo: Path, tmp_path: Path) -> None:
    """Given `git worktree add`, when a chat works there, then the log is that of the main tree."""
    tree = tmp_path / "tree"
    added = shell(f"git worktree add -q -b topic '{tree}'", repo)
    assert added.returncode == 0, added.stderr
    (tree / "deep").mkdir()
    demo("join", cwd=tree / "deep")
    joined = last(repo)["data"]["workspace"]
    assert (joined["path"], joined["branch"]) == (str(tree.resolve()), "topic")
    assert demo("init", cwd=tree).out.startswith(f"there is {repo.resolve()}/.evt\n")
    assert not (tree / ".evt").exists()


def test_what_is_named_by_evt_dir(evt: Evt, tmp_path: Path, repo: Path) -> None:
    other = tmp_path / "elsewhere" / "log"
    where = {"EVT_DIR": str(other)}
    assert evt("status", "--json", env=where, check=6).json["error"]["code"] == "no_log"
    assert evt("init", "--project", "p", env=where).out.startswith(f"made {other}\n")
    assert evt("status", env=where, cwd=tmp_path).out.startswith("p: ")
    relative = {"EVT_DIR": "elsewhere/log"}
    assert evt("anchor", env=relative, cwd=tmp_path).out == evt("anchor", env=where).out
    assert not (repo / ".evt").exists()


def test_outside_a_repository(evt: Evt, tmp_path: Path) -> None:
    for call in (["status"], ["init"], ["emit", "Noted", "--text", "x"]):
        refused = evt(*call, "--json", cwd=tmp_path, check=6)
        assert refused.json["error"]["code"] == "no_log"
        assert "git init" in refused.json["error"]["hint"]
    assert evt("--help", cwd=tmp_path).code == evt("schema", cwd=tmp_path).code == 0
    assert not list(tmp_path.glob(".evt"))


def test_a_log_is_made_once_and_private(evt: Evt, repo: Path) -> None:
    made = evt("init", "--json").json
    assert made == {
        "folder": f"{repo.resolve()}/.evt", "made": True, "project": None, "receipts": [],
    }  # fmt: skip
    assert evt("init", "--json").json == {**made, "made": False}
    assert (repo / ".evt").stat().st_mode & 0o777 == 0o700
    assert shell("git status --porcelain", repo).stdout == ""


def test_a_project_begins_once(evt: Evt, repo: Path) -> None:
    call = ["init", "--project", "p", "--phase", "2", "--policy", '{"maxAttempts":2}']
    assert "project p has started" in evt(*call).out
    before = raw(repo)
    assert "project p is open" in evt(*call).out
    assert "project p is open" in evt("init").out
    evt("init", "--project", "p", "--phase", "3", check=4)
    evt("init", "--project", "q", check=4)
    assert raw(repo) == before


@pytest.mark.parametrize(
    "flags",
    [
        ["--phase", "5"],
        ["--policy", '{"nope":1}'],
        ["--policy", '{"maxAttempts":0}'],
        ["--phase", "0"],
    ],
    ids=" ".join,
)
def test_nothing_is_made_for_a_project_that_is_refused(
    flags: list[str], evt: Evt, repo: Path
) -> None:
    evt("init", "--project", "p", *flags, check=2)
    assert not (repo / ".evt").exists()


def test_the_current_folder_is_gone(demo: Evt, repo: Path) -> None:
    done = shell("mkdir gone; cd gone; rmdir ../gone; evt status", repo)
    assert (done.returncode, done.stderr) == (
        2, "evt: the current folder is gone\nnext: cd into the repository\n",
    )  # fmt: skip


def test_a_log_that_is_taken_away_while_a_chat_waits(demo: Evt, repo: Path) -> None:
    """Given a waiting worker, when .evt is moved away, then it hears that the log is gone."""
    demo("join")
    with background("next", "--as", "worker-A", "--wait", "30", repo=repo) as waiter:
        waits = repo / ".evt" / "cache" / "waits" / "worker-A"
        while not waits.exists():
            sleep(0.005)
        shutil.move(repo / ".evt", repo / "away")
        assert waiter.wait(timeout=45) == 6
        assert waiter.stderr is not None and "there is no evt log" in waiter.stderr.read()
    assert not (repo / ".evt").exists()


def test_a_log_that_is_replaced_is_not_written(tmp_path: Path) -> None:
    """Given an open log, when another of as many events takes its place, it stays whole."""
    log = new_log(tmp_path)
    log.transact(note("old"))
    shutil.move(tmp_path / ".evt", tmp_path / "away")
    new_log(tmp_path).transact(note("new"))
    before = raw(tmp_path)
    with pytest.raises(NoLog):
        log.transact(note("lost"))
    assert raw(tmp_path) == before


def without_override() -> None:
    """In a child of root: file modes count for it as well."""
    libc = ctypes.CDLL(None)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def unprivileged(*args: str, repo: Path) -> subprocess.CompletedProcess[str]:
    """Run evt as somebody whom a file's mode can stop."""
    return subprocess.run(
        args,
        cwd=repo,
        env=environment(repo.parent),
        preexec_fn=without_override if os.getuid() == 0 else None,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_log_that_may_only_be_read(demo: Evt, repo: Path) -> None:
    before = raw(repo)
    shell("chmod -R a-w .evt", repo)
    try:
        if unprivileged("touch", ".evt/x", repo=repo).returncode == 0:
            pytest.skip("nothing can be forbidden to this user")
        for call in ("status", "log", "verify", "anchor", "inbox", "replay"):
            done = unprivileged("evt", call, repo=repo)
            assert (done.returncode, done.stderr) == (0, "")
        for line in ("emit Noted --text x", "join", "pause", "sweep"):
            done = unprivileged("evt", *line.split(), "--json", repo=repo)
            assert done.returncode == 1, done
            assert '"code":"io"' in done.stdout and "nothing stored" in done.stderr
    finally:
        shell("chmod -R u+w .evt", repo)
    assert raw(repo) == before
