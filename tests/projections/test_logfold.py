"""Views of a log on disk: with a checkpoint, an old or a broken one, or none, the same figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evt.eventlog.cache.checkpoint import load, rows
from evt.eventlog.cache.saving import save
from evt.eventlog.errors import Damaged, NoLog
from evt.eventlog.evolve import FOLD_VERSION
from evt.eventlog.log.filelog import BULK_FROM
from evt.eventlog.log.layout import Layout
from evt.projections.fold import Fold
from evt.projections.logfold import SAVE_AFTER, VERSION, LogFold, fold_log
from evt.projections.metrics import metrics
from tests.projections.history import History

BEATS = 40


def long_history(tasks: int) -> History:
    """So many tasks of one worker, each with signs of life: about 45 events per task."""
    log = History().project().join(0, "A")
    for number in range(tasks):
        log.tasks(number * BEATS, f"t{number}")
    add(log, range(tasks))
    return log


def add(log: History, numbers: range) -> None:
    for number in numbers:
        start = number * BEATS + 10_000
        log.claim(start, "A", f"t{number}")
        for beat in range(BEATS):
            log.beat(start + beat / 2, "A", f"t{number}", note="n" * 40)
        log.done(start + BEATS / 2, "A", f"t{number}")


@pytest.fixture(scope="module")
def history() -> History:
    return long_history(60)


@pytest.fixture
def layout(history: History, tmp_path: Path) -> Layout:
    assert len(history.lines) > SAVE_AFTER
    return history.write(tmp_path)


def cache(layout: Layout) -> Path:
    return Path(layout.path("cache", f"views-{VERSION}"))


def grow(layout: Layout, history: History, numbers: range) -> History:
    """Append the events of some more tasks to the file, of a history that is left as it was."""
    longer = History()
    longer.lines, longer.project_name = list(history.lines), "p"
    longer.tasks(10_000 + numbers[0] * BEATS, *(f"t{number}" for number in numbers))
    add(longer, numbers)
    Path(layout.segment(1)).write_bytes(b"".join(line + b"\n" for line in longer.lines))
    return longer


def test_a_checkpoint_changes_nothing(layout: Layout, history: History) -> None:
    expected = history.metrics()
    assert metrics(LogFold(layout).catch_up()) == expected
    assert cache(layout).exists()
    assert metrics(LogFold(layout).catch_up()) == expected
    assert metrics(fold_log(layout)) == expected
    assert LogFold(layout).differences() == (len(history.lines), [])


def test_a_fold_goes_on_from_the_checkpoint(layout: Layout, history: History) -> None:
    """Given a checkpoint, when lines before it are unreadable, then they are not read again."""
    LogFold(layout).catch_up()
    longer = grow(layout, history, range(60, 63))
    path = Path(layout.segment(1))
    lines = path.read_bytes()
    path.write_bytes(b"x" * len(history.lines[0]) + lines[len(history.lines[0]) :])
    assert metrics(LogFold(layout).catch_up()) == longer.metrics()


def test_one_fold_follows_the_log(layout: Layout, history: History) -> None:
    follower = LogFold(layout)
    follower.catch_up()
    longer = grow(layout, history, range(60, 61))
    assert metrics(follower.catch_up()) == longer.metrics()
    saved = load(str(cache(layout)), FOLD_VERSION)
    assert saved is not None
    assert saved.sequence == len(history.lines)  # a few events more are not worth saving
    longer = grow(layout, longer, range(61, 120))
    assert metrics(follower.catch_up()) == longer.metrics()
    assert LogFold(layout).differences() == (len(longer.lines), [])


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.unlink(), id="gone"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:5_000]), id="cut"),
        pytest.param(lambda path: path.write_bytes(flipped(path.read_bytes())), id="flipped"),
        pytest.param(lambda path: path.write_bytes(b"not a checkpoint" * 999), id="other"),
    ],
)
def test_a_spoiled_checkpoint_is_made_anew(
    spoil: Callable[[Path], Any], layout: Layout, history: History
) -> None:
    LogFold(layout).catch_up()
    spoil(cache(layout))
    assert metrics(LogFold(layout).catch_up()) == history.metrics()


def flipped(text: bytes) -> bytes:
    """One bit in every 500 bytes behind the headers is another one."""
    changed = bytearray(text)
    for at in range(1_100, len(changed), 500):
        changed[at] ^= 1
    return bytes(changed)


def test_a_checkpoint_of_another_log_is_not_read(layout: Layout, tmp_path: Path) -> None:
    LogFold(layout).catch_up()
    other = long_history(50)
    Path(layout.segment(1)).write_bytes(b"".join(line + b"\n" for line in other.lines))
    assert metrics(LogFold(layout).catch_up()) == other.metrics()


def test_a_forged_checkpoint_is_found_by_the_check(layout: Layout, history: History) -> None:
    """Given a row that was changed with all digests right, then only a fold from zero shows it."""
    LogFold(layout).catch_up()
    path = str(cache(layout))
    saved = load(path, FOLD_VERSION)
    assert saved is not None
    found = dict(rows(saved))
    found["v/p/interventions"] = {**found["v/p/interventions"], "prompts": [1]}
    sequence, hash, position = saved.sequence, saved.hash, saved.position
    Path(path).unlink()
    assert save(path, found, sequence, hash, position, FOLD_VERSION, None) is not None
    assert LogFold(layout).differences() == (sequence, ["v/p/interventions"])
    assert metrics(LogFold(layout).catch_up()) != history.metrics()


def test_the_bulk_reader_makes_the_same_of_a_long_log(tmp_path: Path) -> None:
    log = long_history(240)
    layout = log.write(tmp_path)
    assert Path(layout.segment(1)).stat().st_size > BULK_FROM
    assert metrics(LogFold(layout).catch_up()) == log.metrics()


def test_any_moment_can_be_folded(layout: Layout, history: History) -> None:
    for sequence in (1, 62, 100, 1_000):
        part = Fold()
        part.apply(history.events()[:sequence])
        assert metrics(fold_log(layout, until=sequence)) == metrics(part)


def test_damage_is_damage(layout: Layout) -> None:
    path = Path(layout.segment(1))
    lines = path.read_bytes().splitlines(keepends=True)
    event = json.loads(lines[70])
    event["data"] = {}
    lines[70] = json.dumps(event).encode() + b"\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(Damaged, match="line 71"):
        LogFold(layout).catch_up()


def test_a_folder_without_a_log_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(NoLog):
        LogFold(Layout(str(tmp_path)))
