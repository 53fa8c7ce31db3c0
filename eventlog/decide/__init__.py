"""The rules: `decide(command, state, now) -> Decision`, pure.

Order inside: idempotency, sweep, the command. A refusal may come with events (what was swept, a
LateResult, a Rejected); they are appended although the command is refused.
"""

from __future__ import annotations

from evt.eventlog.commands import Batch, Emit, Join, Next, Plan, Server
from evt.eventlog.decide.draft import Draft
from evt.eventlog.decide.repeat import repeated_id
from evt.eventlog.decide.sweep import sweep
from evt.eventlog.decision import Accepted, Decision, Refused
from evt.eventlog.errors import EvtError, InvalidInput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from evt.eventlog.commands import Command
    from evt.eventlog.state import State

# type -> module and function of its rule; a cold call imports the one it needs
_EMITS = {
    "ProjectStarted": ("projects", "started"),
    "ProjectRevised": ("projects", "revised"),
    "ProjectPaused": ("projects", "paused"),
    "ProjectResumed": ("projects", "resumed"),
    "ProjectEnded": ("projects", "ended"),
    "WorkerLeft": ("workers", "left"),
    "TaskCreated": ("tasks", "created"),
    "TaskRevised": ("tasks", "revised"),
    "TaskCancelled": ("tasks", "cancelled"),
    "Assigned": ("claim", "assigned"),
    "Heartbeat": ("reports", "heartbeat"),
    "Completed": ("completing", "completed"),
    "Failed": ("reports", "failed"),
    "Escalated": ("reports", "escalated"),
    "Resolved": ("questions", "resolved"),
    "Intervened": ("tasks", "noted"),
    "Reopened": ("tasks", "reopened"),
    "Reviewed": ("tasks", "noted"),
    "Noted": ("tasks", "noted"),
}


_loaded: dict[str, Callable[[Draft, Emit], Accepted]] = {}


def _rule(type: str) -> Callable[[Draft, Emit], Accepted]:
    rule = _loaded.get(type)
    if rule is None:
        module, name = _EMITS[type]
        loaded = __import__(f"evt.eventlog.decide.{module}", fromlist=[name])
        rule = _loaded[type] = getattr(loaded, name)
    return rule


def decide(command: Command, state: State, now_us: int) -> Decision:
    """Answer one command on a state at a clock reading (microseconds since the epoch)."""
    draft = Draft(command, state, now_us)
    try:
        if isinstance(command, Emit) and (found := repeated_id(draft, command)) is not None:
            return Decision([], found)
        sweep(draft)
        return Decision(draft.events, _run(draft), draft.swept, draft.state)
    except EvtError as refusal:
        return Decision(draft.events[: draft.kept], _refused(refusal), draft.swept)


def needs_gate(command: Emit, state: State, now_us: int) -> bool:
    """Whether the answer depends on a verdict that the command does not have yet.

    Completed, Resolved with accept, ProjectEnded; not if they are refused or repeated anyway.
    """
    outcome = decide(command, state, now_us).outcome
    return isinstance(outcome, Refused) and bool(outcome.facts.get("gate"))


def _refused(error: EvtError) -> Refused:
    return Refused(error.exit, error.code, error.message, error.hint, **error.facts)


def _emitted(draft: Draft, command: Emit) -> Accepted:
    if command.actor == "evt":
        raise InvalidInput("evt is nobody's name: it signs what evt concludes", "--as worker-A")
    return _rule(command.type)(draft, command)


def _run(draft: Draft) -> Accepted:
    command = draft.command
    if isinstance(command, Emit):
        return _emitted(draft, command)
    if isinstance(command, Next):
        from evt.eventlog.decide import claim

        return claim.next_task(draft, command)
    if isinstance(command, Batch):
        return _batch(draft, command)
    if isinstance(command, Join):
        from evt.eventlog.decide import workers

        return workers.joined(draft, command)
    if isinstance(command, Plan):
        from evt.eventlog.decide import plan

        return plan.applied(draft, command)
    if isinstance(command, Server):
        from evt.eventlog.decide import projects

        return projects.server(draft, command)
    return Accepted()


def _batch(draft: Draft, command: Batch) -> Accepted:
    """All or nothing; what is stored already under its id counts as done."""
    repeated: list[int] = []
    for number, emit in enumerate(command.emits, 1):
        draft.command = emit
        try:
            found = repeated_id(draft, emit) or _emitted(draft, emit)
        except EvtError as error:
            draft.kept = draft.swept
            if command.lines:
                error.message = f"line {number}: {error.message}"
            raise
        finally:
            draft.command = command
        repeated += found.repeated
    return Accepted(repeated=tuple(repeated))
