"""Sweeping on the way: whoever waits or watches expires what is over, without a daemon."""

from __future__ import annotations

from evt.eventlog.catalog import SECOND
from evt.eventlog.clock import now_us
from evt.eventlog.commands import Sweep
from evt.eventlog.decide import decide
from evt.eventlog.decide.draft import log_now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.eventlog.log.filelog import FileLog
    from evt.eventlog.state import State

LONGEST = 15.0  # seconds after which a waiter looks again, whatever happens


def swept(log: FileLog, caller: str) -> State:
    """The state after what is over was expired; the lock is taken only if something is."""
    command = Sweep(caller)
    state = log.state()
    if decide(command, state, now_us()).events:
        state = log.transact(lambda now, clock: decide(command, now, clock)).state
    return state


def next_lease(state: State) -> float:
    """Seconds until the next lease ends, at most `LONGEST`."""
    if state.head["paused"]:
        return LONGEST
    ends = [live["until"] for live in state.head["live"].values()]
    if not ends:
        return LONGEST
    return min(LONGEST, max(0.05, (min(ends) - log_now(state, now_us())) / SECOND))
