"""What each host says and wants to hear: names of events and forms of answers, as data. Hot."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Answer = dict[str, Any]

HOSTS = ("cursor", "claude", "codex")
# what a host calls it, in lower case -> what it is; nothing is made of any other event
KINDS: dict[str, str] = {
    "sessionstart": "start",
    "beforesubmitprompt": "prompt",
    "userpromptsubmit": "prompt",
    "afterfileedit": "edit",
    "pretooluse": "pre",
    "posttooluse": "post",
    "precompact": "compact",
    "stop": "stop",
    "subagentstop": "subagent",
    "sessionend": "end",
}
CODE = "evt-chat-"  # begins the code that `evt join` prints
MARK = "[evt]"  # begins every message that a stop hook submits in the engineer's place


def go_on(host: str, text: str) -> Answer:
    """The answer to `stop` that keeps the chat going; the text is its next message."""
    if host == "cursor":
        return {"followup_message": text}
    return {"decision": "block", "reason": text}


def context(host: str, kind: str, text: str) -> Answer:
    """The answer that adds a text to what the chat knows, at its start or after a tool."""
    if host == "cursor":
        return {"additional_context": text}
    name = "SessionStart" if kind == "start" else "PostToolUse"
    return {"hookSpecificOutput": {"hookEventName": name, "additionalContext": text}}


def is_marked(prompt: object) -> bool:
    """Whether a prompt begins as one that a stop hook submitted."""
    return isinstance(prompt, str) and prompt.lstrip().startswith(MARK)
