"""Plays a chat as its host shows it: hook payloads in, JSON out, shell calls in between.

The payloads are recorded files (`payloads/`); a chat fills in who it is and where it works.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.conftest import Evt, Result

PAYLOADS = Path(__file__).parent / "payloads"
MARKERS = {"cursor": "CURSOR_AGENT", "claude": "CLAUDECODE", "codex": "CODEX_THREAD_ID"}
NAMES = {
    "cursor": {
        "start": "sessionStart", "prompt": "beforeSubmitPrompt", "pre": "preToolUse",
        "post": "postToolUse", "edit": "afterFileEdit", "compact": "preCompact", "stop": "stop",
        "end": "sessionEnd", "subagent": "subagentStop",
    },
    "claude": {
        "start": "SessionStart", "prompt": "UserPromptSubmit", "pre": "PreToolUse",
        "post": "PostToolUse", "compact": "PreCompact", "stop": "Stop", "end": "SessionEnd",
    },
    "codex": {
        "start": "SessionStart", "prompt": "UserPromptSubmit", "pre": "PreToolUse",
        "post": "PostToolUse", "compact": "PreCompact", "stop": "Stop",
    },
}  # fmt: skip
Answer = dict[str, Any]


def recorded(host: str, event: str) -> dict[str, Any]:
    """Return a recorded payload."""
    payload: dict[str, Any] = json.loads((PAYLOADS / host / f"{event}.json").read_text())
    return payload


def all_recorded() -> list[tuple[str, str]]:
    """Return every (host, event) of which there is a payload."""
    return [(path.parent.name, path.stem) for path in sorted(PAYLOADS.glob("*/*.json"))]


class Chat:
    """One conversation in one host."""

    def __init__(self, evt: Evt, repo: Path, session: str, host: str = "cursor") -> None:
        self.evt, self.repo, self.session, self.host = evt, repo, session, host
        self.turns = itertools.count(1)
        self.turn = 0
        self.tools: Iterator[int] = itertools.count(1)
        self.loops = 0
        self.env = {"EVT_HOOK_WAIT": "0"}

    def payload(self, kind: str, **more: Any) -> dict[str, Any]:
        """Return a payload of this conversation."""
        payload = recorded(self.host, NAMES[self.host][kind])
        for key in ("conversation_id", "session_id"):
            if key in payload:
                payload[key] = self.session
        for key in ("generation_id", "turn_id"):
            if key in payload:
                payload[key] = f"turn-{self.turn}"
        if "workspace_roots" in payload:
            payload["workspace_roots"] = [str(self.repo)]
        if "cwd" in payload:
            payload["cwd"] = str(self.repo)
        return {**payload, **more}

    def hook(self, kind: str, **more: Any) -> Answer:
        """Call the hook as the host does; its answer must be one JSON object and exit 0."""
        text = json.dumps(self.payload(kind, **more))
        done = self.evt("hook", self.host, NAMES[self.host][kind], input=text, env=self.env)
        assert done.out.endswith("\n") and done.out.count("\n") == 1
        answer = json.loads(done.out)
        assert isinstance(answer, dict)
        return answer

    def prompt(self, text: str) -> None:
        """The engineer types something; a new turn begins."""
        self.turn = next(self.turns)
        self.loops = 0
        assert self.hook("prompt", prompt=text) == {}

    def shell(self, *args: str | Path, check: int | None = 0) -> tuple[Result, str]:
        """Run evt as the chat's shell tool does; return what came out, and words for the chat."""
        tool = {"tool_use_id": f"tool-{next(self.tools)}", "tool_name": self.shell_name()}
        given = {"command": "evt " + " ".join(map(str, args))}
        assert self.hook("pre", tool_input=given, **tool) == {}
        done = self.evt(*args, env={MARKERS[self.host]: "1"}, check=check)
        words = self.hook("post", tool_input=given, **tool, **self.output(done.out + done.err))
        return done, said(words)

    def shell_name(self) -> str:
        """Return what the host calls its shell tool."""
        return "Shell" if self.host == "cursor" else "Bash"

    def output(self, text: str) -> dict[str, Any]:
        """Return how the host wraps what a tool printed."""
        if self.host == "cursor":
            return {"tool_output": json.dumps({"output": text, "exitCode": 0})}
        if self.host == "claude":
            return {"tool_response": {"stdout": text, "stderr": "", "interrupted": False}}
        return {"tool_response": text}

    def write(self, name: str, text: str) -> None:
        """Write a file with the editing tool of the host."""
        path = self.repo / name
        tool = {"tool_use_id": f"tool-{next(self.tools)}", "tool_name": "Write"}
        given = {"file_path": str(path)}
        self.hook("pre", tool_input=given, **tool)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if self.host == "cursor":
            self.hook("edit", file_path=str(path))
        self.hook("post", tool_input=given, **tool, **self.output("ok"))

    def stop(self, **more: Any) -> str:
        """End the turn; return the text with which the host would go on, "" if it rests.

        A host that is given a text submits it as the next prompt.
        """
        counted = {"loop_count": self.loops} if self.host == "cursor" else {}
        answer = self.hook("stop", **{**counted, **more})
        text = str(answer.get("followup_message") or answer.get("reason") or "")
        if text:
            self.loops += 1
            self.turn = next(self.turns)
            if self.host == "cursor":
                assert self.hook("prompt", prompt=text) == {}
        return text

    def join(self, *args: str) -> str:
        """Join through the shell; return the name."""
        done, _ = self.shell("join", *args)
        return done.out.split()[2]


def said(answer: Answer) -> str:
    """Return the words for the chat in an answer, whatever the host's form."""
    specific = answer.get("hookSpecificOutput", {})
    return str(answer.get("additional_context") or specific.get("additionalContext") or "")


def just_heard(repo: Path) -> None:
    """Make the last sign of life one of this moment, however slow the machine is."""
    for beat in (repo / ".evt" / "cache" / "chats").glob("*/beat"):
        beat.touch()


def events(evt: Evt, type: str | None = None) -> list[dict[str, Any]]:
    """Return the stored lines, of one type or all."""
    lines = evt("log", "--json", *(["--type", type] if type else [])).out.splitlines()
    return [json.loads(line) for line in lines]


NewChat = Callable[..., Chat]
