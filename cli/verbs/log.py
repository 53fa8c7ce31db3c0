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
    from collections.abc import Callable, Iterable, Iterator

    from evt.cli.call import Call
    from evt.eventlog.log.filelog import FileLog
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
WINDOW = 1000  # events that are looked at first when only the last ones are asked for
LOOK_AGAIN = 2.0  # seconds after which a follower looks whether anybody still reads its output


def run(call: Call) -> int:
    """Print what matches; with --json the stored lines."""
    args, log = call.args, call.log
    count, follow = args.get("n"), args.get("follow")
    if count is not None and count < 0:
        raise Usage("-n is a number from 0 on", "evt log -n 20")
    if follow and args.get("until") is not None:
        raise Usage("--follow and --until exclude each other", "evt log --follow")
    first = sequence_of(log, args.get("since"), start=True) or 1
    last = sequence_of(log, args.get("until"), start=False)
    head = log.head().sequence
    end = head if last is None else min(last, head)
    wanted = _filter(call)
    lines: Iterable[Line] = filter(wanted, _between(log, first, end))
    if count is not None:
        lines = _newest(log, (first, end), wanted, count)
    printed = False
    for line in lines:
        _print(call, line)
        printed = True
    if follow:
        _follow(call, max(end, first - 1), wanted)
    elif not printed and not call.json:
        output.tell("no event matches" if head else "no event yet")
    return 0


def _between(log: FileLog, first: int, last: int) -> Iterator[Line]:
    for line in log.read(first - 1):
        if line.event.sequence > last:
            return
        yield line


def _newest(
    log: FileLog, among: tuple[int, int], wanted: Callable[[Line], bool], count: int
) -> list[Line]:
    """The last `count` lines that are wanted: looked for from the end on, further and further."""
    first, end = among
    found: list[Line] = []
    size = max(count, WINDOW)
    while end >= first and len(found) < count:
        begin = max(first, end - size + 1)
        part = deque(filter(wanted, _between(log, begin, end)), maxlen=count - len(found))
        found = [*part, *found]
        end, size = begin - 1, size * 4
    return found


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


def _print(call: Call, line: Line) -> None:
    if call.json:
        output.write(line.raw + b"\n")
    else:
        output.say(told(line.event))


def _follow(call: Call, after: int, wanted: Callable[[Line], bool]) -> None:
    while output.reader_is_there():
        if call.log.wait(after, LOOK_AGAIN):
            for line in call.log.read(after):
                after = line.event.sequence
                if wanted(line):
                    _print(call, line)
