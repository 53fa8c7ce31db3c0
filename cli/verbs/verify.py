"""`evt verify`: every byte of the log, from the first line to the last."""

from __future__ import annotations

from evt.cli import output
from evt.cli.args import Flag, Verb
from evt.eventlog.log.verify import parse_expected, verify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call
    from evt.eventlog.line import Event

VERB = Verb(
    "verify",
    "check every byte of the log",
    flags=(
        Flag("expect", "text", "a receipt or anchor that you hold: finds a cut tail", "SEQ:HASH"),
        Flag("files", "switch", "also compare what was delivered with the files as they are now"),
    ),
    examples=(
        ("evt verify", "chain, numbers, batches, the data of each event"),
        ("evt verify --expect \"$(evt anchor)\"", "the last line is the one you hold"),
        ("evt verify --files", "and nobody changed a deliverable since"),
    ),
    notes="exit 0: sound; 1: a deliverable was changed, or a contradiction; 6: the log is damaged",
)  # fmt: skip
FINDINGS, DAMAGED = 1, 6
NOTES = ("tail",)  # what a killed writer leaves; the next one puts it into quarantine
MILD = ("drifted", "anomaly")


def run(call: Call) -> int:
    """Print the report; the exit code says how bad it is."""
    expected = call.args.get("expect")
    log = call.log
    report = verify(
        log.layout, parse_expected(expected) if expected is not None else None, _schema_problem
    )
    if not any(item["code"] == "chain" for item in report["findings"]):
        _add_state(call, report)
    worst = [item["code"] for item in report["findings"] if item["code"] not in NOTES]
    report["ok"] = not worst
    lines = [f"{item['code']}: {item['message']}" for item in report["findings"]]
    if not worst:
        lines.append(f"sound: {report['sequence']} events, {report['segments']} segments, "
                     f"last {report['hash']}")  # fmt: skip
    else:
        lines.append("next: evt repair" if set(worst) - set(MILD) else "next: evt review")
    call.answer(report, "\n".join(output.one_line(line) for line in lines))
    if not worst:
        return 0
    return FINDINGS if set(worst) <= set(MILD) else DAMAGED


def _schema_problem(event: Event) -> str | None:
    """What is wrong with the data of an event; what a newer evt wrote is not judged."""
    from evt.eventlog.checking import check
    from evt.eventlog.errors import EvtError
    from evt.eventlog.vocabulary import EVENT_TYPES

    if event.type not in EVENT_TYPES or event.schemaversion > 1:
        return None
    try:
        check(event.type, event.data, written=True)
    except EvtError as error:
        return error.message
    return None


def _add_state(call: Call, report: dict[str, Any]) -> None:
    """Contradictions that the fold met, and with --files what was changed since."""
    state = call.log.state()
    row = state.get("a")
    for item in row["list"] if row else []:
        text = f"event {item['sequence']} ({item['type']} {item['subject']}): {item['text']}"
        report["findings"].append({"code": "anomaly", "message": text,
                                   "sequence": item["sequence"]})  # fmt: skip
    if call.args.get("files"):
        from evt.cli.gate import drifted

        for task, path, what in drifted(call.log, state):
            text = f"{path} of {task} {what} since it was completed"
            report["findings"].append({"code": "drifted", "message": text, "task": task,
                                       "path": path})  # fmt: skip
