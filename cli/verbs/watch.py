"""`evt watch`: the live view; it sweeps, and rings when a question for the engineer opens."""

from __future__ import annotations

from evt.cli import output
from evt.cli.args import Verb
from evt.cli.sweeping import next_lease, swept
from evt.eventlog.clock import now_us
from evt.projections.inbox import FORWARD_SECONDS, for_caller, inbox

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call
    from evt.eventlog.line import Event
    from evt.eventlog.state import State

VERB = Verb(
    "watch",
    "the live view: workers, tasks, questions",
    examples=(
        ("evt watch", "leave it open; Ctrl-C ends it"),
        ("evt watch --json", "one JSON line per change"),
    ),
    notes="without a terminal, or with --json: one JSON line per change, from now on",
)
STEP = 1.0  # seconds between two frames when nothing changes: ages go on
ENGINEER = "engineer"


class Bell:
    """Rings once when a question for the engineer opens, and again after ten minutes."""

    def __init__(self) -> None:
        self.rung: dict[str, int] = {}

    def due(self, state: State, clock_us: int) -> list[str]:
        """What to ring for: `task-001: question`, each at most once in ten minutes."""
        found = []
        for item in inbox(state, clock_us):
            last = self.rung.get(item["id"])
            again = last is not None and clock_us - last >= FORWARD_SECONDS * 1_000_000
            if for_caller(state, ENGINEER, item) and (last is None or again):
                self.rung[item["id"]] = clock_us
                found.append(f"{item['task']}: {item['question']}")
        return found


def run(call: Call) -> int:
    """Show until interrupted or until nobody looks any more."""
    import os

    if call.json or not os.isatty(1):
        return _lines(call)
    return _screen(call)


def _lines(call: Call) -> int:
    """One JSON line per event, with the counts after it."""
    from evt.projections.status import counts
    from evt.projections.story import words

    state = swept(call.log, ENGINEER)
    after = state.sequence
    bell = Bell()
    bell.due(state, now_us())
    while output.reader_is_there():
        call.log.wait(after, min(next_lease(state), 15.0))
        state = swept(call.log, ENGINEER)
        for line in call.log.read(after):
            event = line.event
            after = event.sequence
            output.say_json(
                {
                    "sequence": event.sequence, "time": event.time, "type": event.type,
                    "subject": event.subject, "actor": event.actor, "words": words(event),
                    "counts": counts(state),
                }
            )  # fmt: skip
        for question in bell.due(state, now_us()):
            output.say_json({"sequence": after, "bell": question})
    return 0


def _screen(call: Call) -> int:
    from rich.console import Console
    from rich.live import Live

    from evt.cli.watching import Frame

    console = Console(soft_wrap=False)
    bell, last = Bell(), _last(call)
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            state = swept(call.log, ENGINEER)
            for line in call.log.read(last.sequence if last else 0):
                last = line.event
            size = (console.size.width, console.size.height)
            live.update(Frame(state, now_us(), last, size).render(), refresh=True)
            if bell.due(state, now_us()):
                console.bell()
            call.log.wait(state.sequence, STEP)


def _last(call: Call) -> Event | None:
    found = None
    for line in call.log.read(max(0, call.log.head().sequence - 1)):
        found = line.event
    return found
