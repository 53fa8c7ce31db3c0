"""`evt emit`: append one event, a batch of them, or a report in the form of the pattern."""

from __future__ import annotations

from evt.cli import output
from evt.cli.args import Flag, Verb, Word
from evt.cli.emits import flags
from evt.cli.requests import form_of, from_flags, prepared
from evt.cli.service import submit
from evt.eventlog.errors import Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call
    from evt.cli.requests import Request
    from evt.cli.service import Reply

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
    examples=(
        (
            "evt emit TaskCreated task-001 --description 'Sum up a.md' --target a.md --output b.md",
            "a new task",
        ),
        (
            "evt emit Heartbeat task-001 --note 'half done' --progress 0.5 --as worker-A",
            "a sign of life, with what it is about",
        ),
        (
            "evt emit Completed task-001 --score 5 --notes 'b.md has it' --as worker-A",
            "the task is done, if the gate agrees",
        ),
        (
            "evt emit Escalated task-001 --question 'Which of the two?' --as worker-A",
            "ask; the task waits for the answer",
        ),
        ("evt emit Resolved task-001 --action resume --answer 'The first.'", "answer"),
        ("evt emit Noted --text 'decided: two files' --tag decision", "worth keeping"),
    ),
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
    reply = append(call, request, actor)
    print_receipts(call, reply)
    if not call.json:
        _follow_up(reply, type, actor)
    return 0


def append(call: Call, request: Request, actor: str) -> Reply:
    """Check the request, let the gate look at what needs it, and give it to the log."""
    command = prepared(request, actor)
    if request.type in ("Completed", "Resolved", "ProjectEnded"):
        from evt.cli.gate import judge

        judge(call.log, command)
    return submit(call.log, command)


def print_receipts(call: Call, reply: Reply) -> None:
    """One line per receipt; the exit code is 0 only if they could be written."""
    if call.json:
        output.write(b"".join(output.json_bytes(one) + b"\n" for one in reply.receipts))
    else:
        output.say("\n".join(receipt_line(one) for one in reply.receipts) or "nothing to append")


def receipt_line(receipt: dict[str, Any]) -> str:
    """`17 Completed task-001 9f2c...`, the hash whole: it is the proof."""
    words = [str(receipt["sequence"]), receipt["type"]]
    if receipt["subject"]:
        words.append(receipt["subject"])
    words.append(receipt["hash"])
    return " ".join(words) + (" (stored before)" if receipt.get("repeated") else "")


def _follow_up(reply: Reply, type: str, actor: str) -> None:
    """What the caller should hear, and its next call."""
    for key, words in reply.result.items():
        if key == "told":
            for line in words:
                output.say(line)
    row = reply.state.get(f"w/{actor}")
    if type in _NEXT and row is not None and row["role"] == "worker":
        output.say(f"next: evt next --as {actor} --wait 540")
