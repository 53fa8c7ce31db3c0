"""What `emit` can append: per type its flags, where in the data each value goes, what it needs."""

from __future__ import annotations

from evt.cli.args import Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# flag -> (kind, where in data, help, metavar); "x[]" collects into a list
_FLAGS: dict[str, tuple[str, str, str]] = {
    "goal": ("text", "TEXT", "what the project is for"),
    "phase": ("integer", "1-4", "which phase of the plan this is"),
    "policy": ("json", "JSON", "numbers that differ from the defaults (evt schema policy)"),
    "baseline-serial": ("number", "S", "seconds that one chat needs for the same work"),
    "baseline-debug": ("number", "M", "minutes of debugging without evt"),
    "note": ("text", "TEXT", "a note"),
    "outcome": ("choice", "done|abandoned", "how the project ended"),
    "type": ("text", "TYPE", "kind of work: summary, test, refactoring, ... (default task)"),
    "description": ("text", "TEXT", "what is to be done"),
    "target": ("list", "PATH", "a file to read"),
    "output": ("list", "PATH", "a file or glob to write"),
    "requirement": ("list", "TEXT", "something that must be so"),
    "rule": ("list", "PATH", "a rule file to open first"),
    "criterion": ("list", "TEXT", "a sentence that says when it is done"),
    "check": ("jsons", "JSON", 'a check, for example {"check":"word_count","min":100}'),
    "validation": ("text", "LINE", "a command that must succeed, approved with evt trust"),
    "depends": ("list", "TASK", "a task that must be completed before"),
    "priority": ("integer", "N", "higher comes first (default 0)"),
    "estimate": ("number", "S", "seconds of work expected"),
    "changed": ("json", "JSON", "the fields that change, as in a task"),
    "reason": ("text", "TEXT", "why"),
    "cascade": ("switch", "", "also cancel everything that waits for it"),
    "drop-dependency": ("switch", "", "what waits for it goes on without it"),
    "worker": ("text", "NAME", "who gets the task"),
    "lease": ("integer", "S", "seconds that the attempt may be silent"),
    "attempt": ("integer", "N", "which attempt, if there were several"),
    "progress": ("number", "0-1", "how much is done"),
    "touched": ("list", "PATH", "a file that was changed"),
    "tokens": ("integer", "N", "tokens in the chat's window"),
    "window": ("integer", "N", "size of the chat's window in tokens"),
    "deliverable": ("list", "PATH", "a file handed over besides the outputs of the task"),
    "score": ("integer", "1-5", "how lean the context was; 4-5 lean, 3 ok, 1-2 bloated"),
    "signals": ("json", "JSON", '{"vagueScope":false,"rules":0,"clarifications":0,"issues":[]}'),
    "notes": ("text", "TEXT", "what whoever goes on should know"),
    "attest": ("list", "N=TEXT", "how criterion N, which no machine checks, was checked"),
    "final": ("switch", "", "no other try makes sense"),
    "kind": ("text", "KIND", "which kind"),
    "question": ("text", "TEXT", "what has to be answered"),
    "to": ("choice", "coordinator|engineer", "who is asked"),
    "details": ("json", "JSON", "anything that helps to answer"),
    "propose": ("text", "FILE", "a plan file that would solve it, shown with the question"),
    "action": ("choice", "resume|reassign|cancel|accept", "what becomes of the task"),
    "answer": ("text", "TEXT", "the answer, for the worker"),
    "escalation": ("text", "ID", "which question (default: the oldest open one)"),
    "late": ("text", "ID", "accept this late result"),
    "override": ("text", "REASON", "accept although the gate refuses (engineer)"),
    "minutes": ("number", "N", "how long it took"),
    "defect": ("text", "TEXT", "what is wrong"),
    "escaped": ("switch", "", "the gate should have caught it"),
    "text": ("text", "TEXT", "what is worth keeping"),
    "tag": ("list", "TAG", "a tag; `decision` reaches a new coordinator"),
    "extra": ("json", "JSON", "anything"),
}
_PROJECT = (
    ("goal", "goal"), ("phase", "phase"), ("policy", "policy"),
    ("baseline-serial", "baseline.serialSeconds"), ("baseline-debug", "baseline.debugMinutes"),
)  # fmt: skip


class Form:
    """One type: `flags` are (flag, path in data), `needs` the keys without which nothing goes.

    `who` may emit it; an empty path: the flag is not stored but tells evt what to do. A need `a|b`
    is met by either.
    """

    __slots__ = ("flags", "needs", "subject", "who")

    def __init__(
        self, who: str, subject: str, flags: tuple[tuple[str, str], ...], needs: str = ""
    ) -> None:
        self.who = who
        self.subject = subject
        self.flags = flags
        self.needs = tuple(needs.split())

    def missing(self, data: dict[str, Any]) -> str:
        """The flag that is needed and not there, in words; empty if nothing is."""
        for need in self.needs:
            keys = need.split("|")
            if not any(key in data for key in keys):
                named = [name for name, path in self.flags if path in keys]
                return f'--{" or --".join(named)} (or "{keys[0]}" in --data)'
        return ""


