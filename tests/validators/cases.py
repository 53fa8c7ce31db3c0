"""The corpus: tasks with what was handed in, as readable text.

`corpus/good_*.txt` holds work that must pass, `corpus/bad_KIND.txt` work that must be refused. A
line `@@@ title | {...}` begins a case; its JSON may have outputs, targets, deleted, description,
requirements, criteria, checks and validation. A line `@@ path` begins a file, `@@ target: path` one
that the task reads. Every other file is an output, unless the case names the outputs. `@@@` at the
end of a file's last line stands for no newline there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evt.validators.gate import Judgement, judge
from evt.validators.work import Work

CORPUS = Path(__file__).parent / "corpus"
_CUT = "@@@\n"


@dataclass
class Case:
    """One task and the files that stand for its work."""

    kind: str
    title: str
    task: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.kind}: {self.title}"

    def as_task(self) -> dict[str, Any]:
        """The task as the log has it."""
        given = self.task
        return {
            "id": "task-001",
            "type": "task",
            "description": given.get("description", "Write what the outputs say."),
            "context": {
                "outputFiles": given.get("outputs", list(self.files)),
                "targetFiles": given.get("targets", list(self.targets)),
                "deletedFiles": given.get("deleted", []),
                "requirements": given.get("requirements", []),
            },
            "acceptance": {
                key: given[key] for key in ("criteria", "checks", "validation") if key in given
            },
        }

    def write(self, folder: Path) -> None:
        """Put the files into a work tree."""
        for path, text in {**self.targets, **self.files}.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")

    def judged(self, folder: Path, **more: Any) -> Judgement:
        """What the gate says of it, manual criteria aside."""
        self.write(folder)
        return judge(Work(str(folder), self.as_task(), manual_ok=True, **more))


def read(path: Path) -> list[Case]:
    """The cases of one page."""
    kind = path.stem.partition("_")[2]
    found: list[Case] = []
    current: list[str] = []
    name = ""

    def keep() -> None:
        if name:
            text = "".join(current)
            text = text.removesuffix(_CUT)
            target = name.removeprefix("target: ")
            (found[-1].targets if target != name else found[-1].files)[target] = text

    for line in path.read_text("utf-8").splitlines(keepends=True):
        if line.startswith("@@@ "):
            keep()
            name, current = "", []
            title, _, spec = line[4:].strip().partition(" | ")
            found.append(Case(kind, title, json.loads(spec) if spec else {}))
        elif line.startswith("@@ "):
            keep()
            name, current = line[3:].strip(), []
        else:
            current.append(line)
    keep()
    return found


def good() -> list[Case]:
    """Everything that must pass."""
    return [case for page in sorted(CORPUS.glob("good_*.txt")) for case in read(page)]


def bad() -> list[Case]:
    """Everything that must be refused, as written."""
    return [case for page in sorted(CORPUS.glob("bad_*.txt")) for case in read(page)]
