"""Every call of the append path fails once, the N-th for N = 1, 2, 3 ...: promise 3 after each.

A call that failed left nothing, or one event that the same id finds again, and it says which.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evt.eventlog.errors import EvtError, LogIO, NoLog, Poisoned
from evt.eventlog.log import syscalls
from evt.eventlog.log.filelog import FileLog
from evt.eventlog.log.repair import repair
from tests.conftest import ROOT
from tests.eventlog.log.logs import assert_sound, first_segment, new_log, note, open_log, own

CALLS = ("open", "write", "rename", "unlink", "truncate", "fsync", "sync_data", "flock")
FAULTS = (errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EINTR)


class Disk:
    """Counts the calls and lets the N-th fail; `kinds` are the calls that count."""

    def __init__(self, fail_at: int, number: int, kinds: tuple[str, ...] = CALLS) -> None:
        self.left, self.number, self.kinds = fail_at, number, kinds
        self.failed = ""

    def call(self, kind: str, real: Any, *args: Any, **more: Any) -> Any:
        if kind in self.kinds:
            self.left -= 1
            if self.left == 0:
                self.failed = kind
                if kind == "write" and self.number != errno.EINTR:  # then nothing was written
                    real(args[0], args[1][: len(args[1]) // 2])  # half of it is there already
                raise OSError(self.number, os.strerror(self.number))
        return real(*args, **more)


@pytest.fixture
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def insert(patch: pytest.MonkeyPatch, disk: Disk) -> None:
    for kind in CALLS:
        real = getattr(syscalls, kind)

        def call(*args: Any, real: Any = real, kind: str = kind, **more: Any) -> Any:
            return disk.call(kind, real, *args, **more)

        patch.setattr(syscalls, kind, call)


def plain(folder: Path) -> FileLog:
    log = new_log(folder)
    log.transact(note())
    return log


def torn(folder: Path) -> FileLog:
    plain(folder)
    with first_segment(folder).open("ab") as file:
        file.write(b"half a line")
    return open_log(folder)


def full(folder: Path) -> FileLog:
    log = new_log(folder, segment_bytes=400)
    log.transact(note("x" * 400))
    return log


def cold(folder: Path) -> FileLog:
    plain(folder)
    return open_log(folder)


@pytest.mark.parametrize("number", FAULTS, ids=errno.errorcode.get)
@pytest.mark.parametrize("prepare", [plain, cold, torn, full])
def test_any_failing_call_leaves_nothing_or_what_its_id_finds(
    tmp_path: Path, prepare: Any, number: int, patch: pytest.MonkeyPatch
) -> None:
    for fail_at in range(1, 100):
        folder = tmp_path / str(fail_at)
        folder.mkdir()
        log, disk = prepare(folder), Disk(fail_at, number)
        error = None
        with pytest.MonkeyPatch.context() as inner:
            insert(inner, disk)
            try:
                log.transact(note("mine", count=3, id="mine"))
            except EvtError as raised:
                error = raised
        assert_promise(folder, log, error, disk)
        shutil.rmtree(folder)
        if not disk.failed:
            assert fail_at > 4
            return
    raise AssertionError("the append never came to its end")


def assert_promise(folder: Path, log: FileLog, error: EvtError | None, disk: Disk) -> None:
    """What was said is true, for this handle and for others, now and after the next append."""
    stored = [line.event.id for line in open_log(folder).read(0)]
    if error is None:
        assert stored.count("mine") == 1
    elif "may or may not be stored, id" in error.message:
        assert disk.failed in ("sync_data", "fsync", "open")
        assert_poisoned(folder, error)
        repair(open_log(folder))
    else:
        assert isinstance(error, LogIO | NoLog), (error.message, disk.failed)
        assert error.exit in (1, 6) and error.message and error.hint
        assert "nothing" in error.message
        assert "mine" not in stored
        assert not (folder / ".evt" / "poisoned").exists()
    before = open_log(folder).seen("mine")
    log.transact(note("next"))
    assert log.seen("mine") == open_log(folder).seen("mine") == before
    events = assert_sound(folder)
    texts = [event["data"]["text"] for event in own(events)]
    assert texts[-1] == "next"
    assert texts.count("mine") == (0 if before is None else 3)
    assert log.head().sequence == open_log(folder).state().sequence == len(events)


def assert_poisoned(folder: Path, error: EvtError) -> None:
    for _ in range(2):
        with pytest.raises(Poisoned) as poisoned:
            open_log(folder).transact(note())
        assert (poisoned.value.exit, "evt repair" in poisoned.value.hint) == (6, True)
    assert error.facts["id"] in error.message


def test_a_failed_sync_is_never_tried_again_and_nothing_is_cut(
    tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:
    log, syncs = plain(tmp_path), []

    def fail(descriptor: int) -> None:
        syncs.append(descriptor)
        raise OSError(errno.EIO, "Input/output error")

    patch.setattr(syscalls, "sync_data", fail)
    patch.setattr(syscalls, "truncate", None)
    with pytest.raises(LogIO, match="may or may not be stored, id mine"):
        log.transact(note(id="mine"))
    assert len(syncs) == 1
    assert open_log(tmp_path).seen("mine") == 2
    patch.undo()
    done = repair(open_log(tmp_path))
    assert [receipt["type"] for receipt in done["receipts"]] == ["SyncFailed"]
    events = assert_sound(tmp_path)
    assert (events[-1]["type"], events[-1]["data"]) == ("SyncFailed", {"sequence": 2})
    open_log(tmp_path).transact(note())
    assert repair(open_log(tmp_path))["repaired"] == []


def test_a_repair_that_fails_can_be_run_again(tmp_path: Path) -> None:
    for fail_at in range(1, 60):
        folder = tmp_path / str(fail_at)
        folder.mkdir()
        log = plain(folder)
        with pytest.MonkeyPatch.context() as inner:
            insert(inner, Disk(1, errno.EIO, ("sync_data",)))
            with pytest.raises(LogIO):
                log.transact(note(id="mine"))
        disk = Disk(fail_at, errno.ENOSPC)
        with pytest.MonkeyPatch.context() as inner:
            insert(inner, disk)
            try:
                repair(open_log(folder))
            except EvtError:
                assert (folder / ".evt" / "poisoned").exists()
        repair(open_log(folder))
        assert not (folder / ".evt" / "poisoned").exists()
        open_log(folder).transact(note())
        kinds = [event["type"] for event in assert_sound(folder)]
        assert kinds.count("SyncFailed") >= 1 and kinds[:2] == ["Noted", "Noted"]
        if not disk.failed:
            return
    raise AssertionError("the repair never came to its end")


def test_short_writes_are_carried_on(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    log, real = plain(tmp_path), os.write
    patch.setattr(syscalls, "write", lambda descriptor, text: real(descriptor, text[:7]))
    log.transact(note(count=3))
    assert len(assert_sound(tmp_path)) == 4


def test_a_write_cut_short_by_ctrl_c_is_cut_off(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    log, real = plain(tmp_path), os.write

    def interrupted(descriptor: int, text: bytes) -> int:
        real(descriptor, text[:50])
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as inner, pytest.raises(KeyboardInterrupt):
        inner.setattr(syscalls, "write", interrupted)
        log.transact(note("mine"))
    log.transact(note("next"))
    assert [event["data"]["text"] for event in assert_sound(tmp_path)] == ["n", "next"]


def test_ctrl_c_after_the_last_byte_cuts_nothing_that_a_reader_may_have_seen(
    tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:
    log, real, seen = plain(tmp_path), os.write, []

    def interrupted(descriptor: int, text: bytes) -> int:
        real(descriptor, text)
        seen.append(open_log(tmp_path).head().sequence)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as inner, pytest.raises(KeyboardInterrupt):
        inner.setattr(syscalls, "write", interrupted)
        log.transact(note(count=2, id="mine"))
    assert seen == [3] and open_log(tmp_path).seen("mine") == 2
    log.transact(note("next"))
    assert len(assert_sound(tmp_path)) == 4


PROGRAM = """
import sys
from pathlib import Path
from evt.eventlog.errors import EvtError
from tests.eventlog.log.logs import note, open_log
try:
    open_log(Path(sys.argv[1])).transact(note("mine", count=3, id="mine"))
