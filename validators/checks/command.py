"""A program's word: its tests pass, its build works, its linter is silent.

Parameters: `argv` (required), `timeoutSeconds` (300, at most 3600), `cwd` (the root), `exit` (0),
`exclusive` (true), `paths`. Runs only what the engineer approved with `evt trust`, without a shell,
standard input or more of the environment than PATH, HOME, LANG and TMPDIR, in a process group that
is killed with everything it started. One argument may be `{path}`: the command runs for each of the
task's own files. Fails on another exit, on timeout, on more than 1 MiB of output. A failure is
tried once more if files outside the task changed meanwhile; one that names files of another live
attempt is an error and no refusal. Cannot see what the command reads: tests that a worker may edit
are to be protected with `unchanged`.
"""

from __future__ import annotations

import shlex
from contextlib import nullcontext
from typing import TYPE_CHECKING

from evt.validators.baseline import changed, glance
from evt.validators.command import OUTPUT_BYTES, Ran, alone, run
from evt.validators.criteria import COMMAND_SECONDS, lease
from evt.validators.globs import any_match
from evt.validators.mentions import belongs_to
from evt.validators.nobodys import counts
from evt.validators.result import TAIL_BYTES, cut, cut_front, error, failed, passed, untrusted
from evt.validators.trust import PLACEHOLDER, inside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from typing import Any

    from evt.validators.baseline import Baseline
    from evt.validators.result import Finding
    from evt.validators.work import Runner, Work

_LINE = 160


def check(work: Work, asked: dict[str, Any]) -> Iterator[Finding]:
    """Run the command, for each file if it has a `{path}`, and judge how it ended."""
    calls = list(_calls(work, asked))
    runner = work.runner
    for argv in calls:
        said = cut(shlex.join(argv), _LINE)
        why_not = _why_not(work, asked, argv)
        if runner is None or why_not is not None:
            yield untrusted(
                f"`{said}`{_where(asked)} {why_not or 'is not run here'}: the engineer approves it "
                f"with `{_approval(asked)}`"
            )
        else:
            yield from _judged(work, asked, argv, runner, said)
    if not calls:
        yield error(
            "no file of the task stands for {path} (a name that begins with - never does): who "
            "planned the task has to name one in outputFiles"
        )


def _where(asked: dict[str, Any]) -> str:
    return f" (in {asked['cwd']})" if asked.get("cwd") else ""


def _approval(asked: dict[str, Any]) -> str:
    """The engineer's call; `evt trust` alone goes through all that waits."""
    folder = f"--cwd {shlex.quote(asked['cwd'])} " if asked.get("cwd") else ""
    exact = f"evt trust {folder}-- {shlex.join(asked['argv'])}"
    return exact if len(exact) <= _LINE else "evt trust"


def _calls(work: Work, asked: dict[str, Any]) -> Iterator[list[str]]:
    """The argument lists to run: one, or one for each own file."""
    argv = asked["argv"]
    if PLACEHOLDER not in argv:
        yield argv
        return
    for _, path in work.paths(asked):
        if path and not path.startswith("-"):
            yield [path if word == PLACEHOLDER else word for word in argv]


def _why_not(work: Work, asked: dict[str, Any], argv: list[str]) -> str | None:
    if work.runner is None:
        return None
    own = [*work.context("targetFiles"), *work.context("outputFiles"), *(work.deliverables or ())]
    own += [path for _, path in work.paths(asked) if path]
    return work.runner.trust.why_not(argv, asked.get("cwd", ""), work.root, own)


def _judged(
    work: Work, asked: dict[str, Any], argv: list[str], runner: Runner, said: str
) -> Iterator[Finding]:
    seconds = asked.get("timeoutSeconds", COMMAND_SECONDS)
    folder = inside(work.root, asked.get("cwd", ""))
    with _turn(work, asked, runner):
        before = glance(work.root)
        ran = run(argv, folder, seconds, runner.environment)
        if not _ended_well(ran, asked) and ran.why != "missing" and _others_moved(work, before):
            runner.alive(lease(work.task))
            ran = run(argv, folder, seconds, runner.environment)
    if _ended_well(ran, asked):
        yield passed(f"`{said}` exited {ran.exit}")
        return
    tail = cut_front(ran.output.strip(), TAIL_BYTES)
    if ran.why == "missing":
        yield error(
            f"`{said}` cannot be started: {ran.problem}: install it, or have the task revised",
            tail=tail,
        )  # fmt: skip
    elif (other := belongs_to(ran.output, work)) is not None:
        path, attempt = other
        yield error(
            f"`{said}` {_how(ran, asked, seconds)}, and its output names {path}: these belong to "
            f"{attempt.task} ({attempt.worker}, live); report again later", tail=tail,
        )  # fmt: skip
    else:
        yield failed(f"`{said}` {_how(ran, asked, seconds)}: see its last lines", tail=tail)


def _turn(work: Work, asked: dict[str, Any], runner: Runner) -> AbstractContextManager[None]:
    """Wait for the other commands of this work tree, unless this one may run beside them."""
    if not asked.get("exclusive", True):
        return nullcontext()
    return alone(runner.lock, lambda: runner.alive(lease(work.task)))


def _ended_well(ran: Ran, asked: dict[str, Any]) -> bool:
    return ran.why is None and not ran.left and ran.exit == asked.get("exit", 0)


def _how(ran: Ran, asked: dict[str, Any], seconds: int) -> str:
    if ran.why == "timeout":
        return f"was still running after {seconds} s and was killed"
    if ran.why == "flood":
        return f"printed more than {OUTPUT_BYTES:,} bytes and was killed"
    if ran.why == "forks":
        return "started more than 1,000 processes at a time and was killed"
    if ran.why is not None:
        return "killed the process that watched it"
    if ran.left:
        return f"left {ran.left} processes that could not be killed"
    if ran.signal is not None:
        return f"was killed by signal {ran.signal}"
    return f"exited {ran.exit}, not {asked.get('exit', 0)}"


def _others_moved(work: Work, before: Baseline) -> bool:
    """Whether files outside the task's scope changed while the command ran."""
    scope = [
        *work.context("outputFiles"),
        *work.context("deletedFiles"),
        *(work.deliverables or ()),
    ]
    return any(
        counts(path, work.ignore) and not any_match(path, scope)
        for path in changed(work.root, before)
    )
