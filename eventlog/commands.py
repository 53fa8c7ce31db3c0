"""Commands: requests that `decide` may refuse.

Each carries who asks (`actor`), a `seed` for the ids of what it will append, made before the lock,
so that a rule which runs twice writes the same ids, and `viachat` (an engineer inside a chat host).
"""

from __future__ import annotations

from evt.eventlog.ids import new_seed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Command:
    """What all commands have."""

    __slots__ = ("actor", "seed", "viachat")

    def __init__(self, actor: str, viachat: bool = False) -> None:
        self.actor = actor
        self.viachat = viachat
        self.seed = new_seed()


class Verdict:
    """What the gate found outside the lock: for Completed, an accepting Resolved, ProjectEnded.

    `deliverables` are [{path, sha256, bytes}], `results` what each check found; `passed` decides.
    `untrusted`: nothing failed, but a command that the engineer has not approved was not run;
    `commands` are the argument lists of those, `folders` where each runs. `revision`: of the task
    that was judged. `workspace`: {path, branch, head} of a linked work tree. `foreign`: task ->
    files of what was handed in that this other task changed since Assigned.
    """

    __slots__ = (
        "commands", "deliverables", "folders", "foreign", "passed", "results", "revision",
        "untrusted", "workspace",
    )  # fmt: skip

    def __init__(
        self,
        passed: bool,
        deliverables: list[dict[str, Any]],
        results: list[dict[str, Any]],
        untrusted: bool = False,
        *,
        commands: list[list[str]] | None = None,
        folders: list[str] | None = None,
        revision: int | None = None,
        workspace: dict[str, Any] | None = None,
        foreign: dict[str, list[str]] | None = None,
    ) -> None:
        self.passed = passed
        self.deliverables = deliverables
        self.results = results
        self.untrusted = untrusted
        self.commands = commands or []
        self.folders = folders or []
        self.revision = revision
        self.workspace = workspace
        self.foreign = foreign or {}

    def must_hold(self) -> None:
        """Asked under the lock: raise an EvtError if the files are no longer what was judged."""


class Emit(Command):
    """Append one event of a type; `data` is already checked against the vocabulary."""

    __slots__ = (
        "cascade",
        "caused",
        "data",
        "diff",
        "drifted",
        "drop",
        "id",
        "override",
        "subject",
        "type",
        "verdict",
    )

    def __init__(
        self,
        actor: str,
        type: str,
        subject: str | None,
        data: dict[str, Any],
        *,
        id: str | None = None,
        caused: str | None = None,
        viachat: bool = False,
        verdict: Verdict | None = None,
        cascade: bool = False,
        drop: bool = False,
        override: str | None = None,
        drifted: dict[str, list[str]] | None = None,
        diff: dict[str, str] | None = None,
    ) -> None:
        super().__init__(actor, viachat)
        self.type = type
        self.subject = subject
        self.data = data
        self.id = id
        self.caused = caused
        self.verdict = verdict
        self.cascade = cascade  # TaskCancelled: with everything that waits for it
        self.override = override  # Resolved accept: why the gate is passed over
        self.drop = drop  # TaskCancelled: what waits for it goes on without it
        self.drifted = (
            drifted or {}
        )  # ProjectEnded: task -> files that differ from what was handed in
        self.diff = diff or {}  # file -> how it changed, short; shown if it turns out a conflict


class Batch(Command):
    """Several emits, all or nothing; `lines`: the caller sees them as lines, so a number helps."""

    __slots__ = ("emits", "lines")

    def __init__(
        self, actor: str, emits: list[Emit], viachat: bool = False, lines: bool = True
    ) -> None:
        super().__init__(actor, viachat)
        self.emits = emits
        self.lines = lines


class Next(Command):
    """The actor's task, or the best ready one.

    `sizes`: ready task -> tokens to read, for a worker with low scores (`choosing.low_scored`);
    a task without one is not given to it. `excluded`: ready task -> why this caller cannot take it.
    """

    __slots__ = ("excluded", "sizes")

    def __init__(
        self,
        actor: str,
        *,
        sizes: dict[str, int] | None = None,
        excluded: dict[str, str] | None = None,
    ) -> None:
        super().__init__(actor)
        self.sizes = sizes
        self.excluded = excluded or {}


class Join(Command):
    """Take a name; without one a free name is handed out.

    `waiting`: that name is inside a wait right now. `data` is that of WorkerJoined.
    """

    __slots__ = ("data", "name", "takeover", "waiting")

    def __init__(
        self, name: str | None, data: dict[str, Any], takeover: bool = False, waiting: bool = False
    ) -> None:
        super().__init__(name or "evt")
        self.name = name
        self.data = data
        self.takeover = takeover
        self.waiting = waiting


class Plan(Command):
    """Create, revise or skip tasks so that the log holds the plan; all or nothing.

    `project` is ProjectStarted data or None; `tasks` are task JSONs without reported fields.
    """

    __slots__ = ("project", "tasks")

    def __init__(
        self, actor: str, project: dict[str, Any] | None, tasks: list[dict[str, Any]],
        viachat: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(actor, viachat)
        self.project = project
        self.tasks = tasks


class Sweep(Command):
    """Expire what is over, and nothing else."""

    __slots__ = ()


class Server(Command):
    """The live server says that it listens, with {host, port}, or that it ends, with {reason}."""

    __slots__ = ("data", "listens")

    def __init__(self, listens: bool, data: dict[str, Any]) -> None:
        super().__init__("evt")
        self.listens = listens
        self.data = data
