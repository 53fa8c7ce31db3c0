"""Bad work is refused and good work is not: the two rates that the gate is built for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evt.validators.gate import judge
from tests.validators import builders, cases

CATCH_LEAST, FALSE_MOST = 0.95, 0.02
CASES_LEAST, KINDS_LEAST = 150, 15
BAD_PAGES = sorted({case.kind for case in cases.bad()})
GOOD_PAGES = sorted({case.kind for case in cases.good()})


def test_the_corpus_is_broad() -> None:
    bad = [*(case.kind for case in cases.bad()), *(kind for kind, _, _ in builders.bad())]
    good = [*cases.good(), *builders.fine()]
    assert len(bad) >= CASES_LEAST
    assert len(good) >= CASES_LEAST
    assert len(set(bad)) >= KINDS_LEAST


@pytest.mark.parametrize("kind", BAD_PAGES)
def test_bad_work_is_refused(kind: str, tmp_path: Path) -> None:
    """Given work that only looks done, when it is judged, then at least 95 % of it is refused."""
    missed, silent = [], []
    all_of_it = [case for case in cases.bad() if case.kind == kind]
    for number, case in enumerate(all_of_it):
        folder = tmp_path / str(number)
        folder.mkdir()
        judgement = case.judged(folder)
        if judgement.verdict != "refused":
            missed.append(case.title)
        silent += [one for one in judgement.results if not teaches(one, case)]
    assert len(missed) <= (1 - CATCH_LEAST) * len(all_of_it), missed
    assert not silent


def teaches(result: dict[str, Any], case: cases.Case) -> bool:
    """Whether a finding names its file and stays within 500 bytes."""
    if result["verdict"] != "failed":
        return True
    named = any(path in result["message"] for path in case.files)
    return named and len(result["message"].encode()) <= 500


@pytest.mark.parametrize("kind", GOOD_PAGES)
def test_good_work_passes(kind: str, tmp_path: Path) -> None:
    """Given work that is done, suspicious as it may look, when it is judged, then it passes."""
    refused, all_of_it = {}, [case for case in cases.good() if case.kind == kind]
    for number, case in enumerate(all_of_it):
        folder = tmp_path / str(number)
        folder.mkdir()
        judgement = case.judged(folder)
        if judgement.verdict != "passed":
            refused[case.title] = [r for r in judgement.results if r["verdict"] != "passed"]
    assert len(refused) <= FALSE_MOST * len(all_of_it), refused


def test_bad_work_that_was_built_is_refused(tmp_path: Path) -> None:
    """Given bytes, links, secrets and changes of others, then each case is refused."""
    missed = [name for name, verdict in _verdicts(builders.bad(), tmp_path) if verdict != "refused"]
    assert not missed


def test_good_work_that_was_built_passes(tmp_path: Path) -> None:
    refused = [
        (name, verdict) for name, verdict in _verdicts(builders.fine(), tmp_path)
        if verdict != "passed"
    ]  # fmt: skip
    assert not refused


def _verdicts(
    built: list[tuple[str, str, builders.Build]], tmp_path: Path
) -> list[tuple[str, str]]:
    found = []
    for number, (kind, title, build) in enumerate(built):
        folder = tmp_path / str(number)
        folder.mkdir()
        found.append((f"{kind}: {title}", judge(build(folder)).verdict))
    return found
