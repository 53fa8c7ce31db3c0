"""Times as microseconds since the epoch and as the text of a line, without `datetime`.

`2026-11-22T20:32:56.123456Z`: UTC, six digits, so that texts sort as times do.
"""

from __future__ import annotations

from time import gmtime, time_ns

from evt.eventlog.errors import InvalidInput

_SECOND = 1_000_000
_DAYS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
# A line's time is two look-ups: neighbouring lines share the hour, all hours the minutes in them.
_hours: dict[str, int] = {}  # "2026-11-22T20" -> microseconds
_minutes: dict[str, int] = {}  # ":32:56." -> microseconds since the hour
_HOURS_MAX = 4096
_seconds: dict[int, str] = {}  # the last second that was written, as text


def now_us() -> int:
    """The clock of this machine."""
    return time_ns() // 1000


def iso(us: int) -> str:
    """Microseconds as text; beyond the years 1-9999 the nearest of them."""
    us = min(max(us, -62_135_596_800 * _SECOND), 253_402_300_799_999_999)
    second, rest = divmod(us, _SECOND)
    prefix = _seconds.get(second)
    if prefix is None:  # one entry: neighbouring times share their second
        t = gmtime(second)
        prefix = (
            f"{t.tm_year:04d}-{t.tm_mon:02d}-{t.tm_mday:02d}"
            f"T{t.tm_hour:02d}:{t.tm_min:02d}:{t.tm_sec:02d}."
        )
        _seconds.clear()
        _seconds[second] = prefix
    return f"{prefix}{rest:06d}Z"


def us(text: str) -> int:
    """Text as microseconds; fewer digits and an offset other than Z are understood as well.

    Raises InvalidInput if it is not a time.
    """
    hour = _hours.get(text[:13])
    minute = _minutes.get(text[13:20])
    micro = text[20:26]
    plain = text[26:] == "Z" and micro.isdecimal() and micro.isascii()
    if plain and hour is not None and minute is not None:
        return hour + minute + int(micro)
    try:
        return _slow(text)
    except (ValueError, IndexError):
        raise InvalidInput(f"{text!r} is not a time such as 2026-11-22T20:32:56.123456Z") from None


def line_us(text: str) -> int:
    """`us` for a line, as quick as it gets: six characters that `int` takes are a fraction."""
    if len(text) == 27:
        try:
            return _hours[text[:13]] + _minutes[text[13:20]] + int(text[20:26])
        except (KeyError, ValueError):
            pass
    return us(text)


def lines_us(texts: list[str]) -> list[int]:
    """`line_us` of many."""
    if set(map(len, texts)) != {27}:
        return [line_us(text) for text in texts]
    try:
        return [_hours[text[:13]] + _minutes[text[13:20]] + int(text[20:26]) for text in texts]
    except (KeyError, ValueError):
        return [line_us(text) for text in texts]


def know_every_minute() -> None:
    """Make all look-ups of minutes and seconds beforehand; pays where a long log is folded."""
    for second in range(3600):
        _minutes[f":{second // 60:02d}:{second % 60:02d}."] = second * _SECOND


def _slow(text: str) -> int:
    if len(text) < 20 or text[4] + text[7] + text[13] + text[16] != "--::" or text[10] not in "Tt ":
        raise ValueError(text)
    numbers = text[:4] + text[5:7] + text[8:10] + text[11:13] + text[14:16] + text[17:19]
    if not numbers.isdecimal() or not text.isascii():  # int() would take "+9" and other scripts
        raise ValueError(text)
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    hour, minute, second = int(text[11:13]), int(text[14:16]), int(text[17:19])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    length = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    if not (month >= 1 and 1 <= day <= length and hour < 24 and minute < 60 and second < 61):
        raise ValueError(text)
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 + _DAYS[month - 1]
    days += day - 1 + (leap and month > 2) - 719_162
    inside = (minute * 60 + second) * _SECOND
    start = (days * 24 + hour) * 3600 * _SECOND
    if text[19] == ".":  # what the fast path may take apart again
        if len(_hours) >= _HOURS_MAX:
            _hours.clear()
        _hours[text[:13]] = start
        _minutes[text[13:20]] = inside
    return start + inside + _rest(text[19:])


def _rest(text: str) -> int:
    """Fraction and offset, in microseconds."""
    digits = ""
    if text[0] == ".":
        digits = text[1:].rstrip("Zz").split("+")[0].split("-")[0]
        if not digits.isdecimal():
            raise ValueError(text)
        text = text[1 + len(digits) :]
    micro = int((digits + "000000")[:6])
    if text in ("Z", "z"):
        return micro
    if len(text) != 6 or text[0] not in "+-" or text[3] != ":":
        raise ValueError(text)
    offset = (int(text[1:3]) * 60 + int(text[4:6])) * 60 * _SECOND
    return micro - offset if text[0] == "+" else micro + offset
