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
    """What the gate found outside the lock, for a Completed or an accepting Resolved.

    `deliverables` are [{path, sha256, bytes}], `results` what each check found; `passed` decides.
    `untrusted`: nothing failed, but a command that the engineer has not approved was not run.
    """

    __slots__ = ("deliverables", "passed", "results", "untrusted")

    def __init__(
        self,
        passed: bool,
        deliverables: list[dict[str, Any]],
        results: list[dict[str, Any]],
        untrusted: bool = False,
    ) -> None:
        self.passed = passed
        self.deliverables = deliverables
        self.results = results
        self.untrusted = untrusted


class Emit(Command):
    """Append one event of a type; `data` is already checked against the vocabulary."""

    __slots__ = (
        "cascade",
        "caused",
        "data",
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


class Batch(Command):
    """Several emits, all or nothing."""

    __slots__ = ("emits",)

    def __init__(self, actor: str, emits: list[Emit], viachat: bool = False) -> None:
        super().__init__(actor, viachat)
        self.emits = emits


class Next(Command):
    """The actor's task, or the best ready one."""

    __slots__ = ()


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
