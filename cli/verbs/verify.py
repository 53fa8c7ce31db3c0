"""`evt verify`: every byte of the log, from the first line to the last."""

from __future__ import annotations

from evt.cli import output
from evt.cli.args import Flag, Verb
from evt.eventlog.checking import check
from evt.eventlog.checks import STORED
from evt.eventlog.errors import Damaged, EvtError
from evt.eventlog.log.verify import parse_expected, verify
from evt.eventlog.vocabulary import EVENT_TYPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.cli.call import Call
    from evt.eventlog.line import Event
    from evt.eventlog.log.filelog import FileLog

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
_ANY_CHECK = {"check": "not_empty"}  # in the place of a plugin's that is not installed here


def run(call: Call) -> int:
    """Print the report; the exit code says how bad it is."""
    expected = call.args.get("expect")
    report = audit(call.log, parse_expected(expected) if expected is not None else None)
    if not any(item["code"] == "chain" for item in report["findings"]):
        _add_state(call, report)
    worst = {item["code"] for item in report["findings"]} - {*NOTES}
    report["ok"] = not worst
    lines = [f"{item['code']}: {item['message']}" for item in report["findings"]]
    lines.append(f"next: {_next(worst)}" if worst else _sound(report))
    text = "\n".join(output.one_line(line) for line in lines)
    call.answer(report, text, failed=bool(worst))
    if not worst:
        return 0
    return FINDINGS if worst <= {*MILD} else DAMAGED


def audit(log: FileLog, expected: tuple[int, str] | None = None) -> dict[str, Any]:
    """The report on every byte of the log: `evt.verify/1`, without what only a fold finds.

    `newer` counts the events that only a newer evt can judge.
    """
    newer = 0

    def problem(event: Event) -> str | None:
        nonlocal newer
        if event.type in EVENT_TYPES and event.schemaversion == 1:
            return _schema_problem(event)
        newer += 1
        return None

    report = verify(log.layout, expected, problem)
    return {**report, "newer": newer}


def _sound(report: dict[str, Any]) -> str:
    segments = f"{report['segments']} segment" + "s" * (report["segments"] != 1)
    newer = f", {report['newer']} of them of a newer evt" if report["newer"] else ""
    return f"sound: {report['sequence']} events{newer}, {segments}, last {report['hash']}"


def _next(worst: set[str]) -> str:
    if worst <= {*MILD}:
        return "evt review"
    if worst <= {*MILD, "expect"}:
        return "compare .evt/log with a copy: it was cut or written anew"
    return "evt repair"


def _schema_problem(event: Event) -> str | None:
    """What is wrong with the data of an event; keys that only a newer evt knows are passed over."""
    try:
        check(event.type, event.data, written=True)
    except EvtError:
        try:
            check(event.type, _known(STORED[event.type], event.data), written=True)
        except EvtError as error:
            return error.message
    return None


def _known(node: tuple[Any, ...], value: Any) -> Any:
    """A value without keys that its table does not have, and without checks of nobody's."""
    if node[0] == "by" and isinstance(value, dict):
        arms = node[2]
        return _known(arms[value[node[1]]], value) if value.get(node[1]) in arms else _ANY_CHECK
    if node[0] == "object" and isinstance(value, dict):
        return {key: _known(node[2][key], value[key]) for key in value if key in node[2]}
    if node[0] == "list" and isinstance(value, list):
        return [_known(node[1], item) for item in value]
    return value


def _add_state(call: Call, report: dict[str, Any]) -> None:
    """Contradictions that the fold met, and with --files what was changed since."""
    try:
        state = call.log.state()
    except Damaged as damage:
        report["findings"].append({"code": "fold", "message": damage.message})
        return
    row = state.get("a")
    for item in row["list"] if row else []:
        text = f"event {item['sequence']} ({item['type']} {item['subject']}): {item['text']}"
        report["findings"].append({"code": "anomaly", "message": text,
                                   "sequence": item["sequence"]})  # fmt: skip
    if call.args.get("files"):
        from evt.cli.drift import drifted

        for task, path, what in drifted(call.log, state):
            text = f"{path} of {task} {what} since it was completed"
            report["findings"].append({"code": "drifted", "message": text, "task": task,
                                       "path": path})  # fmt: skip
