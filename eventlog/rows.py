"""The shape of the state's rows: JSON values, so that a checkpoint can hold them as they are.

Every time `..Us` is *log time* in microseconds, `at` and the like are the `time` of an event.
Types only: nothing imports this at run time.
"""

from __future__ import annotations

from typing import Any, TypedDict

Row = dict[str, Any]


class Live(TypedDict):
    """An attempt whose lease runs; kept in the head, because every writer sweeps."""

    until: int  # log time at which the lease is over
    lease: int  # its length in seconds
    worker: str
    n: int
    free: int  # log time after which others may take it (an answered attempt), 0 = never
    waiting: int  # log time at which a tool call began that may wait for consent, 0 = none


class HeadRow(TypedDict):
    """What every command needs: where the log stands and what is going on."""

    sequence: int
    time: str
    clock: int  # clock of the last line, microseconds since the epoch
    log: int  # log time of the last line
    project: str | None  # the open project
    last: str | None  # the open or the last project
    paused: bool
    live: dict[str, Live]
    parked: dict[str, str]  # task -> worker, "" without an attempt
    questions: dict[str, str]  # open question -> task
    workers: list[str]  # every name that ever joined, in order
    seen: dict[str, list[Any]]  # joined name -> [log time, time] of its last event
    lapsed: dict[str, str]  # task -> worker whose attempt lapsed
    policy: Row  # in force: the defaults, and over them what the project says
    counts: dict[str, int]  # tasks of the last project per status
    ready: int
    server: Row | None
    anomalies: int
    newer: int  # sequence of the first event that only a newer evt may write behind, 0


class AttemptRow(TypedDict):
    """One worker's try at a task."""

    n: int
    worker: str
    id: str  # event id of its Assigned
    sequence: int
    at: str
    begin: int
    reason: str
    state: str  # assigned, running, lapsed, parked, closed, completed
    last: int  # log time of the last sign of life
    spoke: int  # log time of the last one that was more than an open socket
    lastAt: str | None  # time of the last sign of life, None before the first
    revision: int  # of the task when the worker was last told
    told: int  # sequence at which the worker was last told what is new
    refusals: int
    refused: dict[str, int]  # digest of the (check, verdict, path) set -> times since the answer
    findings: list[Row]  # of the last refusal, in short: check, verdict, message, path?
    handed: list[str]  # files of the last refused report
    late: list[str]  # digests of late results kept
    score: int | None  # of its last report that was refused or came late
    failed: int  # sequence of its Failed, 0
    progress: float | None
    note: str | None
    touched: list[str]
    foreign: list[
        list[str]
    ]  # [task, file]: a file of this attempt that the worker of that task changed


class QuestionRow(TypedDict):
    """One Escalated and, once it was answered, its Resolved."""

    id: str
    sequence: int
    kind: str
    to: str
    question: str
    at: str
    log: int
    by: str
    attempt: int  # 0 = none
    resolved: int  # sequence of the event that closed it, 0 = open
    action: str | None  # of the Resolved
    answer: str | None
    other: str | None  # the second task of a conflict, `with` of the event
    files: list[str]


class TaskRow(TypedDict):
    """One task."""

    id: str
    sequence: int
    at: str
    data: Row  # TaskCreated data with every revision applied
    revision: int
    status: str
    open: int  # dependencies that are not completed
    dependants: list[str]
    rank: list[Any] | None  # its entry in the ready index
    chain: int  # tasks in the longest chain that waits for it, itself included
    tries: int
    backoff: int  # log time before which it is not given out, 0
    attempts: list[AttemptRow]
    last: list[str]  # workers it was taken from: they come last
    questions: list[QuestionRow]
    passed: int  # times a lower rank was assigned while an overlap held this one
    passedUs: int  # log time of the first of them, 0
    completed: int  # sequence of its Completed, 0
    completedAt: str | None
    score: int | None
    deliverables: list[Row]
    notes: str | None
    workspace: Row | None  # {path, branch, head} of the last Completed
    suspect: bool
    reopened: int  # sequence of its last Reopened, 0
    since: int  # sequence of what brought it to its status; to begin work on it changes nothing


class WorkerRow(TypedDict):
    """One name."""

    name: str
    role: str
    roles: list[str]  # every role it ever joined with
    host: str | None
    session: str | None
    workspace: Row | None
    joined: bool
    sequence: int
    completed: int
    scores: list[int]
    at: str
    note: str | None  # of its last WorkerLeft
    timedOut: int  # log time of its last TimedOut, 0


class ProjectRow(TypedDict):
    """One project."""

    name: str
    sequence: int
    data: Row  # ProjectStarted data with every revision applied
    outcome: str | None
