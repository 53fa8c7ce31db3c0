"""The audit: every byte of the log, from the first line to the last."""

from __future__ import annotations

import os

from evt.eventlog.errors import InvalidInput
from evt.eventlog.log.envelope import Envelopes
from evt.eventlog.log.layout import SUFFIX, Layout
from evt.eventlog.log.lookup import line_at
from evt.eventlog.log.reader import Position, Reader, location
from evt.eventlog.rawjson import loads, loads_tolerant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from evt.eventlog.line import Event


def verify(
    layout: Layout,
    expected: tuple[int, str] | None = None,
    check: Callable[[Event], str | None] = lambda event: None,
) -> dict[str, Any]:
    """`{"schema":"evt.verify/1","ok","sequence","hash","lines","segments","findings"}`.

    `expected` is a receipt or anchor still held; `check` says what is wrong with the data of an
    event. Findings have a code: chain, tail, expect, schema, anomaly, segment, poisoned.
    """
    findings: list[dict[str, Any]] = []
    position = Position()
    reader = Reader(layout, position, chained=True)
    envelopes = Envelopes(layout.log_id)
    walked, last = {position.segment}, ""
    for batch in reader.batches():
        if position.segment not in walked and last != "SegmentSealed":
            text = f"the segment before {position.segment:016d} was not sealed"
            findings.append(_finding("segment", text))
        walked.add(position.segment)
        for raw, event in batch:
            _line(envelopes, raw, event, check, findings)
            if expected and event.sequence == expected[0]:
                _expect(layout, raw, expected, findings)
        last = batch[-1][1].type
    _end(layout, reader, findings)
    findings += _ids(layout, envelopes)
    if reader.reason is None:  # else all that lies behind the damage was not read
        findings += _unread(layout, {*walked, position.segment})
    if expected and expected[0] > position.sequence:
        text = f"the log ends at {position.sequence}, event {expected[0]} is missing"
        findings.append(_finding("expect", text))
    return {
        "schema": "evt.verify/1",
        "ok": not findings,
        "sequence": position.sequence,
        "hash": position.hash,
        "segments": len(layout.segments()),
        "findings": findings,
    }


def _finding(code: str, message: str, **where: Any) -> dict[str, Any]:
    return {"code": code, "message": message, **where}


def _line(
    envelopes: Envelopes,
    raw: bytes,
    event: Event,
    check: Callable[[Event], str | None],
    findings: list[dict[str, Any]],
) -> None:
    try:
        problem = None
        line = loads(raw)
    except InvalidInput as error:
        problem = error.message
        line = loads_tolerant(raw)
    problem = problem or envelopes.problem(line) or check(event)
    doubt = envelopes.contradiction(line)
    for code, said in (("schema", problem), ("anomaly", doubt)):
        if said:
            text = f"event {event.sequence}: {said}"
            findings.append(_finding(code, text, sequence=event.sequence))


def _ids(layout: Layout, envelopes: Envelopes) -> Iterator[dict[str, Any]]:
    """Ids that stand more than once; told apart by digests before, so looked at here."""
    for places in envelopes.twice():
        seen: dict[str, int] = {}
        for sequence in places:
            try:
                name = line_at(layout, sequence).event.id
            except LookupError:  # written with other spaces: then the digest has to do
                name = ""
            if name in seen:
                text = f"event {sequence}: its id {name} is that of event {seen[name]}"
                yield _finding("schema", text, sequence=sequence)
            seen.setdefault(name, sequence)


def _unread(layout: Layout, walked: set[int]) -> Iterator[dict[str, Any]]:
    """Files that `cat .evt/log/*.jsonl` shows and no reader reads."""
    known = {os.path.basename(layout.segment(first)) for first in walked}
    for name in sorted(os.listdir(layout.path("log"))):
        if name.endswith(SUFFIX) and name not in known:
            yield _finding("segment", f"log/{name} is no part of the log that was read")


def _expect(
    layout: Layout, raw: bytes, expected: tuple[int, str], findings: list[dict[str, Any]]
) -> None:
    from evt.eventlog.digest import sha256_hex

    found = sha256_hex(raw)
    if found != expected[1]:
        text = f"event {expected[0]} has hash {found}, not {expected[1]}"
        findings.append(_finding("expect", text, sequence=expected[0]))


def _end(layout: Layout, reader: Reader, findings: list[dict[str, Any]]) -> None:
    """What is behind the last line that was read."""
    position, reason = reader.position, reader.reason
    if reason is not None:
        text = f"the chain breaks behind event {position.sequence}: {reason}"
        findings.append(_finding("chain", text, location=location(layout, position, reason)))
    elif reader.tail:
        size = len(reader.tail)
        text = f"{size} bytes of an unfinished write; the next writer puts them in quarantine"
        findings.append(_finding("tail", text, location=location(layout, position, "torn tail")))
    if os.path.exists(layout.path("poisoned")):
        findings.append(_finding("poisoned", "a sync failed and was not repaired: evt repair"))


def parse_expected(text: str) -> tuple[int, str]:
    """`SEQ:HASH` as a pair; raises InvalidInput."""
    number, _, digest = text.partition(":")
    if not number.isdecimal() or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise InvalidInput(f"{text!r} is not SEQ:HASH with 64 hex digits", "evt anchor")
    return int(number), digest
