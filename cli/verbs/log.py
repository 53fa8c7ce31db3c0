"""`evt log`: the events, in words or as they are stored."""

from __future__ import annotations

from collections import deque

from evt.cli import output
from evt.cli.args import Flag, Verb, Word
from evt.cli.moments import sequence_of
from evt.eventlog.errors import Usage
from evt.projections.story import told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from evt.cli.call import Call
    from evt.eventlog.log.reader import Line

VERB = Verb(
    "log",
    "the events",
    words=(Word("TASK", "only what is about this task"),),
    flags=(
        Flag("type", "text", "only this type", "TYPE"),
        Flag("actor", "text", "only what this name did", "NAME"),
        Flag("since", "text", "from this sequence or time on", "SEQ|TIME"),
        Flag("until", "text", "up to this sequence or time", "SEQ|TIME"),
        Flag("n", "integer", "only the last N", "N", short="n"),
        Flag("follow", "switch", "go on with what comes"),
    ),
    examples=(
        ("evt log -n 20", "the last twenty"),
        ("evt log task-001", "the story of a task"),
        ("evt log --type Escalated --json", "stored lines, byte for byte"),
        ("evt log --follow", "as it happens, until interrupted"),
    ),
)
_FOREVER = 60.0


def run(call: Call) -> int:
    """Print what matches; with --json the stored lines."""
    args, log = call.args, call.log
    count = args.get("n")
    if count is not None and count < 0:
        raise Usage("-n is a number from 0 on", "evt log -n 20")
    first = sequence_of(log, args.get("since"), start=True) or 1
    last = sequence_of(log, args.get("until"), start=False)
    wanted = _filter(call)
    lines: Iterable[Line] = (line for line in _until(log.read(first - 1), last) if wanted(line))
    head = log.head().sequence
    if count is not None:
        lines = deque(lines, maxlen=count)
    for line in lines:
        _print(call, line)
    if args.get("follow") and last is None:
        _follow(call, head, wanted)
    return 0


def _filter(call: Call) -> Callable[[Line], bool]:
    task, type, actor = call.args.word(0), call.args.get("type"), call.args.get("actor")

    def wanted(line: Line) -> bool:
        event = line.event
        return (
            (task is None or event.subject == task)
            and (type is None or event.type == type)
            and (actor is None or event.actor == actor)
        )

    return wanted


def _until(lines: Iterable[Line], last: int | None) -> Iterable[Line]:
    for line in lines:
        if last is not None and line.event.sequence > last:
            return
        yield line


def _print(call: Call, line: Line) -> None:
    if call.json:
        output.write(line.raw + b"\n")
    else:
        output.say(told(line.event))


def _follow(call: Call, after: int, wanted: Callable[[Line], bool]) -> None:
    while output.reader_is_there():
        if call.log.wait(after, _FOREVER):
            for line in call.log.read(after):
                after = line.event.sequence
                if wanted(line):
                    _print(call, line)
