"""Streams that are closed, full or left by their reader: exit 0 only if the receipt was written."""

from __future__ import annotations

import os
import pty
import re
import resource
import subprocess
from pathlib import Path

import pytest

from tests.cli.support import claimed, documents, environment, last, raw, shell, stored, task
from tests.conftest import EVT_BIN, Evt

FULL = Path("/dev/full").exists()  # Linux has one
SINKS = {"closed": ">&-", "reader gone": "| true", **({"full": ">/dev/full"} if FULL else {})}
needs_full = pytest.mark.skipif(not FULL, reason="there is no /dev/full")


def exit_code(line: str, sink: str, repo: Path) -> tuple[int, str]:
    """Run evt into a sink; return its own exit code and what it said."""
    # `head` leaves before anything is written: the pipe has no reader then.
    begin = "sleep 0.2; " if sink == "| true" else ""
    done = shell(f"{{ {begin}{line}; }} {sink}; exit ${{PIPESTATUS[0]}}", repo)
    return done.returncode, done.stderr


@pytest.mark.parametrize("sink", SINKS)
def test_a_receipt_that_nobody_got_is_said_with_its_id(sink: str, demo: Evt, repo: Path) -> None:
    """Given a stdout that takes nothing, when an event is stored, then exit 1 names its id."""
    code, said = exit_code("evt emit Noted --text x", SINKS[sink], repo)
    assert code == 1
    found = last(repo)
    assert f"event 2 is stored, id {found['id']}" in said
    again = demo("emit", "Noted", "--text", "x", "--id", found["id"], "--json").json
    assert again["repeated"] and again["sequence"] == 2 == len(stored(repo))


@pytest.mark.parametrize("sink", SINKS)
def test_receipts_that_nobody_got_are_in_the_log(sink: str, demo: Evt, repo: Path) -> None:
    (repo / "b.ndjson").write_text('{"type":"Noted","data":{"text":"x"}}\n' * 3)
    code, said = exit_code("evt emit --batch b.ndjson --json", SINKS[sink], repo)
    assert code == 1 and "events 2 to 4 are stored" in said
    assert "next: evt log --since 2 --until 4 --json" in said
    assert len(documents(demo("log", "--since", "2", "--until", "4", "--json").out)) == 3


@needs_full
@pytest.mark.parametrize("verb", ["join", "pause", "init", "sweep"])
def test_what_was_done_is_said_to_be_done(verb: str, demo: Evt, repo: Path) -> None:
    code, said = exit_code(f"evt {verb}", ">/dev/full", repo)
    assert code == 1
    assert "No space left on device; what was done stays done\nnext: evt log -n 5" in said


@needs_full
@pytest.mark.parametrize("verb", ["log", "status", "replay", "verify", "schema", "--help"])
def test_a_reader_that_left_is_no_news(verb: str, demo: Evt, repo: Path) -> None:
    """Given `evt log | head`, when head has enough, then there is nothing to complain about."""
    assert exit_code(f"evt {verb}", "| true", repo) == (1, "")
    code, said = exit_code(f"evt {verb}", ">/dev/full", repo)
    assert (code, said) == (1, "evt: stdout cannot be written: No space left on device\n")
    code, said = exit_code(f"evt {verb}", ">&-", repo)
    assert (code, said) == (1, "evt: stdout cannot be written: it is closed\n")


def test_closed_streams_are_not_taken_by_files_of_the_log(demo: Evt, repo: Path) -> None:
    """Given all streams closed, when evt runs, then what it says goes into none of its files."""
    demo("join")
    task(demo)
    for line in (
        "evt emit Noted --text one", "evt next --as worker-A --wait 1", "evt emit Nope",
        "evt emit Heartbeat task-001 --as worker-A", "evt log --follow", "evt inbox --wait 0.1",
    ):  # fmt: skip
        shell(f"timeout 5 {line} <&- >&- 2>&-", repo)
    demo("verify")
    types = [event["type"] for event in stored(repo)]
    assert types == ["ProjectStarted", "WorkerJoined", "TaskCreated", "Noted"]
    sizes = {p.name: p.stat().st_size for p in (repo / ".evt").rglob("*") if p.is_file()}
    assert sizes["worker-A"] == 0  # the lock of a waiting name


