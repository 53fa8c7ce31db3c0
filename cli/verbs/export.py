"""`evt export`: the log for other tools."""

from __future__ import annotations

import os

from evt.cli import output
from evt.cli.args import Flag, Verb
from evt.eventlog.errors import Refusal, Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from evt.cli.call import Call
    from evt.projections.fold import Fold

FORMATS = ("chrome-trace", "csv", "html", "tasks-md")
TABLES = ("tasks", "attempts", "events")
VERB = Verb(
    "export",
    "for other tools: a trace, tables, a page, a task list",
    flags=(
        Flag("format", "choice", "what to make", choices=FORMATS),
        Flag("into", "text", "the file to write (default: stdout); csv: a folder", "FILE"),
        Flag("project", "text", "of this project (default: the open one, else the last)", "NAME"),
        Flag("table", "choice", "csv on stdout: which table (default tasks)", choices=TABLES),
    ),
    examples=(
        ("evt export --format chrome-trace --into trace.json", "open it in ui.perfetto.dev"),
        ("evt export --format html --into report.html", "one file, for a pull request"),
        ("evt export --format csv --into figures", "tasks.csv, attempts.csv, events.csv"),
        ("evt export --format tasks-md --into TASKS.md", "a block of - [x] lines in your own list"),
    ),
)


def run(call: Call) -> int:
    """Write the file or print it."""
    from evt.projections.logfold import fold_log

    args = call.args
    kind, into = args.get("format"), args.get("into")
    if kind is None:
        raise Usage(f"--format is one of {', '.join(FORMATS)}", "evt export --format html")
    if call.json and into is None and kind != "chrome-trace":
        raise Usage(f"--json says what was written: {kind} on stdout is not JSON",
                    f"evt export --format {kind} --into PATH --json")  # fmt: skip
    fold = fold_log(call.log.layout)
    project = args.get("project") or fold.state.head["last"]
    if project is None or project not in fold.projects:
        known = ", ".join(fold.projects) or "none"
        raise Refusal(4, "not_found", f"there is no project {project}, there are: {known}",
                      "evt status" if fold.projects else "evt init --project NAME")  # fmt: skip
    if kind == "csv":
        return _csv(call, fold, project, into)
    text = _made(kind, fold, project, into)
    if into is None:
        output.write(text)
        return 0
    changed = _write(into, text)
    call.answer({"schema": "evt.export/1", "file": into, "bytes": len(text), "changed": changed},
                f"{'wrote' if changed else 'nothing new for'} {into}")  # fmt: skip
    return 0


def _made(kind: str, fold: Fold, project: str, into: str | None) -> bytes:
    if kind == "chrome-trace":
        from evt.projections.export_chrome import chrome_trace

        return chrome_trace(fold, project)
    if kind == "html":
        from evt.projections.export_html import page
        from evt.projections.metrics import metrics

        return page(fold, metrics(fold, project)).encode()
    from evt.cli.files import read
    from evt.projections.export_tasks import tasks_md

    old = read(into) if into is not None and os.path.exists(into) else b""
    return tasks_md(old, fold, project)


def _csv(call: Call, fold: Fold, project: str, into: str | None) -> int:
    from evt.projections.export_csv import attempts_csv, events_csv, tasks_csv

    made: dict[str, Callable[[], str]] = {
        "tasks": lambda: tasks_csv(fold, project),
        "attempts": lambda: attempts_csv(fold, project),
        "events": lambda: "".join(events_csv(line.event for line in call.log.read(0))),
    }
    if into is None:
        output.write(made[call.args.get("table") or "tasks"]().encode())
        return 0
    os.makedirs(into, exist_ok=True)
    for name, text in made.items():
        _write(os.path.join(into, f"{name}.csv"), text().encode())
    call.answer({"schema": "evt.export/1", "folder": into, "files": [f"{n}.csv" for n in made]},
                f"wrote {', '.join(f'{n}.csv' for n in made)} into {into}")  # fmt: skip
    return 0


def _write(path: str, text: bytes) -> bool:
    """The file, whole or not at all; False if it was as it would be."""
    try:
        with open(path, "rb") as file:
            if file.read() == text:
                return False
    except FileNotFoundError:
        pass
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temporary, "wb") as file:
            file.write(text)
        if os.path.exists(path):
            os.chmod(temporary, os.stat(path).st_mode & 0o7777)
        os.replace(temporary, os.path.realpath(path))
    except OSError as error:
        raise Usage(f"{path} cannot be written: {error.strerror}") from None
    return True
