"""The fold of very many events: the same state, with less done on the way, in less memory.

Nine of ten events of a long log are Heartbeats, and most are overtaken by a later one of the same
attempt before anything else happens. Of those only the time counts, which is added up at once.
Nine of ten tasks of a long log are over, and nobody asks for them: their rows are put away packed.
"""

from __future__ import annotations

import msgspec

from evt.eventlog.catalog import FINAL
from evt.eventlog.clock import know_every_minute, line_us
from evt.eventlog.evolve import SCHEMA_VERSION, evolve, evolve_each
from evt.eventlog.rawjson import pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from evt.eventlog.line import Event
    from evt.eventlog.rows import Live
    from evt.eventlog.state import State

PLAIN = frozenset((None, "report", "hook"))  # of others the first in a row counts as well
know_every_minute()
FORM = len("2026-11-22T20:32:56.123456Z")


def evolve_all(state: State, events: Sequence[Event]) -> None:
    """Apply the next lines of the log to the state, in place."""
    others = [
        at
        for at, event in enumerate(events)
        if event.type != "Heartbeat" or event.schemaversion > SCHEMA_VERSION
    ]
    start = 0
    for at in others:
        if start < at:
            _beats(state, events[start:at])
        evolve(state, events[at])
        start = at + 1
    _beats(state, events[start:])
    put_away(state, [events[at] for at in others])


def put_away(state: State, events: Sequence[Event]) -> None:
    """Pack the rows of tasks that these events completed: nobody asks for most of them again."""
    for event in events:
        if event.type == "Completed":
            _put_away(state, state.task_key(event.subject))


def _put_away(state: State, key: str) -> None:
    row = state.rows.get(key)
    if row is not None and row["status"] in FINAL:
        try:
            state.packed[key] = msgspec.json.encode(row)
        except (OverflowError, UnicodeEncodeError):  # what only the slower one can say
            state.packed[key] = pack(row)
        del state.rows[key]


def _beats(state: State, beats: Sequence[Event]) -> None:
    start = 0
    for at in not_overtaken(state.head["live"], beats):
        if start < at:
            pass_over(state, beats[start:at])
        evolve(state, beats[at])
        start = at + 1


def not_overtaken(live: dict[str, Live], beats: Sequence[Event]) -> list[int]:
    """Places of those that say something which no later one of the same live attempt says anew."""
    kept: list[int] = []
    after: dict[str | None, tuple[int, bool, bool]] = {}  # attempt, says note, says progress
    for at, beat in zip(range(len(beats) - 1, -1, -1), reversed(beats), strict=True):
        name, data = beat.subject, beat.data
        later = after.get(name)
        if (
            later is not None
            and later[0] == data["attempt"]
            and (later[1] or "note" not in data)
            and (later[2] or "progress" not in data)
            and "touched" not in data
            and data.get("source") in PLAIN
        ):
            continue
        kept.append(at)
        entry = live.get(name or "")
        plain = data.get("source") in PLAIN
        if plain and entry is not None and entry["n"] == data["attempt"]:
            after[name] = (entry["n"], "note" in data, "progress" in data)
        else:
            after.pop(name, None)
    kept.reverse()
    return kept


def pass_over(state: State, beats: Sequence[Event]) -> None:
    """Let time go on and note who was heard."""
    times = [beat.recordedtime or beat.time for beat in beats]
    if are_steady(state, times):
        pass_time(state, beats, times)
    else:
        evolve_each(state, beats)  # to apply them all gives the same


def are_steady(state: State, times: list[str]) -> bool:
    """Whether log time goes on with these clocks, step by step, and nothing else happens."""
    return not state.head["paused"] and are_in_order(times) and line_us(times[0]) >= state.clock_us


def pass_time(state: State, beats: Sequence[Event], times: list[str]) -> None:
    """The same without looking: the clocks must be steady."""
    log_less_clock = state.log_us - state.clock_us
    seen = state.head["seen"]
    for actor, at in {beat.actor: at for at, beat in enumerate(beats)}.items():
        heard = seen.get(actor)
        if heard is not None:
            heard[0], heard[1] = line_us(times[at]) + log_less_clock, beats[at].time
    state.clock_us = line_us(times[-1])
    state.log_us = state.clock_us + log_less_clock
    state.sequence += len(beats)
    state.time = beats[-1].time


def are_in_order(times: list[str]) -> bool:
    """Whether no time is before another; of one form, so that texts sort as times do."""
    text = "".join(times)
    count = len(times)
    return len(text) == FORM * count and text.count("Z") == count and times == sorted(times)
