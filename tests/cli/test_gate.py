"""What the gate says in plain text: why it failed, and a next step that the reader can take."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.support import claimed, last, stored
from tests.cli.terminal import typed
from tests.conftest import Evt

REPORT = ("emit", "Completed", "task-001", "--score", "5", "--as", "worker-A")
ASKED = "[y/N]"
SOURCE = """printf 'noise %s\\n' 1 2 3 4 5 6 7 8 9
printf 'E   assert 1 == 2\\n\\033[31mthe important line\\n'
exit 1
"""


def _command(argv: list[str], **more: object) -> str:
    return json.dumps({"check": "command", "argv": argv, **more})


def _approved(repo: Path, *argv: str) -> None:
    code, screen = typed(["trust", *argv], "y", repo, ASKED)
    assert code == 0, screen


def test_a_failed_command_shows_its_last_lines(demo: Evt, repo: Path) -> None:
    """Given a command that prints why it fails, then check and the refusal show the end of it."""
    (repo / "x.sh").write_text(SOURCE)
    claimed(demo, "task-001", "worker-A", "--output", "a.md", "--check", _command(["sh", "x.sh"]))
    (repo / "a.md").write_text("One whole sentence.\n")
    _approved(repo, "--", "sh", "x.sh")
    looked = demo("check", "task-001", "--as", "worker-A", check=5).out
    refused = demo(*REPORT, check=5).err
    for said in (looked, refused):
        assert "    | E   assert 1 == 2\n    | \\x1b[31mthe important line\n" in said
        assert "noise 2\n" in said and "noise 1\n" not in said
        assert "\x1b" not in said


def test_the_approval_that_is_asked_for_is_the_one_that_helps(demo: Evt, repo: Path) -> None:
    """Given a command with a folder, when the engineer follows the message, then it may run."""
    argv = ["bash", "-c", "ls -la | wc -l"]
    (repo / "sub").mkdir()
    claimed(demo, "task-001", "worker-A", "--output", "a.md", "--check", _command(argv, cwd="sub"))
    (repo / "a.md").write_text("One whole sentence.\n")
    refused = demo(*REPORT, check=4)
    typed_so = "bash -c 'ls -la | wc -l'"
    assert f"evt trust --cwd sub -- {typed_so}" in refused.err
    assert f"{typed_so} (in sub)" in demo("inbox").out
    assert '"cwd":["sub"]' in demo("inbox").out
    assert f"waits: {typed_so}  (in sub)" in demo("trust", "--list").out
    _approved(repo, "--cwd", "sub", "--", *argv)
    assert f"approved: {typed_so}  (in sub)" in demo("trust", "--list").out
    demo(*REPORT)


def test_an_error_that_time_does_not_heal_goes_to_who_can(demo: Evt, repo: Path) -> None:
    check = '{"check":"json_schema","schema":"none.json"}'
    claimed(demo, "task-001", "worker-A", "--output", "a.json", "--check", check)
    (repo / "a.json").write_text("{}\n")
    looked = demo("check", "task-001", "--as", "worker-A", check=5)
    refused = demo(*REPORT, check=1)
    for said in (looked.out, refused.err):
        assert "the schema none.json does not exist: who planned the task" in said
        assert "next: evt emit Escalated task-001 --question" in said
        assert "later" not in said and "fix what is listed" not in said


def test_a_lost_baseline_is_answered_by_leaving(demo: Evt, repo: Path) -> None:
    check = '{"check":"in_scope"}'
    claimed(demo, "task-001", "worker-A", "--output", "a.md", "--check", check)
    (repo / "a.md").write_text("One whole sentence.\n")
    shutil.rmtree(repo / ".evt" / "baselines")
    refused = demo(*REPORT, check=1)
    assert "next: evt leave --as worker-A" in refused.err


def test_attesting_comes_before_what_only_the_engineer_can_do(demo: Evt, repo: Path) -> None:
    flags = ("--criterion", "It is clear to all", "--check", _command(["true"]))
    claimed(demo, "task-001", "worker-A", "--output", "a.md", *flags)
    (repo / "a.md").write_text("One whole sentence.\n")
    headline, *others = demo(*REPORT, check=5).err.splitlines()
    assert "--attest 1=" in headline
    assert any("`true` was never approved" in line for line in others)
    assert "the engineer is then asked" in others[-1]


def test_who_accepts_is_not_told_to_report(demo: Evt, repo: Path) -> None:
    """Given a question, when the gate refuses what the engineer accepts, then he may override."""
    claimed(demo, "task-001", "worker-A", "--output", "a.md")
    demo("emit", "Escalated", "task-001", "--question", "Is it?", "--as", "worker-A")
    before = len(stored(repo))
    refused = demo("emit", "Resolved", "task-001", "--action", "accept", check=5)
    assert "--action accept --override" in refused.err
    assert "emit Completed" not in refused.err
    assert len(stored(repo)) == before
    override = ("--override", "it will come")
    demo("emit", "Resolved", "task-001", "--action", "accept", *override)
    assert last(repo)["data"]["overridden"] == "it will come"


def test_a_file_of_any_size_is_a_finding_or_no_matter(demo: Evt, repo: Path) -> None:
    """Given input data and an output beyond what is hashed, then only the output is refused."""
    for name in ("data.bin", "a.bin"):
        with (repo / name).open("wb") as file:
            file.truncate(300 << 20)
    claimed(demo, "task-001", "worker-A", "--output", "a.bin", "--target", "data.bin")
    refused = demo(*REPORT, check=5)
    assert "a.bin has 314,572,800 bytes" in refused.err
    assert last(repo)["type"] == "Rejected"
    (repo / "a.bin").write_bytes(b"\1\2\0")
    demo(*REPORT)
    demo("emit", "Noted", "--text", "x")
    assert [one["path"] for one in stored(repo)[-2]["data"]["deliverables"]] == ["a.bin"]
