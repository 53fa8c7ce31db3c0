"""Hostile text: stored as one strict line or refused, and never obeyed by a terminal."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from pathlib import Path

import pytest

from evt.eventlog.rawjson import loads
from tests.cli.support import documents, environment, raw, stored
from tests.conftest import EVT_BIN, Evt, Result

OBEYED = (
    *(chr(code) for code in (*range(1, 9), *range(11, 32), *range(127, 160))),
    *"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029",
)
CONTROL = re.compile("[" + "".join(map(re.escape, OBEYED)) + "]")
EVIL = "red \x1b[31m title \x1b]0;x\x07 " + "".join(OBEYED) + " end\nnext: evt evil\rnext: evil"
A = ("--as", "worker-A")


def assert_tame(result: Result) -> None:
    """Nothing that a terminal obeys, and no line that only the text made."""
    for text in (result.out, result.err):
        assert not CONTROL.search(text), result
        assert not re.search(r"^(next|evt): e?v?t? ?evil", text, re.MULTILINE), result


@pytest.fixture
def evil(demo: Evt, repo: Path) -> Evt:
    """Return `evt` on a log with hostile text wherever a caller may put text."""
    acceptance = {"criteria": [EVIL], "checks": [{"check": "contains", "pattern": EVIL}]}
    data = {
        "type": EVIL, "description": EVIL, "acceptance": acceptance,
        "context": {"requirements": [EVIL], "relevantRules": [EVIL]},
    }  # fmt: skip
    demo("emit", "ProjectRevised", "--goal", EVIL, "--note", EVIL)
    demo("emit", "TaskCreated", "task-001", "--data", json.dumps(data))
    demo("emit", "TaskCreated", "task-002", "--description", EVIL)
    demo("emit", "TaskCreated", "task-003", "--description", EVIL)
    demo("join")
    demo("next", *A)
    demo("emit", "Heartbeat", "task-001", "--note", EVIL, *A)
    demo("emit", "Escalated", "task-001", "--question", EVIL, "--details", json.dumps(EVIL), *A)
    demo("next", *A)
    demo("emit", "Failed", "task-002", "--reason", EVIL, "--final", *A)
    demo("next", *A)
    demo("emit", "Intervened", "--kind", "other", "--note", EVIL)
    demo("emit", "Noted", "--text", EVIL, "--tag", EVIL, "--extra", json.dumps({EVIL: EVIL}))
    demo("pause", "--reason", EVIL)
    return demo


def test_no_verb_prints_what_a_terminal_obeys(evil: Evt, repo: Path) -> None:
    (repo / "plan.json").write_text(
        json.dumps([{"id": "p", "type": EVIL, "description": EVIL,
                     "context": {"relevantRules": [EVIL]}, EVIL: 1},
                    {"id": "q", "type": "t", "description": EVIL, "dependencies": [EVIL]},
                    {"id": "r", "type": "t", "description": EVIL,
                     "acceptance": {"criteria": [EVIL], "validation": EVIL}}])
    )  # fmt: skip
    calls = [
        ["status"], ["inbox"], ["log"], ["replay"], ["replay", "--at", "9"],
        ["replay", "--diff", "1", "9"], ["plan", "plan.json"], ["verify"], ["next", *A],
        ["emit", "Resolved", "task-001", "--action", "resume", "--answer", EVIL], ["resume"],
        ["next", *A], ["emit", "Completed", "task-001", "--score", "5", "--notes", EVIL, *A],
        ["leave", "--note", EVIL, *A], ["join"], ["next", "--as", "worker-B"],
        ["emit", "Completed", "task-003", "--score", "5", "--notes", EVIL, "--as", "worker-B"],
        ["emit", "Reopened", "task-003", "--defect", EVIL], ["status"], ["log"], ["inbox"],
    ]  # fmt: skip
    for call in calls:
        assert_tame(evil(*call, check=None))
    for call in (*calls, ["replay", "--check"], ["anchor"]):
        if call[0] != "log":  # this one prints stored lines byte for byte
            assert_tame(evil(*call, "--json", check=None))


def test_exports_and_the_replay_say_the_same_without_what_a_terminal_obeys(
    evil: Evt, repo: Path
) -> None:
    for format in ("chrome-trace", "html", "tasks-md"):
        assert_tame(evil("export", "--format", format))
    tables = [evil("export", "--format", "csv", "--table", t).out for t in ("tasks", "events")]
    assert not CONTROL.search("".join(tables))
    rows = list(csv.DictReader(io.StringIO(tables[1], newline="")))
    assert [json.loads(row["data"]) for row in rows] == [event["data"] for event in stored(repo)]
    assert documents(evil("replay", "--json").out) == stored(repo)
    trace = evil("export", "--format", "chrome-trace").json
    titles = {r["args"].get("title") for r in trace["traceEvents"] if r["ph"] == "X"}
    assert titles == {EVIL}


def test_no_refusal_repeats_hostile_arguments_as_they_are(demo: Evt, repo: Path) -> None:
    (repo / "bad.json").write_text('{"type":"\\u001b[1m"')
    for call in (
        [EVIL], ["help", EVIL], ["status", EVIL], ["status", f"--{EVIL}"], ["emit", EVIL],
        ["emit", "Noted", "--text", "x", "--id", EVIL], ["emit", "Noted", EVIL, "--text", "x"],
        ["emit", "Noted", "--text", "x", "--as", EVIL], ["emit", "Noted", "--data", EVIL],
        ["emit", "Noted", "--data", f"@{EVIL}"], ["emit", "Noted", "--extra", EVIL],
        ["emit", "Intervened", "--kind", EVIL], ["emit", "Heartbeat", EVIL, *A],
        ["emit", "TaskCreated", EVIL, "--description", "d"], ["emit", "--report", "bad.json"],
        ["emit", "TaskCreated", "a", "--description", "d", "--output", EVIL],
        ["emit", "TaskCreated", "a", "--description", "d", "--depends", EVIL],
        ["emit", "Assigned", "a", "--worker", EVIL], ["emit", "--batch", EVIL],
        ["join", EVIL], ["join", "--role", EVIL], ["plan", EVIL], ["plan", "bad.json"],
        ["log", "--since", EVIL], ["log", "-n", EVIL], ["replay", "--at", EVIL],
        ["verify", "--expect", EVIL], ["schema", EVIL], ["init", "--project", EVIL],
        ["init", "--project", "x", "--policy", json.dumps({EVIL: 1})], ["next", "--wait", EVIL],
    ):  # fmt: skip
        refused = demo(*call, check=None)
        assert refused.code in (2, 4), refused
        assert_tame(refused)
        assert_tame(demo(*call, "--json", check=None))
        assert len(refused.err.splitlines()) <= 3
    assert len(stored(repo)) == 1


def handed_in(repo: Path, data: bytes, *args: str) -> int:
    """Run `evt emit Noted --data -` on bytes; return its exit code."""
    return subprocess.run(
        [EVT_BIN, "emit", "Noted", "--data", "-", *args],
        cwd=repo, env=environment(repo.parent), input=data, capture_output=True, check=False,
    ).returncode  # fmt: skip


DEEP = b"[" * 70 + b"]" * 70
REFUSED = {
    "a key twice": b'{"text":"x","text":"y"}',
    "NaN": b'{"text":"x","extra":NaN}',
    "Infinity": b'{"text":"x","extra":-Infinity}',
    "1e999": b'{"text":"x","extra":1e999}',
    "a huge integer": b'{"text":"x","extra":' + b"9" * 400 + b"}",
    "beyond 2^53": b'{"text":"x","extra":9007199254740992}',
    "a lone surrogate": b'{"text":"\\ud800"}',
    "half a pair": b'{"text":"x","extra":{"\\udc00":1}}',
    "deep nesting": b'{"text":"x","extra":' + DEEP + b"}",
    "very deep nesting": b'{"text":"x","extra":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "two mebibytes": b'{"text":"' + b"x" * (2 << 20) + b'"}',
    "twenty mebibytes": b'{"text":"' + b"x" * (20 << 20) + b'"}',
    "UTF-16": '{"text":"x"}'.encode("utf-16"),
    "a BOM": b'\xef\xbb\xbf{"text":"x"}',
    "bytes that are not UTF-8": b'{"text":"\xff"}',
    "a raw newline in a text": b'{"text":"a\nb"}',
    "a raw escape in a text": b'{"text":"\x1b"}',
    "a NUL byte": b'{"text":"x"}\0',
    "two documents": b'{"text":"x"}{"text":"y"}',
    "something behind": b'{"text":"x"}garbage',
    "a comment": b'{"text":"x" /* y */}',
    "a comma too many": b'{"text":"x",}',
    "single quotes": b"{'text':'x'}",
    "nothing": b"",
}
STORED = {
    "envelope keys inside": b'{"text":"x","extra":{"specversion":"2","prevhash":"0","sequence":9}}',
    "a line inside": b'{"text":"{\\"specversion\\":\\"1.0\\"}\\n{\\"sequence\\":\\"1\\"}"}',
    "escapes": b'{"text":"\\u001b[31m\\u0000\\u2028\\u202e"}',
    "a surrogate pair": b'{"text":"\\ud83d\\ude00"}',
    "blank around it": b' \r\n\t{"text":"x"}\n ',
    "at the depth allowed": b'{"text":"x","extra":' + b"[" * 60 + b"]" * 60 + b"}",
    "2^53 - 1": b'{"text":"x","extra":-9007199254740991}',
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_strict_is_refused_and_the_log_untouched(
    name: str, demo: Evt, repo: Path
) -> None:
    before = raw(repo)
    assert handed_in(repo, REFUSED[name]) == 2
    assert raw(repo) == before


@pytest.mark.parametrize("name", STORED)
def test_what_is_strict_becomes_one_strict_line(name: str, demo: Evt, repo: Path) -> None:
    assert handed_in(repo, STORED[name]) == 0
    lines = raw(repo).split(b"\n")
    assert len(lines) == 3 and lines[2] == b""
    assert loads(lines[1])["data"] == json.loads(STORED[name])
    assert_tame(demo("log"))
    demo("verify")


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "a\x1bb", "a\nb", ""])
def test_a_path_that_leaves_the_repository_is_refused(path: str, demo: Evt, repo: Path) -> None:
    before = raw(repo)
    for flag in ("--target", "--output"):
        refused = demo("emit", "TaskCreated", "a", "--description", "d", f"{flag}={path}", check=2)
        assert_tame(refused)
    assert raw(repo) == before
