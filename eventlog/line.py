"""One line of the log: a CloudEvents 1.0 event in strict JSON, chained by hashes."""

from __future__ import annotations

from evt.eventlog.errors import InvalidInput, TooLarge
from evt.eventlog.rawjson import compact, loads_tolerant, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LINE_MAX = 1 << 20
GENESIS = "0" * 64  # prevhash of the first line
_OPTIONAL = ("correlationid", "causationid", "batch", "recordedtime")
_TEXTS = ("id", "type", "time", "sequence", "actor", "prevhash")
_KNOWN = frozenset(
    ("specversion", "id", "source", "type", "subject", "time", "sequence", "actor",
     "schemaversion", "critical", "viachat", "prevhash", "data", *_OPTIONAL)
)  # fmt: skip


class Event:
    """One fact; what does not apply is None. `sequence` 0, `time` "": not stored yet."""

    __slots__ = (
        "actor", "batch", "causationid", "correlationid", "critical", "data", "extra", "id",
        "prevhash", "recordedtime", "schemaversion", "sequence", "subject", "time", "type",
        "viachat",
    )  # fmt: skip

    def __init__(
        self,
        id: str,
        type: str,
        actor: str,
        data: dict[str, Any],
        *,
        subject: str | None = None,
        correlationid: str | None = None,
        causationid: str | None = None,
    ) -> None:
        self.id = id
        self.type = type
        self.actor = actor
        self.data = data
        self.subject = subject
        self.correlationid = correlationid
        self.causationid = causationid
        self.time = ""
        self.sequence = 0
        self.batch: str | None = None
        self.recordedtime: str | None = None
        self.critical = False
        self.viachat = False
        self.schemaversion = 1
        self.prevhash = ""
        self.extra: dict[str, Any] = {}


def encode(event: Event, log_id: str, prevhash: str) -> bytes:
    """The bytes of the line without its newline, in the order that readers know.

    Written part by part, as the envelope has no choice in it: half the time of one large object.
    Raises TooLarge beyond 1 MiB, InvalidInput on what is not strict JSON.
    """
    parts = [
        f'{{"specversion":"1.0","id":{quoted(event.id)},"source":{quoted(f"/evt/{log_id}")}',
        f',"type":{quoted(event.type)}',
    ]
    if event.subject is not None:
        parts.append(f',"subject":{quoted(event.subject)}')
    parts.append(
        f',"time":{quoted(event.time)},"sequence":"{event.sequence:016d}"'
        f',"actor":{quoted(event.actor)},"schemaversion":{event.schemaversion}'
    )
    for key in _OPTIONAL:
        value = getattr(event, key)
        if value is not None:
            parts.append(f',"{key}":{quoted(value)}')
    if event.critical:
        parts.append(',"critical":true')
    if event.viachat:
        parts.append(',"viachat":true')
    parts.append(f',"prevhash":"{prevhash}","data":{compact(event.data, within=1)}}}')
    text = "".join(parts).encode()
    if len(text) >= LINE_MAX:
        raise TooLarge(
            f"this {event.type} is {len(text)} bytes, more than a line of 1 MiB can hold",
            "put the text into a file and name the file",
        )
    return text


def decode(text: bytes) -> Event:
    """The event of a stored line; attributes nobody knows are kept in `extra`.

    Raises InvalidInput if it is not an event.
    """
    line = loads_tolerant(text)
    if not isinstance(line, dict):
        raise InvalidInput("the line is not an object")
    _kinds(line)
    try:
        event = Event(
            line["id"], line["type"], line["actor"], line["data"],
            subject=line.get("subject"), correlationid=line.get("correlationid"),
            causationid=line.get("causationid"),
        )  # fmt: skip
        event.time = line["time"]
        event.sequence = int(line["sequence"])
        if event.sequence < 1:
            raise ValueError
    except KeyError as missing:
        raise InvalidInput(f"the attribute {missing} is missing") from None
    except ValueError:
        raise InvalidInput("the sequence is not a number") from None
    event.batch = line.get("batch")
    event.recordedtime = line.get("recordedtime")
    event.critical = line.get("critical", False)
    event.viachat = line.get("viachat") is True
    event.schemaversion = line.get("schemaversion", 1)
    event.prevhash = line.get("prevhash", "")
    event.extra = {key: value for key, value in line.items() if key not in _KNOWN}
    return event


def _kinds(line: dict[str, Any]) -> None:
    """Folds rely on the kind of each attribute; its value may be any."""
    for name in _TEXTS:
        if not isinstance(line.get(name, ""), str):
            raise InvalidInput(f"the attribute {name} is not text")
    for name in ("subject", *_OPTIONAL):
        if not isinstance(line.get(name), str | None):
            raise InvalidInput(f"the attribute {name} is not text")
    if not isinstance(line.get("critical", False), bool):
        raise InvalidInput("the attribute critical is neither true nor false")
    if not isinstance(line.get("data", {}), dict):
        raise InvalidInput("the attribute data is not an object")
    if type(line.get("schemaversion", 1)) is not int:
        raise InvalidInput("the attribute schemaversion is not a whole number")
