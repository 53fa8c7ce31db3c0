"""Help in words, made from the tables of the verbs; quick, as chats ask for it often."""

from __future__ import annotations

from evt.cli.args import COMMON
from evt.cli.registry import GROUPS, module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from evt.cli.args import Flag, Verb
    from evt.cli.emits import Form

EXITS = (
    (0, "done"),
    (1, "findings, or an unexpected error"),
    (2, "wrong usage or invalid input"),
    (3, "nothing now"),
    (4, "refused by the state"),
    (5, "the gate refused"),
    (6, "the log is damaged, poisoned, newer than this evt, or gone"),
    (7, "everything is done"),
    (75, "the lock was not had in time"),
)
_INDENT = 22


def overview() -> str:
    """What `evt --help` prints."""
    lines = [
        "evt: the shared memory of several AI coding chats on one repository.",
        "",
        "usage: evt VERB [...]      evt VERB --help has flags and examples",
    ]
    for group, verbs in GROUPS.items():
        lines += ["", group]
        lines += [f"  {name:<10}{summary}" for name, summary in verbs.items()]
    lines += ["", "every verb has --json, --as NAME, --help", "", "exit codes"]
    lines += [f"  {code:<4}{what}" for code, what in EXITS]
    lines += ["", "completion: evt --install-completion"]
    return "\n".join(lines)


def verb_help(name: str | None, word: str | None = None) -> str:
    """What `evt VERB --help` prints; for `emit` with a type only the flags of that type."""
    verb: Verb = module(name or "").VERB
    if name == "emit" and word is not None:
        from evt.cli.requests import form_of

        form_of(word)  # raises for what is not emitted
        return emit_help(verb, word)
    lines = [f"evt {verb.name}: {verb.summary}", "", f"usage: {usage(verb)}"]
    if verb.words:
        lines += ["", *(_row(word.name, word.help) for word in verb.words)]
    if name == "emit":
        lines += ["", *_types(), "", "flags of all types"]
    own = [flag for flag in verb.flags if name != "emit" or flag.name in _EMIT_ALWAYS]
    lines += ["", *(_row(spelled(flag), flag.help) for flag in (*own, *COMMON))]
    return "\n".join([*lines, *_end(verb)])


_EMIT_ALWAYS = ("data", "id", "caused-by", "allow-secret", "batch", "report")


def _types() -> list[str]:
    from evt.cli.emits import FORMS

    lines = ["types (evt emit TYPE --help has the flags of one)"]
    for type, form in FORMS.items():
        lines.append(_row(type, f"{form.subject or '-':<10} {form.who}"))
    return lines


def emit_help(verb: Verb, type: str) -> str:
    """The flags of one type, those it needs first."""
    from evt.cli.emits import EXAMPLES, FORMS, flag

    form = FORMS[type]
    subject = f" {form.subject}" if form.subject else ""
    lines = [f"evt emit {type}: by {form.who}", "", f"usage: evt emit {type}{subject} [flags]", ""]
    for name, path in sorted(form.flags, key=lambda pair: not _needed(form, pair[1])):
        one = flag(name)
        more = ", repeatable" if one.repeats else ""
        lines.append(_row(spelled(one), one.help + more + _needed(form, path)))
    own = [one for one in verb.flags if one.name in _EMIT_ALWAYS[:4]]
    lines += [_row(spelled(one), one.help) for one in (*own, *COMMON)]
    lines += ["", "examples", *_examples([EXAMPLES[type]])]
    lines += ["", f"the data in full: evt schema {type}"]
    return "\n".join(lines)


def _needed(form: Form, path: str) -> str:
    """What stands behind the help of a flag whose value goes to this path."""
    for need in form.needs:
        if path in need.split("|"):
            return " (one of them is needed)" if "|" in need else " (needed)"
    return ""


def usage(verb: Verb) -> str:
    """`evt log [TASK] [flags]`."""
    words = [word.name if word.needed else f"[{word.name}]" for word in verb.words]
    rest = ["-- ARGV..."] if verb.rest else []
    return " ".join(["evt", verb.name, *words, *(["[flags]"] if verb.flags else []), *rest])


def spelled(flag: Flag) -> str:
    """`--wait SECONDS`, `--help, -h`."""
    name = f"--{flag.name}, -{flag.short}" if flag.short else f"--{flag.name}"
    name = f"-{flag.name}" if flag.short == flag.name else name
    return name + (f" {flag.metavar}" if flag.kind != "switch" else "")


def _row(left: str, right: str) -> str:
    if len(left) > _INDENT - 2:
        return f"  {left}\n  {'':<{_INDENT}}{right}"
    return f"  {left:<{_INDENT}}{right}"


def _end(verb: Verb) -> list[str]:
    lines = ["", verb.notes] if verb.notes else []
    return [*lines, "", "examples", *_examples(verb.examples)]


def _examples(examples: Iterable[tuple[str, str]]) -> list[str]:
    return [f"  {command}\n      {what}" for command, what in examples]