except EvtError as error:
    print(error.exit, error.message)
else:
    print(0)
"""


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("strace"), reason="injects into real calls with strace")
@pytest.mark.parametrize(
    ("call", "number"),
    [("write", "ENOSPC"), ("write", "EIO"), ("write", "EFBIG"), ("fdatasync", "EIO"),
     ("fdatasync", "ENOSPC"), ("flock", "EIO"), ("openat", "EIO"), ("openat", "EMFILE"),
     ("flock", "EINTR"), ("write", "EINTR"), ("pread64", "EIO")],
)  # fmt: skip
def test_the_kernel_fails_a_call_of_a_real_process(tmp_path: Path, call: str, number: str) -> None:
    """Given a process of its own, when the kernel's n-th call on the log fails, then the same."""
    for fail_at in range(1, 40):
        folder = tmp_path / str(fail_at)
        folder.mkdir()
        plain(folder)
        said, injected = _traced(folder, call, number, fail_at)
        log = open_log(folder)
        stored = [line.event.id for line in log.read(0)].count("mine")
        if said.startswith("0"):
            assert stored == 1
        elif "may or may not" in said:
            assert (folder / ".evt" / "poisoned").exists()
            repair(open_log(folder))
        else:
            assert said[:2] in ("1 ", "6 ") and stored == 0, said
        open_log(folder).transact(note("next"))
        assert_sound(folder)
        if not injected:
            return
    raise AssertionError("the call was injected for ever")


def _traced(folder: Path, call: str, number: str, fail_at: int) -> tuple[str, bool]:
    """Run the program; what it said, and whether the fault was injected."""
    trace = folder / "trace"
    paths = [arg for name in _files(folder) for arg in ("-P", str(name))]
    done = subprocess.run(
        ["strace", "-qq", "-o", trace, *paths, "-e", f"trace={call}",
         "-e", f"inject={call}:error={number}:when={fail_at}",
         sys.executable, "-c", PROGRAM, folder],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / '.namespace'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    return done.stdout or f"crashed {done.stderr}", "INJECTED" in trace.read_text()


def _files(folder: Path) -> list[Path]:
    return [path for path in (folder / ".evt").rglob("*") if path.is_file()]
