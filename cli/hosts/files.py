"""Which files a host needs, and what evt puts into those that belong to the user as well."""

from __future__ import annotations

from dataclasses import dataclass

from evt.cli.hosts import texts

RUN = "evt-run.sh"
SECONDS = 10  # that a host gives a hook; one that may wait for work gets more
WAITING_SECONDS = 600


@dataclass(frozen=True)
class Whole:
    """A file that is evt's own."""

    path: str
    text: str
    mode: int = 0o644


@dataclass(frozen=True)
class Block:
    """A part between two markers in a file of the user's."""

    path: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One value in a JSON file: a member if it has a key, else an item of a list."""

    at: tuple[str, ...]
    key: str | None
    value: object


@dataclass(frozen=True)
class Merged:
    """A JSON file of the user's with values of evt's in it."""

    path: str
    entries: tuple[Entry, ...]


File = Whole | Block | Merged

# Few: one name that Cursor does not know voids the whole file.
CURSOR_EVENTS = (
    "sessionStart", "beforeSubmitPrompt", "preToolUse", "postToolUse", "afterFileEdit",
    "preCompact", "stop", "sessionEnd",
)  # fmt: skip
CLAUDE_EVENTS = (
    "SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "PreCompact", "Stop",
    "SessionEnd",
)  # fmt: skip
CODEX_EVENTS = (
    "SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "PreCompact", "Stop",
)  # fmt: skip


def files(host: str) -> tuple[File, ...]:
    """Everything that `evt init --HOST` writes."""
    return {"cursor": _cursor, "claude": _claude, "codex": _codex}[host]()


def _runner(folder: str) -> Whole:
    return Whole(f"{folder}/scripts/{RUN}", texts.script(RUN), 0o755)


def _skills(folder: str, *, whole: bool = True) -> tuple[Whole, ...]:
    return tuple(
        Whole(f"{folder}/skills/evt-{role}/SKILL.md", texts.skill(role, whole=whole))
        for role in texts.ROLES
    )


def _cursor() -> tuple[File, ...]:
    hooks = tuple(Entry(("hooks", event), None, _cursor_hook(event)) for event in CURSOR_EVENTS)
    run = f"${{workspaceFolder}}/.cursor/scripts/{RUN}"
    validate = "task-schema-validate.sh"
    return (
        *(Whole(f".cursor/rules/{role}-chat.mdc", texts.rule(role)) for role in texts.ROLES),
        *_skills(".cursor", whole=False),
        Merged(".cursor/hooks.json", (Entry((), "version", 1), *hooks)),
        Merged(".cursor/mcp.json", (_server(run),)),
        _runner(".cursor"),
        Whole(f".cursor/scripts/{validate}", texts.script(validate), 0o755),
    )


def _cursor_hook(event: str) -> dict[str, object]:
    hook: dict[str, object] = {"command": f".cursor/scripts/{RUN} hook cursor {event}"}
    if event == "stop":
        return {**hook, "loop_limit": None, "timeout": WAITING_SECONDS}
    return {**hook, "timeout": SECONDS}


def _server(command: str) -> Entry:
    return Entry(("mcpServers",), "evt", {"command": command, "args": ["mcp"]})


def _claude() -> tuple[File, ...]:
    run = f'"$CLAUDE_PROJECT_DIR"/.claude/scripts/{RUN}'
    return (
        *_skills(".claude"),
        Merged(".claude/settings.json", _groups("claude", CLAUDE_EVENTS, run)),
        Merged(".mcp.json", (_server(f"${{CLAUDE_PROJECT_DIR:-.}}/.claude/scripts/{RUN}"),)),
        _runner(".claude"),
    )


def _codex() -> tuple[File, ...]:
    run = f'"$(git rev-parse --show-toplevel)/.codex/scripts/{RUN}"'
    return (
        *_skills(".agents"),
        Block("AGENTS.md", texts.block()),
        Merged(".codex/hooks.json", _groups("codex", CODEX_EVENTS, run)),
        _runner(".codex"),
    )


def _groups(host: str, events: tuple[str, ...], run: str) -> tuple[Entry, ...]:
    """The form that Claude Code and Codex share: event, groups, hooks."""
    found = []
    for event in events:
        seconds = WAITING_SECONDS if event == "Stop" else SECONDS
        hook = {"type": "command", "command": f"{run} hook {host} {event}", "timeout": seconds}
        found.append(Entry(("hooks", event), None, {"hooks": [hook]}))
    return tuple(found)


# host -> what the engineer has to add, and why evt does not
PERMISSIONS = {
    "cursor": """\
.cursor/permissions.json: {"terminalAllowlist": ["evt"]}
  Then Cursor does not ask before each evt command. It is not written for you: this file replaces
  the list that you keep in the app, so carry your own entries over.""",
    "claude": """\
.claude/settings.json: {"permissions": {"allow": ["Bash(evt *)", "mcp__evt"]}}
  Then Claude Code does not ask before each evt command. It is not written for you: what a chat may
  do without asking is yours to decide.""",
    "codex": """\
config.toml of Codex: [mcp_servers.evt] command = "evt", args = ["mcp"]; then /hooks, and trust them
  Codex starts no server and no hook of a repository that you have not trusted yourself.""",
}
