"""The texts that chats read, from one source per role: rule, skill and the block in AGENTS.md."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from evt.cli.hosts.stamps import BY
from evt.cli.hosts.version import VERSION

FOLDER = Path(__file__).resolve().parent / "source"
ROLES = ("worker", "coordinator")
LINE = f"<!-- evt {VERSION}{BY}; your own rules belong into a file of your own -->"
_PART = "<!-- part: "
BEGIN, END = f"<!-- evt {VERSION}{BY} from here on -->", "<!-- evt end -->"


@cache
def parts(role: str) -> dict[str, str]:
    """description, brief, loop and more of a role."""
    found: dict[str, str] = {}
    for piece in (FOLDER / f"{role}.md").read_text("utf-8").split(_PART)[1:]:
        name, _, text = piece.partition(" -->\n")
        found[name] = text.strip() + "\n"
    return found


def script(name: str) -> str:
    """A shell script, with the version in its second line."""
    first, rest = (FOLDER / name).read_text("utf-8").split("\n", 1)
    return f"{first}\n# evt {VERSION}{BY}\n{rest}"


def _quoted(text: str) -> str:
    """A YAML scalar on one line."""
    return "'" + text.strip().replace("'", "''") + "'"


def rule(role: str) -> str:
    """The Cursor rule: how to begin and how to go on. It is attached when its description fits."""
    text = parts(role)
    head = f"---\ndescription: {_quoted(text['description'])}\nglobs:\nalwaysApply: false\n---\n"
    more = f"\nMore on asking, scoring and ending: the skill `evt-{role}`.\n"
    return head + LINE + "\n" + text["loop"] + more


def skill(role: str, *, whole: bool) -> str:
    """A skill: all there is to know, or in Cursor what the rule leaves out."""
    text = parts(role)
    about = text["description"] if whole else f"More for the {role} chat of evt. {_MORE[role]}"
    head = f"---\nname: evt-{role}\ndescription: {_quoted(about)}\n---\n{LINE}\n"
    if whole:
        return head + text["loop"] + "\n" + text["more"]
    return f"{head}The loop is in the rule `{role}-chat`: read it first.\n\n{text['more']}"


_MORE = {
    "worker": "Use when stuck, when a score is due, when the context is full.",
    "coordinator": "Use when a question comes, when a task goes wrong, and at the end.",
}


def block() -> str:
    """What AGENTS.md says, between two markers."""
    lines = [
        BEGIN,
        "## Several chats on one repository: evt",
        "",
        "Work is shared through the `evt` command: tasks, reports and questions are events.",
        "Run each `evt` command alone. A chat takes a role only when it is asked to:",
        "",
    ]
    for role in reversed(ROLES):
        skill_file = f".agents/skills/evt-{role}/SKILL.md"
        lines.append(parts(role)["brief"].strip().format(skill=f"`{skill_file}`"))
    return "\n".join([*lines, END]) + "\n"
