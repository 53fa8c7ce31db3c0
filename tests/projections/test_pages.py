"""The page about figures tells the truth: its example is folded and compared, figure by figure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evt.projections.abandon import DEBUG, PROMPTS, SCORE, SPEED
from tests.bench import granularity
from tests.conftest import ROOT, Evt
from tests.projections.history import History

PAGE = (ROOT / "docs" / "metrics.md").read_text("utf-8")
STOPS = (ROOT / "docs" / "abandon.md").read_text("utf-8")
BLOCKS = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def example() -> History:
    """The log of the page."""
    log = History()
    for line in BLOCKS[0].splitlines():
        at, who, verb, *rest = line.split()
        seconds, what = float(at), rest[0] if rest else ""
        if verb == "starts":
            log.project(seconds, what)
        elif verb == "joins":
            log.join(seconds, who)
        elif verb == "creates":
            log.tasks(seconds, what)
        elif verb == "takes":
            log.claim(seconds, who, what)
        elif verb == "asks":
            log.ask(seconds, who, what, "q1")
        elif verb == "answers":
            log.answer(seconds, what, "q1")
        else:
            log.done(seconds, who, what, score=int(rest[1]))
    return log


def test_the_figures_of_the_example_are_those_of_the_page(evt: Evt, repo: Path) -> None:
    """Given the log of the page, then `evt metrics` says what the page works out by hand."""
    example().write(repo)
    values = evt("metrics", "--json").json["values"]
    rows = re.findall(r"^\| `([a-z_.]+)` \| [^|]+ \| ([0-9.]+) \|$", PAGE, re.MULTILINE)
    assert len(rows) == 14
    for key, text in rows:
        assert values[key] == pytest.approx(float(text), abs=0.0001), key


def test_the_page_shows_what_is_printed(evt: Evt, repo: Path) -> None:
    example().write(repo)
    printed = evt("metrics").out.splitlines()
    for line in BLOCKS[1].splitlines():
        assert line in printed


def test_every_figure_is_on_the_page() -> None:
    """Given a row `a.b`, `.c`, then it is about a.b and a.c."""
    described = set(re.findall(r"`([a-z0-9_.*]+)`", PAGE))
    for key in History().project().metrics()["values"]:
        group, _, rest = key.partition(".")
        names = {key, f".{rest}", f".{key.rpartition('.')[2]}", f"{group}.*"}
        assert names & described, key
        assert any(name.partition(".")[0] == group for name in described), key


def test_every_stop_rule_is_on_its_page_with_its_limit() -> None:
    limits = {
        "prompts_per_task": f"> {PROMPTS} ", "context_score.last": f"below {SCORE}",
        "context_score.mean": f"below {SCORE}", "speedup.value": f"< {SPEED}",
        "speedup.vs_baseline": f"< {SPEED}", "engineer.debug_ratio": f"> {DEBUG} ",
    }  # fmt: skip
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| ([^|]+) \|", STOPS, re.MULTILINE))
    assert rows.keys() == limits.keys()
    assert all(limit in rows[name] for name, limit in limits.items())
    rules = {rule["rule"] for rule in example().metrics()["abandon"]}
    assert rules <= rows.keys()


def test_the_curve_is_what_the_scheduler_says() -> None:
    """Given the page about the size of tasks, else: python -m tests.bench.granularity."""
    assert granularity.main(["--check"]) == 0
