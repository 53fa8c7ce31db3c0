"""What an audit asks of the attributes of a line, alone and against the lines before it."""

from __future__ import annotations

from array import array

from evt.eventlog.ids import valid_id
from evt.eventlog.log.reader import BATCH_MAX
from evt.eventlog.rawjson import INTEGER
from evt.eventlog.vocabulary import SUBJECT_KIND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

_FORM = "0000-00-00T00:00:00.000000Z"
_DIGITS = str.maketrans("123456789", "0" * 9)
_ASIDE = ("any", "task?")  # kinds of subject that may be missing
_AFTERWARDS = ("Reviewed", "Reopened")  # count for a project that has ended


class Envelopes:
    """Looks at one line after the other, from the first on.

    Of an id eight bytes are kept, so that a million lines take little memory.
    """

    def __init__(self, log_id: str) -> None:
        self._source = f"/evt/{log_id}"
        self._ids = array("q")
        self._time = ""
        self._project: str | None = None  # the open one
        self._projects: set[str] = set()

    def problem(self, line: dict[str, Any]) -> str | None:
        """What is wrong with the next line, None if nothing is."""
        self._ids.append(hash(line["id"]))
        return self._alone(line) or self._in_order(line)

    def twice(self) -> Iterator[list[int]]:
        """Sequences of lines that seem to have one id, for each such id."""
        last, twice = None, set()
        for digest in sorted(self._ids):
            if digest == last:
                twice.add(digest)
            last = digest
        places: dict[int, list[int]] = {}
        for sequence, digest in enumerate(self._ids, 1) if twice else ():
            if digest in twice:
                places.setdefault(digest, []).append(sequence)
        yield from places.values()

    def _alone(self, line: dict[str, Any]) -> str | None:
        if line.get("source") != self._source:
            return f"source {line.get('source')!r} is not this log"
        if line.get("specversion") != "1.0":
            return "specversion is not 1.0"
        for name, is_right in _RULES.items():
            if name in line and not is_right(line[name]):
                return f"{name} {line[name]!r} is not one that evt writes"
        for name in _ALWAYS:
            if name not in line:
                return f"the attribute {name} is missing"
        if "subject" not in line and SUBJECT_KIND.get(line["type"], "any") not in _ASIDE:
            return "the attribute subject is missing"
        return None

    def _in_order(self, line: dict[str, Any]) -> str | None:
        time, before = line["time"], self._time
        self._time = max(time, before)
        return f"time runs back from {before} to {time}" if time < before else None

    def contradiction(self, line: dict[str, Any]) -> str | None:
        """What does not fit the lines before: `correlationid` is the open project, start to end."""
        type, name = line["type"], line.get("correlationid")
        if type == "ProjectStarted" and (subject := line.get("subject")) not in self._projects:
            self._project = subject
            self._projects.add(str(subject))
        is_open = self._project
        if type == "ProjectEnded":
            self._project = None
        if name == is_open or (type in _AFTERWARDS and name in self._projects):
            return None
        if name is None:
            return f"correlationid is missing while project {is_open} is open"
        return f"correlationid {name!r} is not the open project"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and valid_id(value)


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and value.translate(_DIGITS) == _FORM


def _is_batch(value: Any) -> bool:
    number, _, total = value.partition("/") if isinstance(value, str) else ("", "", "")
    return (
        number.isdecimal()
        and total.isdecimal()
        and f"{int(number)}/{int(total)}" == value
        and 1 <= int(number) <= int(total) <= BATCH_MAX
        and int(total) > 1
    )


_RULES: dict[str, Callable[[Any], bool]] = {
    "id": _is_id,
    "type": _is_text,
    "subject": _is_text,
    "time": _is_time,
    "sequence": lambda value: isinstance(value, str) and len(value) == 16 and value.isdecimal(),
    "actor": _is_text,
    "schemaversion": lambda value: type(value) is int and 1 <= value <= INTEGER,
    "correlationid": _is_text,
    "causationid": _is_id,
    "batch": _is_batch,
    "recordedtime": _is_time,
    "critical": lambda value: value is True,
    "viachat": lambda value: value is True,
}
_ALWAYS = ("id", "type", "time", "sequence", "actor", "schemaversion", "prevhash", "data")
