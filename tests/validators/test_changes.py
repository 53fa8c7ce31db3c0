"""Who changed what in a tree that several chats share, and how the state at Assigned is kept."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.validators import baseline
from evt.validators.attribution import NOBODY, OWN, UNATTRIBUTED, counts, whose
from evt.validators.gate import judge
from evt.validators.globs import fixed_part, matches
from evt.validators.work import Other, Work
from tests.validators.builders import SCOPE, TESTS, repository, shared, task_of


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    repository(root, {"a.py": "A = 1\n", "b.py": "B = 1\n", ".gitignore": "*.log\n"})
    return root


def test_a_clean_tree_has_a_commit_and_no_files(tree: Path) -> None:
    taken = baseline.take(str(tree))
    assert len(taken["head"]) == 40
    assert taken["files"] == {}
    assert baseline.changed(str(tree), taken) == []


def test_what_was_dirty_before_is_changed_only_by_new_content(tree: Path) -> None:
    """Given files that were dirty at Assigned, then touching alone is no change, writing is."""
    (tree / "a.py").write_text("A = 2\n")
    (tree / "new.py").write_text("N = 1\n")
    taken = baseline.take(str(tree))
    assert sorted(taken["files"]) == ["a.py", "new.py"]
    (tree / "new.py").touch()
    assert baseline.changed(str(tree), taken) == []
    (tree / "new.py").write_text("N = 2\n")
    (tree / "b.py").unlink()
    (tree / "c.log").write_text("ignored\n")
    assert baseline.changed(str(tree), taken) == ["b.py", "new.py"]


def test_a_commit_in_between_changes_nothing_by_itself(tree: Path) -> None:
    """Given dirty files, when somebody commits them as they are, then nothing has changed."""
    (tree / "a.py").write_text("A = 2\n")
    taken = baseline.take(str(tree))
    who = ["-c", "user.name=T", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *who, "commit", "-qam", "x"], cwd=tree, check=True)
    assert baseline.changed(str(tree), taken) == []
    (tree / "b.py").write_text("B = 2\n")
    subprocess.run(["git", *who, "commit", "-qam", "y"], cwd=tree, check=True)
    assert baseline.changed(str(tree), taken) == ["b.py"]


def test_names_are_kept_byte_for_byte(tree: Path) -> None:
    for name in ("ü b.py", "tab\tin.py", 'quote".py'):
        (tree / name).write_text("x\n")
    assert set(baseline.take(str(tree))["files"]) == {"ü b.py", "tab\tin.py", 'quote".py'}


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "a.py").write_text("x\n")
    taken = baseline.take(str(tmp_path))
    assert list(taken["files"]) == ["a.py"]
    (tmp_path / "b.py").write_text("x\n")
    assert baseline.changed(str(tmp_path), taken) == ["b.py"]


def test_without_git_every_file_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    (tmp_path / "a.py").write_text("x\n")
    taken = baseline.take(str(tmp_path))
    assert taken["head"] is None
    (tmp_path / "a.py").write_text("y\n")
    assert baseline.changed(str(tmp_path), taken) == ["a.py"]


def test_git_runs_nothing_of_the_repository(tree: Path) -> None:
    """Given filters, a file-system monitor and a hook that would leave a trace, then none runs."""
    trace = tree / ".git" / "trace"
    for name, value in {
        "filter.x.clean": f"touch '{trace}'; cat", "filter.x.process": f"touch '{trace}'",
        "core.fsmonitor": f"touch '{trace}'", "diff.external": f"touch '{trace}'",
        "diff.x.textconv": f"touch '{trace}'; cat",
    }.items():  # fmt: skip
        subprocess.run(["git", "config", name, value], cwd=tree, check=True)
    (tree / ".gitattributes").write_text("* filter=x diff=x\n")
    (tree / "a.py").write_text("A = 3\n")
    taken = baseline.take(str(tree))
    assert "a.py" in baseline.changed(str(tree), {**taken, "files": {}})
    assert not trace.exists()


def test_a_baseline_is_kept_until_the_task_ends(tree: Path, tmp_path: Path) -> None:
    folder = str(tmp_path / ".evt" / "baselines")
    (tree / "ü.py").write_text("x\n")
    taken = baseline.take(str(tree))
    for attempt in (1, 2):
        baseline.save(folder, "my/project", "task-001", attempt, taken)
    baseline.save(folder, "my/project", "task-0011", 1, taken)
    assert baseline.load(folder, "my/project", "task-001", 2) == taken
    assert baseline.load(folder, "other", "task-001", 2) is None
    baseline.forget(folder, "my/project", "task-001")
    assert baseline.load(folder, "my/project", "task-001", 2) is None
    assert baseline.load(folder, "my/project", "task-0011", 1) == taken
    baseline.forget(str(tmp_path / "none"), "p", "t")


def test_a_damaged_baseline_is_none(tmp_path: Path) -> None:
    baseline.save(str(tmp_path), "p", "t", 1, {"head": None, "files": {}})
    (kept,) = tmp_path.iterdir()
    for damage in (b"", b"{", b"[]", b"\xff", b'{"head":1}'):
        kept.write_bytes(damage)
        assert baseline.load(str(tmp_path), "p", "t", 1) is None


# -- attribution ---------------------------------------------------------------------------------


def test_the_first_rule_that_fits_decides() -> None:
    other = Other("task-002", "worker-B", 1, True, ["src/**"], ["notes.md"])
    work = Work(
        ".", task_of(["out.md"]), touched=["mine.md", "src/mine.py", "uv.lock"], others=[other],
        ignore=["build/"],
    )  # fmt: skip
    assert whose("uv.lock", work) == NOBODY
    assert whose("build/x.js", work) == NOBODY
    assert whose("src/mine.py", work) == OWN
    assert whose("mine.md", work) == OWN
    assert whose("src/theirs.py", work) is other
    assert whose("notes.md", work) is other
    assert whose("README.md", work) == UNATTRIBUTED


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        ("src/a.py", True), ("poetry.lock", False), ("web/package-lock.json", False),
        ("a/__pycache__/b.pyc", False), (".pytest_cache/x", False), ("node_modules/a/b.js", False),
        ("lock.py", True), ("cache/a.py", True),
    ],
)  # fmt: skip
def test_lock_files_and_caches_are_nobodys(path: str, counted: bool) -> None:
    assert counts(path, []) is counted


def test_three_workers_in_one_tree_and_one_cheats(tmp_path: Path) -> None:
    """Given A, B and C at work at once, when A also edits C's file, then only A is refused."""
    root = tmp_path / "repo"
    root.mkdir()
    repository(root, {f"{name}.py": "X = 1\n" for name in "abc"} | {"docs/a.md": "# A\n"})
    before = baseline.take(str(root))
    for name in "abc":
        (root / f"{name}.py").write_text("X = 2\n")
    touched = {"a": ["a.py", "c.py"], "b": ["b.py"], "c": ["c.py"]}
    attempts = {
        n: Other(f"task-{n}", f"worker-{n}", 1, True, [f"{n}.py"], touched[n]) for n in "abc"
    }
    verdicts = {}
    for name in "abc":
        work = Work(
            str(root), task_of([f"{name}.py"], checks=SCOPE), attempt=1, touched=touched[name],
            baseline=before, others=[attempts[o] for o in "abc" if o != name],
        )  # fmt: skip
        verdicts[name] = judge(work).verdict
    assert verdicts == {"a": "refused", "b": "passed", "c": "passed"}


