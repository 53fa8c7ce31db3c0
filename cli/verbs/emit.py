"""`evt emit`: append one event, a batch of them, or a report in the form of the pattern."""

from __future__ import annotations

from evt.cli import output
from evt.cli.args import Flag, Verb, Word
from evt.cli.emits import EXAMPLES, flags
from evt.cli.requests import form_of, from_flags, prepared
from evt.cli.service import submit
from evt.eventlog.errors import LogIO, Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call
    from evt.cli.requests import Request
    from evt.cli.service import Reply
    from evt.eventlog.commands import Emit
    from evt.eventlog.log.filelog import FileLog

VERB = Verb(
    "emit",
    "append one event",
    words=(
        Word("TYPE", "what happened, for example Completed (evt emit TYPE --help has its flags)"),
        Word("SUBJECT", "the task or project it is about"),
    ),
    flags=(
        Flag("data", "text", "the data as JSON, - for stdin, @FILE; flags override it", "JSON"),
        Flag("id", "text", "an id of your own: the same call again is the same event", "ID"),
        Flag("caused-by", "text", "id of the event that led to this one", "ID"),
        Flag("allow-secret", "switch", "store it although it looks like a secret"),
        Flag("batch", "text", "lines of JSON {type, subject, data}, all or nothing", "FILE|-"),
        Flag("report", "text", "a report {taskId, workerId, status, ...} of the pattern", "FILE"),
        *flags(),
    ),
    examples=tuple(EXAMPLES[type] for type in (
        "TaskCreated", "Heartbeat", "Completed", "Escalated", "Resolved", "Noted"
    )),
)  # fmt: skip
_NEXT = ("Completed", "Failed", "Escalated")


def run(call: Call) -> int:
    """Append what was asked for and print its receipt."""
    args = call.args
    if args.get("batch") is not None or args.get("report") is not None:
        from evt.cli import bulk

        return bulk.run(call)
    type = args.word(0)
    if type is None:
        raise Usage("evt emit needs a type: what happened", VERB.examples[2][0])
    form_of(type)
    request = from_flags(type, args.word(1), args)
    actor = call.actor()
    respond(call, append(call, request, actor), type, actor)
    return 0


def append(call: Call, request: Request, actor: str) -> Reply:
    """Check the request, let the gate look at what needs it, and give it to the log."""
    return judged(call.log, prepared(request, actor))


def judged(log: FileLog, command: Emit, run_commands: bool = True) -> Reply:
    """Let the gate look at what needs it, and give the command to the log."""
    if command.type in ("Completed", "Resolved", "ProjectEnded"):
        from evt.cli.gate import judge

        judge(log, command, run_commands)
    return submit(log, command)


def respond(call: Call, reply: Reply, type: str, actor: str) -> None:
    """Print the receipts, what the caller should hear, and a worker's next call."""
    if call.json:
        print_receipts(call, reply)
        for line in reply.result.get("told", ()):
            output.tell(output.one_line(line))
        return
    print_receipts(call, reply, follow_up(reply, type, actor))


def follow_up(reply: Reply, type: str, actor: str) -> list[str]:
    """What the caller should hear, and the next call of a worker or coordinator."""
    told = [output.one_line(line) for line in reply.result.get("told", ())]
    row = reply.state.get(f"w/{actor}")
    role = row["role"] if row is not None else actor  # the coordinator has its role by name
    if type in _NEXT and role == "worker":
        told.append(f"next: evt next --as {actor} --wait 540")
    elif type == "Resolved" and role == "coordinator":
        told.append(f"next: evt inbox --wait 540 --as {actor}")
    return told


def print_receipts(call: Call, reply: Reply, told: list[str] | None = None) -> None:
    """One line per receipt, then what is told; raises LogIO if they cannot be written.

    It is one write: the exit code is 0 if and only if the receipts were written out.
    """
    receipts = reply.receipts
    try:
        if call.json:
            output.write(b"".join(output.json_bytes(one) + b"\n" for one in receipts))
        else:
            lines = [receipt_line(one) for one in receipts] or ["nothing to append"]
            output.say("\n".join([*lines, *(told or ())]))
    except output.OutputGone as gone:
        raise _unheard(receipts, gone.why) from None


def _unheard(receipts: list[dict[str, Any]], why: str) -> LogIO:
    """Says under which id the event is that nobody got the receipt of."""
    said = f"the receipt cannot be written to stdout: {why}"
    if len(receipts) == 1:
        sequence, name = receipts[0]["sequence"], receipts[0]["id"]
        return LogIO(f"{said}; event {sequence} is stored, id {name}",
                     f"the same command with --id {name} gives it again")  # fmt: skip
    if not receipts:
        return LogIO(f"{said}; nothing was appended")
    first, last = receipts[0]["sequence"], receipts[-1]["sequence"]
    return LogIO(f"{said}; events {first} to {last} are stored",
                 f"evt log --since {first} --until {last} --json")  # fmt: skip


def receipt_line(receipt: dict[str, Any]) -> str:
    """`17 Completed task-001 9f2c...`, the hash whole: it is the proof."""
    words = [str(receipt["sequence"]), receipt["type"]]
    if receipt["subject"]:
        words.append(receipt["subject"])
    words.append(receipt["hash"])
    return " ".join(words) + (" (stored before)" if receipt.get("repeated") else "")
