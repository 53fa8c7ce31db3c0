"""`emit --batch` and `emit --report`: many events at once, and reports in the pattern's form."""

from __future__ import annotations

from evt.cli import who
from evt.cli.files import read, read_json
from evt.cli.requests import Request, prepared
from evt.cli.service import submit
from evt.cli.verbs.emit import append, print_receipts, respond
from evt.eventlog.commands import Batch
from evt.eventlog.errors import EvtError, InvalidInput, TooLarge, Usage
from evt.eventlog.rawjson import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call
    from evt.eventlog.commands import Emit

BATCH_MAX = 1000
LINE_KEYS = ("type", "subject", "data", "id", "causationid")
REPORT_KEYS = (
    "taskId", "workerId", "status", "deliverables", "contextEfficiencyScore", "notes",
    "completedAt",
)  # fmt: skip


_ALWAYS = ("as", "json", "allow_secret")
_BESIDE = {
    "batch": ("batch", *_ALWAYS),
    "report": ("report", "id", "caused_by", "attempt", *_ALWAYS),
}


def run(call: Call) -> int:
    """Append a batch or a report; prints the receipts."""
    args = call.args
    form = "batch" if args.get("batch") is not None else "report"
    other = [f"--{name.replace('_', '-')}" for name in args.values if name not in _BESIDE[form]]
    if args.words or other:
        what = args.word(0) or other[0]
        raise Usage(f"--{form} stands alone: {what} cannot be beside it", f"evt emit --{form} FILE")
    return (_batch if form == "batch" else _report)(call, args.get(form))


def _batch(call: Call, path: str) -> int:
    actor = call.actor()
    emits: list[Emit] = []
    for number, line in enumerate(read(path).split(b"\n"), 1):
        if not line.strip():
            continue
        if len(emits) == BATCH_MAX:
            raise TooLarge(f"more than {BATCH_MAX} events are more than one batch can hold")
        try:
            emits.append(_line(loads(line), actor, call.args.get("allow_secret", False)))
        except EvtError as error:
            error.message = f"line {number}: {error.message}"
            raise
    if not emits:
        one = '{"type":"Noted","data":{"text":"x"}}'
        raise InvalidInput("there is no event in the batch", f"echo '{one}' | evt emit --batch -")
    reply = submit(call.log, Batch(actor, emits, who.via_chat(actor)))
    print_receipts(call, reply)
    return 0


def _line(line: Any, actor: str, allow_secret: bool) -> Emit:
    if not isinstance(line, dict) or not isinstance(line.get("type"), str):
        raise InvalidInput('a line is an object with a "type"')
    for key in line:
        if key not in LINE_KEYS:
            raise InvalidInput(f"there is no key {key!r} in a line, only {', '.join(LINE_KEYS)}")
    for key in ("subject", "id", "causationid"):
        if not isinstance(line.get(key, ""), str):
            raise InvalidInput(f"{key} is a text")
    if line["type"] == "Completed" or _accepts(line):
        raise Usage(
            "what has to pass the gate is not taken in a batch", "evt emit Completed TASK --score N"
        )
    data = line.get("data", {})
    if not isinstance(data, dict):
        raise InvalidInput("data is an object")
    request = Request(line["type"], line.get("subject"), data)
    request.id, request.caused = line.get("id"), line.get("causationid")
    request.allow_secret = allow_secret
    return prepared(request, actor)


def _accepts(line: dict[str, Any]) -> bool:
    data = line.get("data")
    return line["type"] == "Resolved" and isinstance(data, dict) and data.get("action") == "accept"


def _report(call: Call, path: str) -> int:
    report = read_json(path)
    request, worker = from_report(report)
    actor = who.named(call.args.get("as")) or who.checked(worker, "workerId")
    request.id, request.caused = call.args.get("id"), call.args.get("caused_by")
    request.allow_secret = call.args.get("allow_secret", False)
    if call.args.get("attempt") is not None:
        request.data["attempt"] = call.args.get("attempt")
    respond(call, append(call, request, actor), request.type, actor)
    return 0


def from_report(report: Any) -> tuple[Request, str]:
    """The request that a report of the pattern stands for, and the worker that made it.

    completed -> Completed, failed -> Failed (reason = notes), blocked -> Escalated blocked.
    """
    if not isinstance(report, dict):
        raise InvalidInput("a report is a JSON object with taskId, workerId, status")
    for key in report:
        if key not in REPORT_KEYS:
            raise InvalidInput(
                f"there is no key {key!r} in a report, only {', '.join(REPORT_KEYS)}"
            )
    for key in ("taskId", "workerId", "status"):
        if not isinstance(report.get(key), str) or not report[key]:
            raise InvalidInput(f"the report has no {key}")
    status, notes = report["status"], report.get("notes")
    data: dict[str, Any]
    if status == "completed":
        data = {
            key: report[key]
            for key in ("deliverables", "contextEfficiencyScore", "notes")
            if report.get(key) not in (None, "")
        }
        return Request("Completed", report["taskId"], data), report["workerId"]
    if status not in ("failed", "blocked"):
        raise InvalidInput(f"status is completed, failed or blocked, not {status[:40]!r}")
    if not notes:
        raise InvalidInput(f"a report with status {status} says why in notes")
    if status == "failed":
        return Request("Failed", report["taskId"], {"reason": notes}), report["workerId"]
    data = {"kind": "blocked", "question": notes}
    return Request("Escalated", report["taskId"], data), report["workerId"]
