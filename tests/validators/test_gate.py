"""The gate as its caller sees it: order, verdicts, evidence, limits, never an exception."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evt.eventlog.checking import check
from evt.validators.gate import judge
from evt.validators.result import cut, cut_front
from evt.validators.work import Work
from tests.conftest import ROOT
from tests.validators.builders import SECRETS, A, B, running, task_of, work

DEFAULT = ["files_exist", "not_empty", "conflict_markers", "placeholders", "not_copied", "syntax",
           "secrets"]  # fmt: skip


def results(judgement: Any, name: str) -> list[dict[str, Any]]:
    return [one for one in judgement.results if one["check"] == name]


def test_good_work_has_one_result_per_check_and_is_handed_over_with_its_hash(
    tmp_path: Path,
) -> None:
    """Given two files, when they pass, then every default check says what it looked at."""
    judgement = judge(work(tmp_path, {"a.md": "# A\n\nText.\n", "b.py": "B = 1\n"}))
    assert judgement.verdict == "passed"
    assert [one["check"] for one in judgement.results] == DEFAULT
    assert {one["message"] for one in judgement.results} == {"2 files: a.md, b.py"}
    assert judgement.deliverables == [
        {"path": "a.md", "sha256": hashlib.sha256(b"# A\n\nText.\n").hexdigest(), "bytes": 11},
        {"path": "b.py", "sha256": hashlib.sha256(b"B = 1\n").hexdigest(), "bytes": 6},
    ]
    assert judgement.unattributed == []
    assert judgement.changing is None


def test_what_is_judged_can_be_stored(tmp_path: Path) -> None:
    """Given findings of every kind, then they are data of a Rejected and of a Completed."""
    criteria = ["At least 100 words", "It is beautiful"]
    built = work(
        tmp_path, {"a.md": "TODO: all of it\n"}, criteria=criteria, outputFiles=["*.md", "x"]
    )
    built.attested = {2: "I read it twice"}
    judgement = judge(built)
    data = {"attempt": 1, "results": judgement.results, "deliverables": judgement.deliverables}
    check("Rejected", data, written=True)
    more = {"contextEfficiencyScore": 5, "attested": judgement.attested}
    check("Completed", {**data, **more}, written=True)
    assert judgement.attested == [{"criterion": 2, "how": "I read it twice"}]


def test_deletions_are_handed_over_too(tmp_path: Path) -> None:
    judgement = judge(work(tmp_path, {"a.md": "# A\n"}, deletedFiles=["old.md", "older/*.md"]))
    assert judgement.deliverables[-1] == {"path": "old.md", "sha256": None, "bytes": 0}
    assert results(judgement, "absent")[0]["verdict"] == "passed"


def test_named_deliverables_do_not_spare_the_outputs_the_judgement(tmp_path: Path) -> None:
    built = work(tmp_path, {"a.md": "# A\n", "b.md": ""}, deliverables=["a.md"])
    judgement = judge(built)
    assert [one["path"] for one in judgement.deliverables] == ["a.md", "b.md"]
    assert judgement.verdict == "refused"


# -- verdicts ------------------------------------------------------------------------------------


def manual(tmp_path: Path, **more: Any) -> Work:
    (tmp_path / "a.md").write_text("# A\n")
    task = task_of(["a.md"], criteria=["Has between 1 and 5 words", "It is beautiful"])
    return Work(str(tmp_path), task, **more)


def test_a_manual_criterion_refuses_until_it_is_attested(tmp_path: Path) -> None:
    """Given a criterion for people, then the message says how to attest it, and that passes."""
    judgement = judge(manual(tmp_path))
    (result,) = results(judgement, "criterion")
    assert judgement.verdict == "refused"
    assert result["verdict"] == "manual"
    assert '--attest 2="how you checked it"' in result["message"]
    assert judge(manual(tmp_path, attested={2: "I looked at it for a while"})).verdict == "passed"
    assert judge(manual(tmp_path, manual_ok=True)).verdict == "passed"


@pytest.mark.parametrize("how", ["", "  ", "It is beautiful", "it is BEAUTIFUL"])
def test_to_repeat_a_criterion_is_not_to_attest_it(how: str, tmp_path: Path) -> None:
    assert judge(manual(tmp_path, attested={2: how})).verdict == "refused"


def test_to_attest_what_is_checked_by_machine_changes_nothing(tmp_path: Path) -> None:
    built = manual(tmp_path, attested={1: "I counted", 2: "I looked"})
    (tmp_path / "a.md").write_text("one two three four five six\n")
    assert judge(built).verdict == "refused"


def test_what_no_parser_knows_is_attested_behind_the_criteria(tmp_path: Path) -> None:
    (tmp_path / "a.ts").write_text("const a: number = 1;\n")
    task = task_of(["a.ts"], criteria=["It is beautiful"])
    attested = {1: "I looked"}
    judgement = judge(Work(str(tmp_path), task, attested=attested))
    assert "--attest 2=" in results(judgement, "syntax")[0]["message"]
    attested = {1: "I looked", 2: "tsc says it is fine"}
    assert judge(Work(str(tmp_path), task, attested=attested)).verdict == "passed"


def test_a_refusal_comes_before_an_error_and_that_before_untrusted(tmp_path: Path) -> None:
    untrusted = {"check": "command", "argv": ["true"]}
    broken = {"check": "json_schema", "schema": "none.json"}
    seen = []
    for number, checks in enumerate(([untrusted], [untrusted, broken], [untrusted, broken])):
        folder = tmp_path / str(number)
        folder.mkdir()
        text = "{}" if number < 2 else "{"
        seen.append(judge(work(folder, {"a.json": text}, checks=checks)).verdict)
    assert seen == ["untrusted", "error", "refused"]


def test_a_default_check_can_be_worded_for_some_files_only(tmp_path: Path) -> None:
    """Given `off` with paths, then the check goes on for all other files."""
    files = {"a.md": "TODO: x\n", "b.md": "TODO: y\n"}
    off = {"check": "placeholders", "off": True, "paths": ["a.md"]}
    judgement = judge(work(tmp_path, files, checks=[off]))
    assert [one["path"] for one in judgement.results if one["verdict"] == "failed"] == ["b.md"]


def test_no_check_claims_to_have_seen_a_file_that_is_missing(tmp_path: Path) -> None:
    """Given an output that was never written, then what passed does not name it."""
    built = work(tmp_path, {"b.md": "# B\n"}, outputFiles=["a.md", "b.md"])
    judgement = judge(built)
    assert judgement.verdict == "refused"
    assert not [
        one for one in judgement.results if one["verdict"] == "passed" and "a.md" in one["message"]
    ]


def test_the_context_score(tmp_path: Path) -> None:
    checks = [{"check": "context_score"}]
    scores = [
        judge(work(tmp_path, {"a.md": "# A\n"}, checks=checks, score=n)).verdict for n in (3, 4)
    ]
    assert scores == ["refused", "passed"]


# -- evidence ------------------------------------------------------------------------------------

WRITING = """
import pathlib, itertools
marks = pathlib.Path("marks")
marks.write_text(marks.read_text() + "x" if marks.exists() else "x")
if len(marks.read_text()) <= {times}:
    pathlib.Path("out.txt").write_text("now " + marks.read_text())
