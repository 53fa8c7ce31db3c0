"""The verbs of evt: name -> module, in the order of the help; the module has `VERB` and `run`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

# group -> verb -> what it does, in one line
GROUPS: dict[str, dict[str, str]] = {
    "begin": {
        "init": "make the log, start a project",
        "demo": "a real run: a coordinator and three workers share real work",
        "plan": "check a plan; --apply appends it",
    },
    "work": {
        "join": "take a name",
        "leave": "give the name back, and the task",
        "next": "the worker's task, or the best ready one",
        "check": "run the gate of a task without reporting",
        "emit": "append one event: Completed, Failed, Escalated, ...",
    },
    "watch": {
        "status": "the state now",
        "watch": "the live view: workers, tasks, questions",
        "serve": "the live page, and WebSockets for programs",
        "inbox": "open questions, dearest first",
        "log": "the events",
        "replay": "any moment again, or the difference of two",
    },
    "steer": {
        "pause": "stop giving out work",
        "resume": "go on giving out work",
        "sweep": "expire what is over, once",
        "trust": "approve commands that the gate may run",
    },
    "judge": {
        "metrics": "was it worth it: figures, phases, when to abandon",
        "review": "what was delivered, with evidence, and the verdict",
        "score": "the context score by the rubric, with advice",
        "baseline": "measure a project of one worker, record it for the open one",
        "export": "for other tools: a trace, tables, a page, a task list",
    },
    "audit": {
        "verify": "check every byte of the log",
        "anchor": "print SEQ:HASH of the last event",
        "repair": "recover after a failed sync",
        "schema": "JSON Schemas of events and outputs",
    },
    "chats": {
        "hook": "answer a hook of a chat host",
        "doctor": "is everything wired, and what to do where it is not",
        "mcp": "the same for chats that speak MCP, over stdio",
    },
}
VERBS: dict[str, str] = {
    name: summary for verbs in GROUPS.values() for name, summary in verbs.items()
}


def module(name: str) -> ModuleType:
    """The module of a verb."""
    loaded: ModuleType = __import__(f"evt.cli.verbs.{name}", fromlist=["run"])
    return loaded
