"""What every log backend must do: a class of tests over the `LogBackend` protocol.

A backend's own test file inherits it and says how to make a log (`make`) and how to open the same
log a second time, as another process would (`again`).
"""

from __future__ import annotations

import threading
from abc import abstractmethod
from time import monotonic, sleep
from typing import Any

import pytest

from evt.eventlog.decision import Accepted, Decision, Refused
from evt.eventlog.digest import sha256_hex
from evt.eventlog.errors import InvalidInput, TooLarge
from evt.eventlog.line import GENESIS, Event, decode
from evt.eventlog.state import State
from tests.eventlog.log.logs import note, stamped


def sequences(backend: Any, after: int = 0) -> list[int]:
    return [line.event.sequence for line in backend.read(after)]


class LogConformance:
    """The promises of `transact`, `read`, `wait` and `head`."""

    @abstractmethod
    def again(self, backend: Any) -> Any:
        """Open the log of `backend` once more."""

    def test_an_empty_log_has_nothing(self, backend: Any) -> None:
        assert (backend.head().sequence, backend.head().hash) == (0, GENESIS)
        assert sequences(backend) == []

    def test_a_receipt_names_the_stored_line(self, backend: Any) -> None:
        done = backend.transact(note("hello"))
        (receipt,) = done.receipts
        (line,) = backend.read(0)
        assert isinstance(done.decision.outcome, Accepted)
        assert (receipt.sequence, receipt.hash) == (1, sha256_hex(line.raw))
        assert (backend.head().sequence, backend.head().hash) == (1, receipt.hash)
        stored = decode(line.raw)
        assert (stored.id, stored.type, stored.time) == (receipt.id, receipt.type, receipt.time)
        assert (stored.data, stored.batch, stored.prevhash) == ({"text": "hello"}, None, GENESIS)

    def test_a_batch_is_numbered_and_chained(self, backend: Any) -> None:
        first = backend.transact(note()).receipts[0]
        receipts = backend.transact(note(count=3)).receipts
        lines = list(backend.read(1))
        assert [receipt.sequence for receipt in receipts] == [2, 3, 4]
        assert [line.event.batch for line in lines] == ["1/3", "2/3", "3/3"]
        hashes = [first.hash, *(receipt.hash for receipt in receipts)]
        assert [line.event.prevhash for line in lines] == hashes[:-1]
        assert [line.hash for line in lines] == hashes[1:]

    def test_reading_begins_anywhere_even_inside_a_batch(self, backend: Any) -> None:
        for count in (1, 5, 1, 2):
            backend.transact(note(count=count))
        for after in range(11):
            assert sequences(backend, after) == list(range(after + 1, 10))

    def test_a_decision_sees_all_that_is_stored(self, backend: Any) -> None:
        other = self.again(backend)
        seen = []

        def look(state: State, now_us: int) -> Decision:
            seen.append(state.sequence)
            return note()(state, now_us)

        for _ in range(3):
            assert backend.transact(look).state.sequence == seen[-1] + 1
            assert other.transact(look).state.sequence == seen[-1] + 1
        assert seen == [0, 1, 2, 3, 4, 5]

    def test_an_id_is_found_again(self, backend: Any) -> None:
        backend.transact(note(count=2, id="mine"))
        found = []

        def look(state: State, now_us: int) -> Decision:
            found.append((state.seen("mine"), state.seen("other"), state.seen("min")))
            found.append(state.stored(1).id)
            with pytest.raises(LookupError):
                state.stored(3)
            return Decision([], Accepted())

        self.again(backend).transact(look)
        assert found == [(1, None, None), "mine"]

    def test_a_refusal_may_come_with_events_and_without(self, backend: Any) -> None:
        refused = Refused(4, "lost_claim", "no")
        event = Event("late", "LateResult", "evt", {"attempt": 1}, subject="t")
        assert backend.transact(lambda state, now: Decision([], refused)).receipts == []
        done = backend.transact(lambda *at: Decision(stamped([event], *at), refused))
        assert (done.decision.outcome, done.receipts[0].id) == (refused, "late")
        assert sequences(backend) == [1]

    def test_what_a_decision_raises_leaves_nothing(self, backend: Any) -> None:
        backend.transact(note())

        def fail(state: State, now_us: int) -> Decision:
            state.put("x", {})
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            backend.transact(fail)
        assert sequences(backend) == [1]
        assert backend.transact(note()).state.get("x") is None
        assert sequences(backend) == [1, 2]

    def test_limits_refuse_and_leave_nothing(self, backend: Any) -> None:
        with pytest.raises(TooLarge):
            backend.transact(note(count=1001))
        with pytest.raises(TooLarge):
            backend.transact(note("x" * (1 << 20)))
        with pytest.raises(TooLarge):
            backend.transact(note("x" * 1_000_000, count=17))
        with pytest.raises(InvalidInput):
            backend.transact(note("\ud800"))
        assert sequences(backend) == []
        assert len(backend.transact(note(count=1000)).receipts) == 1000
        assert len(sequences(backend)) == 1000

    def test_time_never_runs_back(self, backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """Given a clock set back by a day, then times stay and the clock is recorded beside."""
        before = backend.transact(note()).receipts[0].time
        set_clock_back(monkeypatch)
        backend.transact(note(count=2))
        for line in backend.read(1):
            assert line.event.time == before
            assert line.event.recordedtime < before
        assert next(iter(backend.read(0))).event.recordedtime is None

    def test_waiting_ends_when_the_time_is_over(self, backend: Any) -> None:
        began = monotonic()
        assert backend.wait(0, 0.2) is False
        assert 0.15 < monotonic() - began < 5
        backend.transact(note())
        assert backend.wait(0, 0) is True
        assert backend.wait(1, 0) is False

    def test_waiting_ends_with_an_append(self, backend: Any) -> None:
        """Given a waiter, when another appends, then it wakes long before its time is over."""
        writer = self.again(backend)
        thread = threading.Thread(target=lambda: (sleep(0.3), writer.transact(note())))
        thread.start()
        assert backend.wait(0, 30) is True
        thread.join()
        assert sequences(backend) == [1]


def set_clock_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock of the backends be a day behind."""
    from evt.eventlog import clock
    from evt.eventlog.log import filelog

    monkeypatch.setattr(filelog, "now_us", lambda: clock.now_us() - 86_400_000_000)
