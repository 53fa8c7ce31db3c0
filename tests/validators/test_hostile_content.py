"""Content made to hurt: parsers, patterns and files that are none. There is a verdict, and soon."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from evt.validators.gate import judge
from tests.validators.builders import work


def results(judgement: Any, name: str) -> list[dict[str, Any]]:
    return [one for one in judgement.results if one["check"] == name]


DEEP = 100_000
HOSTILE: dict[str, tuple[str, str | bytes]] = {
    "deep JSON": ("a.json", "[" * DEEP + "]" * DEEP),
    "deep YAML": ("a.yaml", "[" * DEEP),
    "deep TOML": ("a.toml", "a = " + "[" * DEEP),
    "deep Python": ("a.py", "(" * DEEP),
    "deep unary Python": ("a.py", "x = " + "-" * DEEP + "1\n"),
    "a long sum in Python": ("a.py", "x = " + "1+" * DEEP + "1\n"),
    "deep quotes in Markdown": ("a.md", ">" * DEEP + " a\n"),
    "tangled quotes in Markdown": ("a.md", ">>>>>>> \n9    a\n" * 5000),
    "deep lists in Markdown": ("a.md", "- " * 20_000 + "a\n"),
    "open brackets in Markdown": ("a.md", "[" * DEEP + "\n"),
    "backticks in Markdown": ("a.md", "`" * DEEP + "a" + " `" * 20_000 + "\n"),
    "stars in Markdown": ("a.md", "*a " * 40_000 + "\n"),
    "open tags in HTML": ("a.html", "<a <" * DEEP),
    "comments in HTML": ("a.html", "<!--" * DEEP),
    "open quotes in JSON": ("a.json", '"\\' * DEEP),
    "a laugh in YAML": ("a.yaml", "a: &a [1,1]\n" + "".join(
        f"{chr(b)}: &{chr(b)} [*{chr(b - 1)},*{chr(b - 1)}]\n" for b in range(98, 123))),
    "a laugh in XML": ("a.svg", '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>'),
    "no UTF-8": ("a.md", b"\xff\xfe" * 5000),
    "NULs": ("a.py", b"\0" * 5000),
    "lone surrogates": ("a.json", '"\\ud800"'),
    "one line": ("a.md", "word " * 200_000),
    "spaces": ("a.md", " " * 500_000 + "x"),
    "dashes": ("a.py", "#" + "-" * 200_000),
    "key-like text": ("a.txt", "-----BEGIN " * 20_000 + "sk-" * 20_000 + "xoxb-" * 20_000),
    "quotes": ("a.md", "\"'`“" * 50_000),
    "triple quotes": ("a.py", '"""' * 40_000 + "\n"),
    "todo": ("a.md", "TODO(" * 40_000),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_content_hangs_or_breaks_the_gate(name: str, tmp_path: Path) -> None:
    """Given content made to hurt a parser, then there is a verdict, soon, and no error."""
    path, content = HOSTILE[name]
    checks: list[dict[str, Any]] = [
        {"check": "word_count", "max": 10}, {"check": "sections", "names": ["A"]},
        {"check": "links"}, {"check": "line_count", "max": 9},
    ]  # fmt: skip
    begun = time.process_time()
    judgement = judge(work(tmp_path, {path: content}, checks=checks, targetFiles=[path]))
    assert time.process_time() - begun < 8
    assert judgement.verdict == "refused"
    assert not [one for one in judgement.results if one["verdict"] == "error"]


def test_a_pattern_without_end_is_stopped(tmp_path: Path) -> None:
    """Given a pattern of the task and a text that together take for ever, then they are ended."""
    checks = [{"check": "contains", "pattern": "^(a+)+$", "regex": True}]
    judgement = judge(work(tmp_path, {"a.txt": "a" * 60 + "!\n"}, checks=checks))
    (result,) = results(judgement, "contains")
    assert result["verdict"] == "error"
    assert "was stopped" in result["message"]


def test_a_schema_is_no_way_out(tmp_path: Path) -> None:
    """Given a schema that wants to fetch, then it is an error that names the reference."""
    schema = {"$ref": "http://127.0.0.1:9/x.json"}
    checks = [{"check": "json_schema", "schema": schema}]
    (result,) = results(judge(work(tmp_path, {"a.json": "{}"}, checks=checks)), "json_schema")
    assert result["verdict"] == "error"
    assert "127.0.0.1" in result["message"]


def test_aliases_are_not_written_out_without_limit(tmp_path: Path) -> None:
    path, content = HOSTILE["a laugh in YAML"]
    checks = [{"check": "json_schema", "schema": {}}]
    judgement = judge(work(tmp_path, {path: content}, checks=checks))
    assert "aliases are written out" in results(judgement, "json_schema")[0]["message"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("../x.md", "inside the repository"), ("/etc/passwd", "inside the repository"),
     ("a\nb.md", "inside the repository"), ("dir", "a folder"), ("pipe", "a FIFO"),
     ("out", "leads out of the repository"), ("null", "leads out of the repository"),
     ("through/x.md", "leads out of the repository"), ("huge", "at most")],
)  # fmt: skip
def test_what_is_no_file_of_the_repository_is_refused_and_not_opened(
    name: str, said: str, tmp_path: Path
) -> None:
    root, outside = tmp_path / "repo", tmp_path / "outside"
    (root / "dir").mkdir(parents=True)
    outside.mkdir()
    (outside / "x.md").write_text("a secret\n")
    os.mkfifo(root / "pipe")
    (root / "out").symlink_to(outside / "x.md")
    (root / "null").symlink_to("/dev/null")
    (root / "through").symlink_to(outside)
    with (root / "huge").open("wb") as file:
        file.truncate(10 << 30)
    begun = time.process_time()
    judgement = judge(work(root, {}, outputFiles=[name]))
    assert time.process_time() - begun < 5
    assert judgement.verdict == "refused"
    assert any(said in one["message"] for one in judgement.results)
    assert judgement.deliverables == []
