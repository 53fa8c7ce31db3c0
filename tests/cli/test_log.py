"""`evt log`: filters, moments, the end of a long log, and what comes while it follows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.cli.main import main
from evt.cli.moments import sequence_of
from evt.cli.verbs.log import WINDOW
from evt.eventlog.clock import iso, us
from evt.eventlog.decision import Accepted, Decision
from evt.eventlog.errors import InvalidInput
from evt.eventlog.ids import event_id, new_seed
from evt.eventlog.line import GENESIS, Event
from evt.eventlog.log.backend import Head
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.reader import Line
from evt.eventlog.state import State
from tests.cli.support import background, claimed, documents, opened, raw, shell, stored, task
from tests.conftest import Evt
from tests.eventlog.log.logs import Fn, new_log, note, stamped


@pytest.fixture
def story(demo: Evt) -> Evt:
    """Return `evt` with eight events: two tasks, a worker, a failure, a note on each."""
    claimed(demo)
    task(demo, "task-002")
    demo("emit", "Noted", "task-002", "--text", "one")
    demo("emit", "Failed", "task-001", "--reason", "r", "--as", "worker-A")
    demo("emit", "Noted", "task-001", "--text", "two", "--as", "worker-A")
    return demo


def numbers(text: str) -> list[int]:
    return [int(line.split()[0]) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        ([], [1, 2, 3, 4, 5, 6, 7, 8]),
        (["task-001"], [2, 4, 7, 8]),
        (["--type", "Noted"], [6, 8]),
        (["--actor", "worker-A"], [3, 4, 7, 8]),
        (["task-001", "--type", "Noted", "--actor", "worker-A"], [8]),
        (["--since", "6"], [6, 7, 8]),
        (["--until", "2"], [1, 2]),
        (["--since", "3", "--until", "4"], [3, 4]),
        (["--since", "5", "--until", "4"], []),
        (["-n", "2"], [7, 8]),
        (["-n", "0"], []),
        (["-n", "99"], [1, 2, 3, 4, 5, 6, 7, 8]),
        (["-n", "1", "--type", "Noted"], [8]),
        (["-n", "1", "--until", "6", "--type", "Noted"], [6]),
        (["-n", "2", "--since", "8"], [8]),
        (["--since", "99"], []),
        (["--since", "2000-01-01"], [1, 2, 3, 4, 5, 6, 7, 8]),
        (["--until", "2000-01-01"], []),
        (["--since", "2999-01-01T00"], []),
        (["--until", "2999-01-01 00:00"], [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
    ids=lambda value: " ".join(value) if value and isinstance(value[0], str) else "",
)
def test_filters(flags: list[str], wanted: list[int], story: Evt) -> None:
    shown = story("log", *flags)
    assert numbers(shown.out) == wanted
    assert shown.err == ("" if wanted else "no event matches\n")
    as_json = story("log", *flags, "--json")
    assert [int(one["sequence"]) for one in documents(as_json.out)] == wanted
    assert as_json.err == ""


def test_a_task_is_one_grep_in_the_raw_file(story: Evt, repo: Path) -> None:
    """Given the raw log, when it is searched for a task, then its story comes out as evt has it."""
    found = shell("""grep '"subject":"task-001"' .evt/log/*.jsonl""", repo)
    assert found.stdout == story("log", "task-001", "--json").out


def test_times_mean_the_events_from_them_on_and_up_to_them(story: Evt, repo: Path) -> None:
    times = [event["time"] for event in stored(repo)]
    for sequence, time in enumerate(times, 1):
        since = numbers(story("log", "--since", time).out)
        until = numbers(story("log", "--until", time).out)
        assert since[0] == times.index(time) + 1 <= sequence
        assert until[-1] == 8 - times[::-1].index(time) >= sequence


@pytest.mark.parametrize("text", ["x", "-1", "2026", "2026-13-01", "2026-11-22T25", "20:32", "1.5"])
def test_what_is_no_moment_is_refused(text: str, story: Evt) -> None:
    if text == "2026":  # a sequence
        assert story("log", f"--since={text}").out == ""
    else:
        story("log", f"--since={text}", check=2)


@given(
    steps=st.lists(st.integers(0, 3), min_size=1, max_size=12),
    asked=st.integers(-1, 40),
    start=st.booleans(),
)
def test_a_time_is_found_as_by_reading_all(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int], asked: int, start: bool
) -> None:
    """Given events at any times, when one is looked up, then it is the one a full read finds."""
    times = [sum(steps[: n + 1]) for n in range(len(steps))]

    class Timed(FileLog):
        """As much of a log as a moment needs."""

        def __init__(self) -> None:
            pass

        def head(self) -> Head:
            return Head(len(times), GENESIS)

        def stored(self, sequence: int) -> Event:
            event = Event("id", "Noted", "engineer", {})
            event.time = iso(times[sequence - 1] * 1_000_000)
            return event

    later = [n for n, time in enumerate(times, 1) if (time >= asked if start else time > asked)]
    wanted = later[0] if later else len(times) + 1
    found = sequence_of(Timed(), iso(asked * 1_000_000), start=start)
    assert found == (wanted if start else wanted - 1)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-22", "2026-11-22T00:00:00Z"),
        ("2026-11-22T20", "2026-11-22T20:00:00Z"),
        ("2026-11-22 20:32", "2026-11-22T20:32:00Z"),
        ("2026-11-22T20:32:56", "2026-11-22T20:32:56Z"),
        ("2026-11-22T20:32:56.5", "2026-11-22T20:32:56.500000Z"),
        ("2026-11-22T22:32:56+02:00", "2026-11-22T20:32:56Z"),
    ],
)
def test_a_time_may_lack_its_end(text: str, meant: str, tmp_path: Path) -> None:
    log = new_log(tmp_path)
    log.transact(note())
    assert us(meant) < us(log.stored(1).time)  # nothing is older than this test
    assert sequence_of(log, text, start=True) == sequence_of(log, meant, start=True) == 1
    with pytest.raises(InvalidInput):
        sequence_of(log, text + "x", start=True)


RARE = range(1, 7 * WINDOW, 700)  # the events of another actor in the long log


def by(actor: str, count: int) -> Fn:
    """Return a decision of so many notes."""
    seed = new_seed()

    def decide(state: State, now_us: int) -> Decision:
        notes = [Event(event_id(seed, n), "Noted", actor, {"text": "x"}) for n in range(count)]
        return Decision(stamped(notes, state, now_us), Accepted())

    return decide


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the `.evt` of a log of several windows."""
    folder = tmp_path_factory.mktemp("long")
    log = new_log(folder)
    for _ in RARE:
        log.transact(by("rare", 1))
        log.transact(by("usual", 699))
    return folder / ".evt"


@pytest.mark.parametrize(
    ("flags", "most"),
    [
        (["-n", "5"], WINDOW + 700),
        (["--since", "6500"], 1500),
        (["-n", "1", "--since", "6900"], 1500),
        (["-n", "1", "--actor", "rare"], WINDOW + 700),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_end_of_a_long_log_is_read_from_its_end(
    flags: list[str], most: int, long_log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a log of 7,000 events, when the last are shown, then the first are not read."""
    read = 0
    plain = FileLog.read

    def counted(log: FileLog, after: int = 0) -> Iterator[Line]:
        nonlocal read
        for line in plain(log, after):
            read += 1
            yield line

    monkeypatch.setattr(FileLog, "read", counted)
    monkeypatch.setenv("EVT_DIR", str(long_log))
    assert main(["log", *flags, "--json"]) == 0
    assert 0 < read <= most


@pytest.mark.parametrize("count", [1, 3, 9, 10, 50])
def test_the_last_ones_of_a_kind_are_found_however_far_back(
    count: int, long_log: Path, evt: Evt
) -> None:
    shown = evt("log", "-n", str(count), "--actor", "rare", env={"EVT_DIR": str(long_log)}).out
    assert numbers(shown) == list(RARE)[-count:]


def test_following_shows_each_event_once_and_ends_with_its_reader(demo: Evt, repo: Path) -> None:
    with background("log", "--follow", "--json", repo=repo) as follower:
        assert follower.stdout is not None
        shown = [json.loads(follower.stdout.readline())["sequence"]]
        for number in range(3):
            demo("emit", "Noted", "--text", str(number))
            shown.append(json.loads(follower.stdout.readline())["sequence"])
        assert [int(one) for one in shown] == [1, 2, 3, 4]
        follower.stdout.close()
        assert follower.wait(timeout=20) in (0, 1)


def test_following_filters_and_begins_where_it_is_told(demo: Evt, repo: Path) -> None:
    with background("log", "--follow", "--type", "Noted", "--since", "3", repo=repo) as follower:
        assert follower.stdout is not None
        demo("emit", "Noted", "--text", "before")
        task(demo)
        demo("emit", "Noted", "--text", "shown")
        assert follower.stdout.readline().endswith("engineer noted on the project: shown\n")


def test_no_log_line_is_shown_that_is_not_there_yet(evt: Evt, repo: Path) -> None:
    evt("init")
    assert evt("log").err == "no event yet\n"
    assert evt("log", "--json").out == "" and raw(repo) == b""
    assert opened(repo).head().sequence == 0
