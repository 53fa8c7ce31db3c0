"""`evt replay`: any moment again, the difference of two, or the story as it went."""

from __future__ import annotations

import os
from time import sleep

from evt.cli import output
from evt.cli.args import Flag, Verb
from evt.cli.moments import sequence_of
from evt.eventlog.clock import us
from evt.eventlog.errors import Findings, Refusal, Usage
from evt.projections.story import told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evt.cli.call import Call
    from evt.eventlog.line import Event
    from evt.eventlog.log.reader import Line
    from evt.eventlog.state import State

VERB = Verb(
    "replay",
    "any moment again, or the difference of two",
    flags=(
        Flag("at", "text", "the state at this moment", "SEQ|TIME"),
        Flag("diff", "pair", "what changed between two moments", "A B"),
        Flag("speed", "number", "play so many times as fast as it went (default: at once)", "X"),
        Flag("task", "text", "only the story of this task", "TASK"),
        Flag("worker", "text", "only the story of this worker", "NAME"),
        Flag("check", "switch", "hold the checkpoint against a fold from zero"),
    ),
    examples=(
        ("evt replay", "the story so far"),
        ("evt replay --at 17", "the state after event 17"),
        ("evt replay --diff 1 17", "what changed between the two"),
        ("evt replay --speed 60", "a minute in a second; on a terminal with keys to stop and step"),
        ("evt replay --check", "is the checkpoint what the log says?"),
    ),
)  # fmt: skip
LONGEST_PAUSE = 5.0  # seconds; nights and weekends are not played


def run(call: Call) -> int:
    """Do what the flags ask for; without any of them tell the story."""
    args = call.args
    asked = [name for name in ("at", "diff", "check") if name in args.values]
    if asked:
        other = [name for name in (*asked[1:], "speed", "task", "worker") if name in args.values]
        if other:
            raise Usage(f"--{asked[0]} and --{other[0]} exclude each other")
        return {"at": _at, "diff": _diff, "check": _check}[asked[0]](call)
    return _play(call)


def _state(call: Call, text: str) -> tuple[State, int]:
    sequence = sequence_of(call.log, text, start=False)
    last = call.log.head().sequence
    if sequence is None or sequence > last:
        raise Refusal(4, "not_found", f"there is no event {text}, the last one is {last}",
                      f"evt replay --at {last}")  # fmt: skip
    return call.log.state_at(sequence), sequence


def _at(call: Call) -> int:
    state, sequence = _state(call, call.args.get("at"))
    now = state.clock_us
    if call.json:
        from evt.projections.status import status

        line_hash = (
            next((line.hash for line in call.log.read(sequence - 1)), "") if sequence else ""
        )
        output.say_json(status(state, line_hash or "0" * 64, now))
    elif sequence:
        from evt.projections.board import board

        output.say(f"after event {sequence}, {state.time}\n" + board(state, now, output.width()))
    else:
        output.say("before the first event: nothing is there yet")
    return 0


def _diff(call: Call) -> int:
    from evt.projections.difference import difference

    (before, first), (after, last) = sorted(
        (_state(call, text) for text in call.args.get("diff")), key=lambda moment: moment[1]
    )
    changes = difference(before, after)
    call.answer({"schema": "evt.diff/1", "from": first, "to": last, "changes": changes},
                "\n".join(changes) or "nothing changed")  # fmt: skip
    return 0


def _check(call: Call) -> int:
    from evt.projections.logfold import LogFold

    sequence = _held(call, "checkpoint", call.log.checkpoint_differences)
    views = _held(call, "checkpoint of the figures", LogFold(call.log.layout).differences)
    document = {
        "schema": "evt.replay-check/1", "ok": True, "sequence": sequence, "viewsSequence": views,
    }  # fmt: skip
    said = []
    for what, found in (("checkpoint", sequence), ("checkpoint of the figures", views)):
        if found is None:
            said.append(f"there is no {what}: everything is folded from zero")
        else:
            said.append(f"the {what} of event {found} is what the log says")
    call.answer(document, "\n".join(said))
    return 0


def _held(
    call: Call, what: str, differences: Callable[[], tuple[int | None, list[str]]]
) -> int | None:
    """Sequence of a checkpoint that a fold from zero confirms; raises Findings if it does not."""
    from evt.eventlog.cache.pages import CacheDamaged

    hint = f"rm -r {call.log.layout.path('cache')}  (it is made anew from the log)"
    try:
        sequence, false = differences()
    except CacheDamaged as damage:
        raise Findings(f"the {what} is damaged: {damage}", hint, differences=[]) from None
    if false:
        wrong = f"the {what} of event {sequence} is not what the log says in "
        raise Findings(wrong + ", ".join(false[:10]), hint, sequence=sequence, differences=false)
    return sequence


def _play(call: Call) -> int:
    speed = call.args.get("speed")
    if speed is not None and speed <= 0:
        raise Usage("--speed is a number above 0", "evt replay --speed 60")
    if speed and not call.json and os.isatty(0) and os.isatty(1):
        return _on_a_terminal(call, speed)
    before = None
    for line in _wanted(call):
        event = line.event
        if speed and before is not None:
            sleep(min(LONGEST_PAUSE, _gap(before, event) / speed))
        before = us(event.time)
        if call.json:
            output.write(output.json_line(line.raw) + b"\n")
        else:
            output.say(told(event))
    return 0


def _gap(before: int, event: Event) -> float:
    """Seconds between two events."""
    return max(0, us(event.time) - before) / 1e6


def _on_a_terminal(call: Call, speed: float) -> int:
    from evt.cli.playing import Player, Quit

    before = None
    try:
        with Player(call.log.head().sequence, speed) as player:
            for line in _wanted(call):
                event = line.event
                if before is not None:
                    player.wait(_gap(before, event), LONGEST_PAUSE)
                before = us(event.time)
                player.show(told(event), event.sequence, event.time)
    except Quit:
        pass
    return 0


def _wanted(call: Call) -> Iterator[Line]:
    """The lines of the task and the worker that were asked for; says it if there are none."""
    task, worker = call.args.get("task"), call.args.get("worker")
    found = task is None and worker is None
    for line in call.log.read(0):
        event = line.event
        if task is not None and event.subject != task:
            continue
        if worker is None or worker in (event.actor, event.data.get("worker"), event.subject):
            found = True
            yield line
    if not found:
        output.tell("no event matches")