def test_what_nobody_claims_is_reported_while_others_are_there(tmp_path: Path) -> None:
    other = Other("task-002", "worker-B", 1, True, ["src/*"])
    judgement = judge(shared(tmp_path, {"stray.txt": "x\n"}, SCOPE, others=[other]))
    assert judgement.verdict == "passed"
    assert judgement.unattributed == ["stray.txt"]


def test_without_a_record_of_the_tree_nothing_is_guessed(tmp_path: Path) -> None:
    work = shared(tmp_path, {}, SCOPE + TESTS)
    work.baseline = None
    assert judge(work).verdict == "error"
    work.attempt, work.manual_ok = None, True
    assert judge(work).verdict == "passed"


# -- globs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "glob", "fits"),
    [
        ("a.py", "*.py", True), ("a/b.py", "*.py", False), ("a/b.py", "**/*.py", True),
        ("b.py", "**/*.py", True), ("a/b/c.py", "a/**", True), ("a", "a/**", True),
        ("a/b/c.py", "a/", True), ("ab/c", "a/", False), ("x1.md", "x?.md", True),
        ("x1.md", "x[0-9].md", True), ("xa.md", "x[!0-9].md", True), ("x1.md", "x[^0-9].md", False),
        ("pages/[id].js", "pages/[id].js", True), ("pages/i.js", "pages/[id].js", True),
        ("a[b", "a[b", True), ("aXbXc", "a*b*c", True), ("aXbX", "a*b*c", False),
        ("./a.py", "a.py", True), ("a/x/b", "a/*/b", True), ("a/x/y/b", "a/*/b", False),
    ],
)  # fmt: skip
def test_globs(path: str, glob: str, fits: bool) -> None:
    assert matches(path, glob) is fits


@given(st.text("ab*?[]/.", max_size=12), st.text("ab/.", min_size=1, max_size=12))
def test_a_match_lies_below_the_fixed_part(glob: str, path: str) -> None:
    if matches(path, glob) and path != glob:
        parts = [part for part in path.split("/") if part not in ("", ".")]
        fixed = [part for part in fixed_part(glob).split("/") if part]
        assert parts[: len(fixed)] == fixed
