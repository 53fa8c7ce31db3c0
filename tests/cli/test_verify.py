"""`verify` and `anchor`: what is found, and with which exit code; what a newer evt wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evt.eventlog.digest import sha256_hex
from evt.eventlog.line import GENESIS
from tests.cli.support import claimed, last, raw, shell, stored
from tests.conftest import Evt


def segment(repo: Path) -> Path:
    return repo / ".evt" / "log" / f"{1:016d}.jsonl"


def rewritten(repo: Path, *events: dict[str, Any]) -> None:
    """Write the whole log anew, chained, as one who owns it can."""
    before, lines = GENESIS, []
    for number, event in enumerate(events, 1):
        event = {**event, "sequence": f"{number:016d}", "prevhash": before}
        lines.append(json.dumps(event, separators=(",", ":")).encode())
        before = sha256_hex(lines[-1])
    segment(repo).write_bytes(b"".join(line + b"\n" for line in lines))


def test_a_sound_log(demo: Evt, repo: Path) -> None:
    end = sha256_hex(raw(repo).splitlines()[-1])
    assert demo("verify").out == f"sound: 1 events, 1 segment, last {end}\n"
    found = demo("verify", "--json")
    assert found.json["ok"] and found.json["hash"] == end and not found.err


def test_an_anchor_is_the_last_line_and_stays_true(demo: Evt, repo: Path) -> None:
    anchor = demo("anchor").out.strip()
    assert anchor == f"1:{sha256_hex(raw(repo).splitlines()[-1])}"
    assert demo("anchor", "--json").json == {
        "sequence": 1, "hash": anchor[2:], "anchor": anchor,
    }  # fmt: skip
    demo("emit", "Noted", "--text", "x")
    demo("verify", "--expect", anchor)
    assert demo("anchor").out.startswith("2:")


def test_an_anchor_finds_a_cut_tail_and_an_edited_end(demo: Evt, repo: Path) -> None:
    demo("emit", "Noted", "--text", "x")
    anchor, whole = demo("anchor").out.strip(), raw(repo)
    segment(repo).write_bytes(whole[: whole.index(b"\n") + 1])
    demo("verify")
    cut = demo("verify", "--expect", anchor, check=6)
    assert cut.out.startswith("expect: the log ends at 1, event 2 is missing\n")
    segment(repo).write_bytes(whole.replace(b'"text":"x"', b'"text":"y"'))
    demo("verify")
    assert "not " + anchor[2:] in demo("verify", "--expect", anchor, check=6).out


@pytest.mark.parametrize("text", ["", "1", "1:", "x:00", f"1:{'G' * 64}", f"-1:{'0' * 64}"])
def test_an_expectation_has_a_form(text: str, demo: Evt) -> None:
    assert "is not SEQ:HASH" in demo("verify", f"--expect={text}", check=2).err


def test_an_empty_log_has_no_anchor_and_is_sound(evt: Evt) -> None:
    evt("init")
    assert evt("anchor", "--json", check=4).json["error"]["code"] == "not_found"
    assert evt("verify").out == f"sound: 0 events, 1 segment, last {'0' * 64}\n"


def test_a_deliverable_that_changed_is_a_finding(demo: Evt, repo: Path) -> None:
    (repo / "out.md").write_text("It says what a log is, in one sentence.\n")
    claimed(demo, "task-001", "worker-A", "--output", "out.md")
    demo("emit", "Completed", "task-001", "--score", "5", "--as", "worker-A")
    demo("verify", "--files")
    (repo / "out.md").write_text("It says something else now.\n")
    demo("verify")
    found = demo("verify", "--files", "--json", check=1)
    assert [(one["code"], one["path"]) for one in found.json["findings"]] == [("drifted", "out.md")]
    assert "out.md of task-001" in found.err and not found.json["ok"]


def test_half_a_line_is_no_damage(demo: Evt, repo: Path) -> None:
    with segment(repo).open("ab") as file:
        file.write(b'{"specversion":"1.0","id":"tor')
    found = demo("verify", "--json").json
    assert found["ok"] and [one["code"] for one in found["findings"]] == ["tail"]
    demo("emit", "Noted", "--text", "x")
    assert [event["type"] for event in stored(repo)] == [
        "ProjectStarted", "TailQuarantined", "Noted",
    ]  # fmt: skip
    assert demo("verify", "--json").json["findings"] == []


def test_an_audit_needs_no_evt(demo: Evt, repo: Path) -> None:
    """Given the anchor, when only coreutils look at the file, then they find the same hash."""
    found = shell("tail -n 1 .evt/log/*.jsonl | tr -d '\\n' | sha256sum | cut -c 1-64", repo)
    assert demo("anchor").out == f"1:{found.stdout}"


# what a newer evt may have written -> (added to a Noted, can evt write behind it?, judged?)
NEWER: dict[str, tuple[dict[str, Any], bool, bool]] = {
    "an unknown type": ({"type": "Dreamt", "data": {"of": [1]}}, True, False),
    "an unknown attribute": ({"mood": "good"}, True, True),
    "an unknown key": ({"data": {"text": "x", "colour": "red"}}, True, True),
    "a plugin's check": (
        {"type": "TaskCreated", "subject": "a", "data": {
            "type": "t", "description": "d", "acceptance": {"checks": [{"check": "ours", "n": 1}]},
        }}, True, True),
    "a critical type": ({"type": "Dreamt", "critical": True}, False, False),
    "a higher version": ({"schemaversion": 2}, False, False),
}  # fmt: skip


@pytest.mark.parametrize("name", NEWER)
def test_what_a_newer_evt_wrote_is_read(name: str, demo: Evt, repo: Path) -> None:
    """Given an event that only a newer evt knows, then reading works, writing where it is safe."""
    more, writable, judged = NEWER[name]
    demo("emit", "Noted", "--text", "x")
    first, second = stored(repo)
    rewritten(repo, first, {**second, **more})
    before = raw(repo)
    for call in (["status"], ["log"], ["replay"], ["replay", "--at", "2"], ["inbox"]):
        assert demo(*call).code == 0
    assert demo("log", "--json").out.encode() == before
    assert demo("verify", "--json").json["newer"] == (0 if judged else 1)
    done = demo("emit", "Noted", "--text", "x", "--json", check=0 if writable else 6)
    if writable:
        assert last(repo)["sequence"] == f"{3:016d}"
        demo("verify")
    else:
        assert done.json["error"]["code"] == "newer" and "upgrade" in done.json["error"]["hint"]
        assert raw(repo) == before
        for call in (["join"], ["pause"], ["sweep"], ["plan", "p.json", "--apply"]):
            (repo / "p.json").write_text('{"id":"p","type":"t","description":"d"}')
            assert demo(*call, "--json", check=6).json["error"]["code"] == "newer"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({"data": {"text": 5}}, "schema", id="data of another kind"),
        pytest.param({"data": {}}, "schema", id="data that is missing"),
        pytest.param({"source": "/evt/other"}, "schema", id="another log"),
        pytest.param({"specversion": "2.0"}, "schema", id="another envelope"),
    ],
)
def test_a_line_that_evt_would_not_write_is_damage(
    more: dict[str, Any], code: str, demo: Evt, repo: Path
) -> None:
    demo("emit", "Noted", "--text", "x")
    first, second = stored(repo)
    rewritten(repo, first, {**second, **more})
    before = raw(repo)
    found = demo("verify", "--json", check=6)
    assert [one["code"] for one in found.json["findings"]] == [code]
    assert "event 2" in found.err and found.err.endswith("next: evt repair\n")
    assert demo("repair", "--json", check=6).json["error"]["code"] == "damaged"
    assert raw(repo) == before