"""


def test_a_file_that_changed_once_is_judged_anew(tmp_path: Path) -> None:
    """Given a command that formats the output, then what counts is the second look."""
    judgement = judge(running(tmp_path, WRITING.format(times=1)))
    assert judgement.verdict == "passed"
    assert judgement.deliverables[0]["sha256"] == hashlib.sha256(b"now x").hexdigest()


def test_a_file_that_keeps_changing_is_an_error(tmp_path: Path) -> None:
    judgement = judge(running(tmp_path, WRITING.format(times=9)))
    assert judgement.verdict == "error"
    assert judgement.changing == "out.txt"
    assert "files are changing: out.txt" in judgement.results[0]["message"]


def test_still_same_until_anything_of_the_file_differs(tmp_path: Path) -> None:
    """Given hashed files, when one is written with its old size and time, then it is noticed."""
    path = tmp_path / "a.md"
    judgement = judge(work(tmp_path, {"a.md": "# A\n"}, deletedFiles=["gone.md"]))
    assert judgement.still_same(str(tmp_path))
    before = path.stat()
    path.write_text("# B\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not judgement.still_same(str(tmp_path))
    assert judgement.changing == "a.md"


@pytest.mark.parametrize("change", ["replaced", "removed", "came back"])
def test_still_same_notices_other_files_in_the_place(change: str, tmp_path: Path) -> None:
    judgement = judge(work(tmp_path, {"a.md": "# A\n"}, deletedFiles=["gone.md"]))
    if change == "replaced":
        (tmp_path / "b.md").write_text("# A\n")
        (tmp_path / "b.md").replace(tmp_path / "a.md")
    elif change == "removed":
        (tmp_path / "a.md").unlink()
    else:
        (tmp_path / "gone.md").write_text("# back\n")
    assert not judgement.still_same(str(tmp_path))


# -- limits --------------------------------------------------------------------------------------


def test_at_most_200_results_and_how_many_more(tmp_path: Path) -> None:
    files = {f"{number}.md": "" for number in range(300)}
    judgement = judge(work(tmp_path, files))
    assert len(judgement.results) == 200
    assert judgement.results[-1]["more"] == 300 + len(DEFAULT) - 1 - 200
    assert all(one["verdict"] == "failed" for one in judgement.results)


def test_messages_and_tails_are_cut_between_characters() -> None:
    assert len(cut("ü" * 400).encode()) <= 500
    assert cut("ü" * 400).endswith("ü…")
    assert len(cut_front("ü" * 4000).encode()) <= 4096


@pytest.mark.parametrize("title", SECRETS)
def test_a_secret_is_found_and_never_shown(title: str, tmp_path: Path) -> None:
    """Given a secret in a line that other findings quote, then no message shows it."""
    judgement = judge(work(tmp_path, {"a.py": f'# TODO: use """{SECRETS[title]}"""\n'}))
    assert results(judgement, "secrets")[0]["verdict"] == "failed"
    said = " ".join(one["message"] for one in judgement.results)
    assert not [part for part in (A[4:24], B[4:24], "QWERTYUIOP") if part in said]


def test_a_check_that_breaks_is_an_error_and_no_exception(tmp_path: Path) -> None:
    judgement = judge(work(tmp_path, {"a.md": "# A\n"}, checks=[{"check": "no_such_check"}]))
    assert judgement.verdict == "error"
    assert "install the plugin" in judgement.results[-1]["message"]


def test_cheap_checks_load_nothing_heavy(tmp_path: Path) -> None:
    """Given a task whose text checks are off, when it is judged, then no heavy module is loaded."""
    (tmp_path / "a.md").write_text("# A\n")
    off = [
        {"check": name, "off": True} for name in DEFAULT if name not in ("files_exist", "not_empty")
    ]
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / '.namespace')!r})\n"
        "from evt.validators.gate import judge\nfrom evt.validators.work import Work\n"
        f"judgement = judge(Work({str(tmp_path)!r}, {task_of(['a.md'], checks=off)!r}))\n"
        "assert judgement.verdict == 'passed'\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"re", "json", "typing", "pydantic", "dataclasses", "pathlib", "yaml"}
