"""The audit: every byte of the log, from the first line to the last."""

from __future__ import annotations

import os

from evt.eventlog.errors import InvalidInput
from evt.eventlog.log.layout import Layout
from evt.eventlog.log.reader import Position, Reader, location
from evt.eventlog.rawjson import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evt.eventlog.line import Event


def verify(
    layout: Layout,
    expected: tuple[int, str] | None = None,
    check: Callable[[Event], str | None] = lambda event: None,
) -> dict[str, Any]:
    """`{"schema":"evt.verify/1","ok","sequence","hash","lines","segments","findings"}`.

    `expected` is a receipt or anchor still held; `check` says what is wrong with the data of an
    event. Findings have a code: chain, tail, expect, schema, segment, source, quarantine.
    """
    findings: list[dict[str, Any]] = []
    position = Position()
    reader = Reader(layout, position, chained=True)
    for batch in reader.batches():
        for raw, event in batch:
            _line(layout, raw, event, check, findings)
            if expected and event.sequence == expected[0]:
                _expect(layout, raw, expected, findings)
    _end(layout, reader, findings)
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
    layout: Layout,
    raw: bytes,
    event: Event,
    check: Callable[[Event], str | None],
    findings: list[dict[str, Any]],
) -> None:
    problem = None
    try:
        line = loads(raw)
        if line.get("source") != f"/evt/{layout.log_id}":
            problem = f"source {line.get('source')!r} is not this log"
        elif line.get("specversion") != "1.0":
            problem = "specversion is not 1.0"
    except InvalidInput as error:
        problem = error.message
    problem = problem or check(event)
    if problem:
        text = f"event {event.sequence}: {problem}"
        findings.append(_finding("schema", text, sequence=event.sequence))


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
