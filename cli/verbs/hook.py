"""`evt hook`: what the hooks of a chat host call; always one JSON document, always exit 0. Hot."""

from __future__ import annotations

from evt.cli import output
from evt.cli.args import Verb, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "hook",
    "answer a hook of a chat host",
    words=(
        Word("HOST", "cursor, claude or codex"),
        Word("EVENT", "as the host calls it: stop, postToolUse, SessionStart, ..."),
    ),
    examples=(
        ("evt hook cursor stop < payload.json", "what Cursor calls when a turn ends"),
        ("evt hook claude PostToolUse < payload.json", "what Claude Code calls after a tool"),
    ),
    notes="Written into a host's settings by evt init. It prints {} when there is nothing to say,\n"
    "when the chat never joined, and when anything is wrong; a log that is locked or damaged\n"
    "never stops a chat.",
)


def run(call: Call) -> int:
    """Print the answer; whatever happens, the chat goes on."""
    from evt.cli.hosts import deadline

    deadline.start()
    answer: object = {}
    try:
        from evt.cli.hosts import hook, payload

        raw = payload.read_stdin()
        answer = hook.answer(call.args.word(0) or "", call.args.word(1) or "", raw)
    except Exception as error:  # noqa: BLE001  a hook fails open: no defect of evt stops a chat
        _tell(error)
    deadline.stop()
    output.say_json(answer)
    return 0


def misused(error: Exception) -> int:
    """Answer a call with wrong arguments: another exit code would deny what the chat was doing."""
    _tell(error)
    output.say_json({})
    return 0


def _tell(error: Exception) -> None:
    """Say on stderr what went wrong: hosts show it in their log of hooks."""
    output.tell(f"evt hook: {getattr(error, 'message', None) or error!r}")
