"""What the gate is given: a work tree, a task, whose attempt it is, and what others do meanwhile.

Values only; whoever calls knows the log, the clock and the environment.
"""

from __future__ import annotations

from evt.validators.file import File
from evt.validators.globs import any_match, is_glob
from evt.validators.tree import Unusable, expand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from evt.validators.trust import Trust

# Checks that every task has, in the order in which they run.
DEFAULTS = (
    "files_exist", "absent", "not_empty", "conflict_markers", "placeholders", "not_copied",
    "syntax", "secrets",
)  # fmt: skip


class Other:
    """An attempt that is live now or was completed since ours was Assigned.

    `outputs` are the globs of its task, `touched` the paths that it reported.
    """

    __slots__ = ("attempt", "live", "outputs", "task", "touched", "worker")

    def __init__(
        self, task: str, worker: str, attempt: int, live: bool,
        outputs: Sequence[str] = (), touched: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.task = task
        self.worker = worker
        self.attempt = attempt
        self.live = live
        self.outputs = list(outputs)
        self.touched = list(touched)

    def claims(self, path: str) -> bool:
        """Whether the path is in its scope or was touched by it."""
        return path in self.touched or any_match(path, self.outputs)


class Runner:
    """May run commands: what they are trusted for, the environment they see, who waits for whom.

    `repository` is the root that approvals are bound to, `lock` the file behind which exclusive
    commands of this work tree queue, `environment` the caller's (four names of it are handed on),
    `alive(seconds)` is called before and while the gate works: it may be silent for so long.
    """

    __slots__ = ("alive", "environment", "lock", "repository", "trust")

    def __init__(
        self, repository: str, trust: Trust, environment: Mapping[str, str], lock: str,
        alive: Callable[[int], None],
    ) -> None:  # fmt: skip
        self.repository = repository
        self.trust = trust
        self.environment = environment
        self.lock = lock
        self.alive = alive


class Work:
    """Everything that a check may look at; see the arguments.

    `root` is the work tree, `task` its id with the data of TaskCreated and every revision,
    `deliverables` what the report names besides, `attested` how a criterion (counted
    from 1) was checked, `touched` what this attempt reported, `baseline` the tree at Assigned,
    `ignore` globs that never count as changed, `runner` None if no command may run here,
    `manual_ok` to only look: what is manual does not refuse.
    """

    __slots__ = (
        "_expanded", "_files", "attempt", "attested", "baseline", "deliverables", "ignore",
        "manual_ok",
        "others", "root", "runner", "score", "task", "touched", "unattributed", "unreadable",
        "worker",
    )  # fmt: skip

    def __init__(
        self, root: str, task: dict[str, Any], *, attempt: int | None = None,
        worker: str | None = None, deliverables: list[str] | None = None, score: int | None = None,
        attested: dict[int, str] | None = None, touched: Sequence[str] = (),
        others: Sequence[Other] = (), baseline: dict[str, Any] | None = None,
        ignore: Sequence[str] = (), runner: Runner | None = None, manual_ok: bool = False,
    ) -> None:  # fmt: skip
        self.root = root
        self.task = task
        self.attempt = attempt
        self.worker = worker
        self.deliverables = deliverables
        self.score = score
        self.attested = attested or {}
        self.touched = list(touched)
        self.others = list(others)
        self.baseline = baseline
        self.ignore = list(ignore)
        self.runner = runner
        self.manual_ok = manual_ok
        self.unattributed: list[str] = []
        self.unreadable: list[tuple[str, str]] = []
        self._files: dict[str, File] = {}
        self._expanded: dict[str, list[str]] = {}

    def context(self, key: str) -> list[str]:
        """A list of the task's context: targetFiles, outputFiles, deletedFiles, ..."""
        found = self.task.get("context", {}).get(key, [])
        return list(found)

    def globs(self, asked: dict[str, Any]) -> list[str]:
        """The paths and globs that a check is about.

        Those that it names; else the outputs; a default check also looks at every other file that
        is handed in, and so does any check of a task that names no outputs.
        """
        if "paths" in asked:
            return list(asked["paths"])
        outputs = self.context("outputFiles")
        if outputs and asked.get("check") not in DEFAULTS:
            return outputs
        gone = self.context("deletedFiles")
        extra = [p for p in self.deliverables or () if not any_match(p, outputs + gone)]
        return outputs + extra

    def paths(self, asked: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """(glob, path) of each file that a check is about; path is empty for a glob without one."""
        seen = set()
        without = asked.get("exceptPaths", ())
        for glob in self.globs(asked):
            found = self.expanded(glob)
            if not found:
                yield glob, ""
            for path in found:
                if path not in seen and not any_match(path, without):
                    seen.add(path)
                    yield glob, path

    def expanded(self, glob: str) -> list[str]:
        """The files that a path or glob means; looked for once in a round."""
        if glob not in self._expanded:
            self._expanded[glob] = expand(self.root, glob)
        return self._expanded[glob]

    def files(self, asked: dict[str, Any]) -> Iterator[File]:
        """The files that a check is about; what cannot be read is kept in `unreadable`."""
        for glob, path in self.paths(asked):
            try:
                if not path:
                    raise FileNotFoundError(glob)
                yield self.file(path)
            except FileNotFoundError:
                missing = f"no file matches {glob}" if is_glob(glob) else f"{glob} does not exist"
                self.unreadable.append((path or glob, missing))
            except Unusable as problem:
                self.unreadable.append((path, f"{path} {problem}"))

    def file(self, path: str) -> File:
        """One file, read once in a round; raises FileNotFoundError or Unusable."""
        if path not in self._files:
            self._files[path] = File(self.root, path)
        return self._files[path]

    def forget(self) -> None:
        """Begin a round: read everything anew."""
        self._files.clear()
        self._expanded.clear()
        self.unreadable.clear()
        self.unattributed.clear()