def test_nothing_is_claimed_for_a_reader_that_left(demo: Evt, repo: Path) -> None:
    demo("join")
    task(demo)
    code, said = exit_code("evt next --as worker-A --wait 5", "| true", repo)
    assert code == 1 and "nothing was claimed" in said
    assert last(repo)["type"] == "TaskCreated"


@needs_full
def test_messages_that_nobody_reads_change_no_exit_code(demo: Evt, repo: Path) -> None:
    for line, code in (("emit Nope", 2), ("status", 0), ("replay --at 9", 4)):
        assert shell(f"evt {line} 2>&-", repo).returncode == code
        assert shell(f"evt {line} 2>/dev/full", repo).returncode == code


def test_data_on_stdout_messages_on_stderr(demo: Evt) -> None:
    refused = demo("emit", "Nope", check=2)
    assert refused.out == "" and refused.err
    done = demo("emit", "Noted", "--text", "x")
    assert done.out and done.err == ""


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8", "xx_XX.nope"])
def test_every_locale_gives_the_same_bytes(locale: str, demo: Evt, repo: Path) -> None:
    demo("emit", "Noted", "--text", "héllo ✓ 日本", env={"LC_ALL": locale, "LANG": locale})
    assert last(repo)["data"]["text"] == "héllo ✓ 日本"
    shown = demo("log", "-n", "1", env={"LC_ALL": locale}).out
    assert shown.endswith("héllo ✓ 日本\n")


def on_a_terminal(args: list[str], repo: Path, more: dict[str, str]) -> tuple[int, str]:
    """Run evt with all three streams on a pseudo-terminal that nobody types into."""
    ours, theirs = pty.openpty()
    env = environment(repo.parent, more)
    env.pop("COLUMNS")
    with subprocess.Popen(
        [EVT_BIN, *args], cwd=repo, env=env, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 1 << 16)
            except OSError:
                break
            if not part:
                break
            shown += part
        code = process.wait(timeout=30)
    os.close(ours)
    return code, shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("colour", [{}, {"NO_COLOR": "1"}], ids=["plain", "NO_COLOR"])
def test_a_terminal_gets_the_same_words_and_no_prompt(
    colour: dict[str, str], demo: Evt, repo: Path
) -> None:
    claimed(demo)
    for args in (["status"], ["log"], ["inbox"], ["emit", "--help"], ["emit", "Nope"], ["plan"]):
        code, shown = on_a_terminal(args, repo, {"TERM": "xterm-256color", **colour})
        plain = demo(*args, check=None, env={"COLUMNS": "80"})
        assert (code, shown) == (plain.code, plain.out + plain.err)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", shown)


def with_room_for(size: int, *args: str, repo: Path) -> subprocess.CompletedProcess[str]:
    """Run evt where no file may grow beyond so many bytes, as on a full disk."""
    return subprocess.run(
        [EVT_BIN, *args],
        cwd=repo,
        # half a compiled module would break the runs that follow
        env=environment(repo.parent, {"PYTHONDONTWRITEBYTECODE": "1"}),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_full_disk_stores_nothing_and_says_so(demo: Evt, repo: Path) -> None:
    """Given room for a few events, when it is used up, then the log is whole and goes on."""
    calls = [("emit", "Noted", "--text", f"{number} " + "x" * 100) for number in range(8)]
    done = [with_room_for(2048, *call, repo=repo) for call in calls]
    kept = [one for one in done if one.returncode == 0]
    assert 0 < len(kept) < 8 and done[: len(kept)] == kept
    for one in done[len(kept) :]:
        assert one.returncode == 1 and "File too large" in one.stderr
        assert "nothing stored" in one.stderr
    assert len(stored(repo)) == 1 + len(kept) and raw(repo).endswith(b"\n")
    demo("verify")
    demo("emit", "Noted", "--text", "there is room again")
    assert demo("verify", "--json").json["findings"] == []


def test_a_disk_without_room_for_a_log_makes_none(evt: Evt, repo: Path) -> None:
    done = with_room_for(0, "init", "--project", "p", repo=repo)
    assert done.returncode == 1 and "File too large" in done.stderr
    assert "made" in evt("init", "--project", "p").out
    evt("verify")
