"""The icon in the browser's tab: how many questions wait for the engineer, seen from afar."""

from __future__ import annotations

_SHAPE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="8" fill="{ground}"/>{inside}</svg>'
)
_CALM = (
    '<g fill="#fff"><rect x="7" y="8" width="18" height="4" rx="2"/>'
    '<rect x="7" y="14" width="11" height="4" rx="2"/>'
    '<rect x="7" y="20" width="15" height="4" rx="2"/></g>'
)
_NUMBER = (
    '<text x="16" y="23" font-family="system-ui,sans-serif" font-size="{size}" font-weight="700" '
    'text-anchor="middle" fill="#fff">{number}</text>'
)


def icon(asked: str) -> bytes:
    """An SVG with the number in it; calm lanes if it is 0 or no number."""
    count = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 0
    if not count:
        return _SHAPE.format(ground="#2f6f6a", inside=_CALM).encode()
    number = str(count) if count < 100 else "99+"
    inside = _NUMBER.format(size=(20, 18, 14)[len(number) - 1], number=number)
    return _SHAPE.format(ground="#b4530a", inside=inside).encode()
