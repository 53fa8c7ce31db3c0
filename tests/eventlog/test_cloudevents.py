"""Lines are CloudEvents to others too: the official SDK reads each type and every attribute."""

from __future__ import annotations

from typing import Any

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from evt.eventlog.line import Event, encode
from evt.eventlog.vocabulary import EVENT_TYPES, SUBJECT_KIND
from tests.strategies import event_data

TIME = "2026-11-22T20:32:56.123456Z"


def line_of(type: str, data: dict[str, Any]) -> bytes:
    """A line with every attribute that a line can have."""
    event = Event(
        "019ab3b2-6b1a-7c3e-8000-000000000001", type, "worker-A", data,
        subject="task-001" if SUBJECT_KIND[type] != "log" else "log",
        correlationid="demo", causationid="019ab3b2-6b1a-7c3e-8000-000000000000",
    )  # fmt: skip
    event.sequence, event.time, event.recordedtime, event.batch = 17, TIME, TIME, "2/3"
    event.critical = event.viachat = True
    return encode(event, "0123abcd", "0" * 64)


@pytest.mark.parametrize("type", EVENT_TYPES)
@settings(max_examples=10)
@given(source=st.data())
def test_the_official_sdk_reads_every_type(type: str, source: st.DataObject) -> None:
    data = source.draw(event_data(type))
    read = JSONFormat().read(CloudEvent, line_of(type, data))
    assert (read.get_type(), read.get_source()) == (type, "/evt/0123abcd")
    assert read.get_data() == data
    assert read.get_extension("sequence") == f"{17:016d}"
    assert read.get_extension("viachat") is True
    assert read.get_extension("prevhash") == "0" * 64
    moment = read.get_time()
    assert moment is not None and moment.isoformat() == TIME.replace("Z", "+00:00")
