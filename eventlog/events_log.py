"""What evt writes about itself: the live server, and the log as a file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from evt.eventlog.events_fields import Amount, Count, Data, Positive, Sha256, Text, absent


class ServerStarted(Data):
    """A live server is there."""

    host: Text = absent()
    port: Annotated[int, Field(ge=0, le=65_535)] = absent()


class ServerStopped(Data):
    """The live server is gone."""

    reason: Text = absent()


class LogResumed(Data):
    """Nobody was watching for a while; that time counts for nothing."""

    silent_seconds: Amount = absent()


class SegmentSealed(Data):
    """Last line of a segment; `next` is the first sequence of the next one, 16 digits."""

    next: Text = absent()


class TailQuarantined(Data):
    """Bytes of an unfinished write were moved out of the log."""

    file: Text = absent()
    offset: Count = absent()
    bytes: Count = absent()
    sha256: Sha256 = absent()


class SyncFailed(Data):
    """A sync had failed; lines from `sequence` on were looked at by `evt repair`."""

    sequence: Positive = absent()
