"""What one call costs a chat: whole processes against the same interpreter doing nothing."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bench import box
from tests.bench.generate import WORKERS
from tests.bench.measure import PASS, Row, process, ratios

HOT_MUST, HOT_AIM = 3.0, 1.5
SLOW_MUST, SLOW_AIM = 10.0, 4.0


def rows(folder: Path, rounds: int) -> list[Row]:
    """Measure cold `emit`, `next`, `hook`, `status` and `--help`."""
    repo = box.empty(folder / "cold")
    box.evt(repo, "join", WORKERS[0])
    box.evt(repo, "emit", "TaskCreated", "task-001", "--description", "d")
    box.evt(repo, "next", "--as", WORKERS[0])
    edit = _payload(repo)
    hook = ["hook", "cursor", "afterFileEdit"]
    calls = {
        "cold evt emit": (["emit", "Noted", "--text", "x"], HOT_MUST, HOT_AIM),
        "cold evt next": (["next", "--as", WORKERS[0]], HOT_MUST, HOT_AIM),
        "cold evt hook": (hook, HOT_MUST, HOT_AIM),
        "cold evt status": (["status"], SLOW_MUST, SLOW_AIM),
        "cold evt --help": (["--help"], SLOW_MUST, SLOW_AIM),
    }
    subjects = [process(box.EVT, *args, cwd=repo, given=edit) for args, _, _ in calls.values()]
    measured = ratios(subjects, process(*PASS, cwd=repo), rounds)
    return [
        Row(what, value, at_most=must, aim=aim, note="of python -c pass")
        for (what, (_, must, aim)), value in zip(calls.items(), measured, strict=True)
    ]


def _payload(repo: Path) -> Path:
    """Return what a host says when a chat has edited a file; the chat has joined."""
    chat = {"conversation_id": "bench", "workspace_roots": [str(repo)]}
    said = box.evt(repo, "join", WORKERS[0], "--takeover", "--json")
    joined = repo / "joined.json"
    joined.write_text(json.dumps({**chat, "tool_name": "Shell", "tool_output": said}))
    process(box.EVT, "hook", "cursor", "postToolUse", cwd=repo, given=joined)()
    edited = repo / "edited.json"
    edited.write_text(json.dumps({**chat, "file_path": str(repo / "a.md")}))
    return edited
