"""One eventful project for everything that is drawn, printed or exported."""

from __future__ import annotations

from tests.projections.history import History

HOSTILE = "</title><script>alert(1)</script> \x1b[31m\u202e | `x` <!-- evt tasks: end --> 日本語"


def eventful() -> History:
    """Three workers, a question, a timeout, a refusal, a reopening, a conflict, hostile text."""
    log = History().project(
        0, "docs", goal="summaries", phase=3, baseline={"serialSeconds": 2000, "debugMinutes": 60},
    ).join(0, "worker-A", "worker-B", "worker-C")  # fmt: skip
    log.tasks(0, "task-001", description="Summarise the guide", acceptance={
        "criteria": ["reads well"], "checks": [{"check": "word_count", "min": 100}],
    })  # fmt: skip
    log.tasks(0, "task-002", description="Split the parser", type="code")
    log.tasks(5, "task-003", description=HOSTILE, dependencies=["task-001"])
    log.tasks(5, "task-004", description="=SUM(A1) in a cell", dependencies=["task-002"])
    log.tasks(5, "task-005", description="An index of all pages", priority=-1)
    log.claim(10, "worker-A", "task-001")
    log.claim(12, "worker-B", "task-002")
    log.at(15, "Assigned", "task-005", by="engineer", worker="worker-C", attempt=1,
           reason="assigned", leaseSeconds=600)  # fmt: skip
    log.beat(60, "worker-B", "task-002", note="half")
    log.beat(75, "worker-C", "task-005")
    log.at(200, "Rejected", "task-001", attempt=1)
    log.done(310, "worker-A", "task-001", notes="done | as *asked*",
             attested=[{"criterion": 1, "how": "read aloud"}],
             deliverables=[{"path": "out/guide.md", "sha256": "a" * 64, "bytes": 900}])  # fmt: skip
    log.claim(320, "worker-A", "task-003")
    log.at(330, "TimedOut", "task-002", worker="worker-B", attempt=1)
    log.ask(350, "worker-C", "task-005", "q1", question="Which pages? " + HOSTILE)
    log.claim(360, "worker-C", "task-002", 2, reason="reassigned")
    log.at(400, "ConflictDetected", "task-003", id="c1", **{"with": "task-002"})
    log.at(410, "Intervened", "task-003", by="engineer", kind="prompt", minutes=2)
    log.done(700, "worker-C", "task-002", 2, score=4)
    log.answer(720, "task-005", "q1")
    log.at(730, "Escalated", "task-003", by="evt", kind="conflict", conflict="c1",
           **{"with": "task-002", "files": ["a.md"], "to": "engineer"})  # fmt: skip
    log.answer(760, "task-003", log_id(log))
    log.done(900, "worker-A", "task-003", score=3)
    log.at(905, "Reopened", "task-001", by="engineer", defect="a page is missing")
    log.claim(910, "worker-A", "task-001", 2, reason="reassigned")
    log.done(960, "worker-C", "task-005")
    log.at(970, "TaskCancelled", "task-004", reason="not wanted any more")
    log.done(1100, "worker-A", "task-001", 2)
    return log


def log_id(log: History) -> str:
    """The id of the event before."""
    return f"e{len(log.lines)}"