LEADERS = "engineer, coordinator"
FORMS: dict[str, Form] = {
    "ProjectStarted": Form(LEADERS, "NAME", _PROJECT),
    "ProjectRevised": Form("engineer", "[NAME]", (*_PROJECT, ("note", "note"))),
    "ProjectEnded": Form(LEADERS, "", (("outcome", "outcome"), ("note", "note")), "outcome"),
    "TaskCreated": Form(
        LEADERS, "ID",
        (
            ("type", "type"), ("description", "description"), ("target", "context.targetFiles"),
            ("output", "context.outputFiles"), ("requirement", "context.requirements"),
            ("rule", "context.relevantRules"), ("criterion", "acceptance.criteria"),
            ("check", "acceptance.checks"), ("validation", "acceptance.validation"),
            ("depends", "dependencies"), ("priority", "priority"), ("estimate", "estimateSeconds"),
        ),
        "description",
    ),
    "TaskRevised": Form(
        LEADERS, "TASK", (("changed", "changed"), ("reason", "reason")), "changed reason"
    ),
    "TaskCancelled": Form(
        LEADERS, "TASK", (("reason", "reason"), ("cascade", ""), ("drop-dependency", "")), "reason"
    ),
    "Assigned": Form(LEADERS, "TASK", (("worker", "worker"), ("lease", "leaseSeconds")), "worker"),
    "Heartbeat": Form(
        "holder", "TASK",
        (
            ("attempt", "attempt"), ("note", "note"), ("progress", "progress"),
            ("touched", "touched"), ("lease", "leaseSeconds"), ("tokens", "window.tokens"),
            ("window", "window.size"),
        ),
    ),
    "Completed": Form(
        "holder", "TASK",
        (
            ("deliverable", "deliverables"), ("score", "contextEfficiencyScore"),
            ("signals", "signals"), ("notes", "notes"), ("attest", "attested"),
            ("attempt", "attempt"),
        ),
        "contextEfficiencyScore|signals",
    ),
    "Failed": Form(
        "holder", "TASK",
        (("reason", "reason"), ("final", "retryable"), ("attempt", "attempt")), "reason",
    ),
    "Escalated": Form(
        "holder, engineer, coordinator", "TASK",
        (
            ("kind", "kind"), ("question", "question"), ("to", "to"), ("details", "details"),
            ("propose", "details"), ("attempt", "attempt"),
        ),
        "question",
    ),
    "Resolved": Form(
        LEADERS, "TASK",
        (
            ("action", "action"), ("answer", "answer"), ("escalation", "escalation"),
            ("late", "late"), ("override", ""),
        ),
        "action",
    ),
    "Intervened": Form(
        "anyone", "[TASK]", (("kind", "kind"), ("minutes", "minutes"), ("note", "note")), "kind"
    ),
    "Reopened": Form(LEADERS, "TASK", (("defect", "defect"), ("escaped", "escaped")), "defect"),
    "Noted": Form(
        "anyone", "[ANY]", (("text", "text"), ("tag", "tags"), ("extra", "extra")), "text"
    ),
}  # fmt: skip
# type -> (a call, what it is for)
EXAMPLES: dict[str, tuple[str, str]] = {
    "ProjectStarted": ("evt emit ProjectStarted demo --goal 'a summary of every page' --phase 1",
                       "begin; evt init --project demo makes the log as well"),
    "ProjectRevised": ("evt emit ProjectRevised --policy '{\"maxAttempts\":2}'",
                       "other numbers from now on"),
    "ProjectEnded": ("evt emit ProjectEnded --outcome done",
                     "when every task has ended and every question is answered"),
    "TaskCreated": (
        "evt emit TaskCreated task-001 --description 'Sum up a.md' --target a.md --output b.md",
        "a new task"),
    "TaskRevised": ("evt emit TaskRevised task-001 --changed '{\"priority\":5}' --reason 'urgent'",
                    "the task in other words; its worker is told on the next call"),
    "TaskCancelled": ("evt emit TaskCancelled task-001 --reason 'not needed' --cascade",
                      "and all that waits for it"),
    "Assigned": ("evt emit Assigned task-001 --worker worker-A",
                 "keep a ready task for the next call of this worker"),
    "Heartbeat": ("evt emit Heartbeat task-001 --note 'half done' --progress 0.5 --as worker-A",
                  "a sign of life, with what it is about"),
    "Completed": ("evt emit Completed task-001 --score 5 --notes 'b.md has it' --as worker-A",
                  "the task is done, if the gate agrees"),
    "Failed": ("evt emit Failed task-001 --reason 'a.md is empty' --as worker-A",
               "somebody tries again later; with --final nobody does"),
    "Escalated": ("evt emit Escalated task-001 --question 'Which of the two?' --as worker-A",
                  "ask; the task waits for the answer"),
    "Resolved": ("evt emit Resolved task-001 --action resume --answer 'The first.'", "answer"),
    "Intervened": ("evt emit Intervened task-001 --kind debug --minutes 5",
                   "the engineer had to help: it counts against the project"),
    "Reopened": ("evt emit Reopened task-001 --defect 'the second half is missing' --escaped",
                 "a completed task is to be done again"),
    "Noted": ("evt emit Noted --text 'decided: two files' --tag decision", "worth keeping"),
}  # fmt: skip
# What has a verb of its own instead.
OTHER_VERBS = {
    "WorkerJoined": "evt join",
    "WorkerLeft": "evt leave",
    "ProjectPaused": "evt pause",
    "ProjectResumed": "evt resume",
    "Reviewed": "evt review TASK --accept",
}


def flag(name: str) -> Flag:
    """The flag of this name, as the parser takes it."""
    kind, metavar, help = _FLAGS[name]
    choices = tuple(metavar.split("|")) if kind == "choice" else ()
    return Flag(name, kind, help, metavar, choices=choices)


def flags() -> tuple[Flag, ...]:
    """All flags of all types."""
    return tuple(map(flag, _FLAGS))
