"""`evt doctor`: is everything wired, and what to do where it is not."""

from __future__ import annotations

from evt.cli.args import Verb
from evt.cli.output import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.cli.call import Call

VERB = Verb(
    "doctor",
    "is everything wired, and what to do where it is not",
    examples=(
        ("evt doctor", "the log, the disk, the hooks, each finding with its remedy"),
        ("evt doctor --json", "the same for programs"),
    ),
    notes="exit 1 if something would stop a chat or lose its work; warnings do not count",
)
FINDINGS = 1


def run(call: Call) -> int:
    """Print what was found; needs no log."""
    from evt.cli.hosts.checkup import of_log
    from evt.cli.hosts.checkup_hosts import of_hosts
    from evt.cli.hosts.setup import root_of
    from evt.eventlog.log.discovery import find

    folder = find()
    found = [*of_log(folder), *of_hosts(root_of(folder), folder)]
    bad = [item for item in found if item["level"] == "error"]
    document = {"schema": "evt.doctor/1", "ok": not bad, "findings": found}
    lines = []
    for item in found:
        lines.append(f"{item['level']}: {one_line(item['message'])}")
        if item["remedy"]:
            lines.append(f"    {item['remedy']}")
    call.answer(document, "\n".join(lines), failed=bool(bad))
    return FINDINGS if bad else 0
