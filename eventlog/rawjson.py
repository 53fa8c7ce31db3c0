"""Strict JSON for the hot path: the C scanner and encoder of CPython without the `json` package.

`json` imports `re`, two thirds of a cold start. Strict means what every reader agrees on: no
duplicate keys, NaN, Infinity or numbers beyond a double, integers within +-(2^53-1), depth at most
64, no lone surrogates, no BOM, no raw control characters (RFC 8259, RFC 7493).
"""

from __future__ import annotations

from evt.eventlog.errors import InvalidInput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

DEPTH = 64
INTEGER = 2**53 - 1
_SPACE = " \t\n\r"


class _Settings:
    """What `make_scanner` reads its hooks from."""

    strict = True
    object_hook = None

    def __init__(self, strictly: bool) -> None:
        self.object_pairs_hook = _unique if strictly else None
        self.parse_float: Callable[[str], Any] = _finite if strictly else float
        self.parse_int: Callable[[str], Any] = _exact if strictly else int
        self.parse_constant = _no_constant


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InvalidInput(f"the key {twice!r} is there twice in one object")
    return found


def _finite(text: str) -> float:
    value = float(text)
    if value - value != 0.0:
        raise InvalidInput(f"the number {text[:40]} is beyond what a double can hold")
    return value


def _exact(text: str) -> int:
    if len(text) > 17 or not -INTEGER <= (value := int(text)) <= INTEGER:
        raise InvalidInput(f"the integer {text[:40]} is beyond +-(2^53-1)")
    return value


def _no_constant(text: str) -> None:
    raise InvalidInput(f"{text} is not JSON")


def _no_default(value: object) -> None:
    raise InvalidInput(f"{type(value).__name__} is not JSON")


def _other_interpreter() -> tuple[Any, Any, Any, Any]:
    """The same four functions where the C ones are missing: slower, the same bytes."""
    import json
    from json import scanner

    def decoder(strictly: bool) -> Any:
        settings = _Settings(strictly)
        make: Any = vars(scanner)["py_make_scanner"]
        return make(
            json.JSONDecoder(
                object_pairs_hook=settings.object_pairs_hook,
                parse_float=settings.parse_float,
                parse_int=settings.parse_int,
                parse_constant=settings.parse_constant,
            )
        )

    encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    encode: Any = encoder.encode
    return decoder(True), decoder(False), lambda value, _level: [encode(value)], encode


try:
    from _json import encode_basestring, make_encoder, make_scanner

    _scan_strictly: Any = make_scanner(_Settings(True))  # type: ignore[arg-type]  # duck-typed
    _scan: Any = make_scanner(_Settings(False))  # type: ignore[arg-type]  # duck-typed
    _quote: Any = encode_basestring
    _encode: Any = make_encoder(
        None, _no_default, encode_basestring, None, ":", ",", False, False, False
    )
except (ImportError, TypeError):
    _scan_strictly, _scan, _encode, _quote = _other_interpreter()


def loads(text: str | bytes) -> Any:
    """The value of one JSON text; raises InvalidInput that says what is wrong and where."""
    text = _decode(text) if isinstance(text, bytes) else text
    value = _whole(text, _scan_strictly)
    _walk(value, DEPTH)
    return value


def loads_tolerant(text: bytes) -> Any:
    """The value of a stored text: reading keeps whatever another writer may have put there."""
    return _whole(_decode(text), _scan)


def _decode(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(f"not UTF-8 at byte {error.start}") from None


def _whole(text: str, scan: Callable[[str, int], tuple[Any, int]]) -> Any:
    start = len(text) - len(text.lstrip(_SPACE))
    try:
        try:
            value, end = scan(text, start)
        except SystemError:  # the scanner looks for its error type in a module not loaded yet
            import json.decoder  # noqa: F401  for its effect alone

            value, end = scan(text, start)
    except InvalidInput:
        raise
    except StopIteration as stop:
        raise _wrong(text, "a value is missing", stop.value) from None
    except RecursionError:
        raise InvalidInput(f"nested deeper than {DEPTH}") from None
    except ValueError as error:
        position = getattr(error, "pos", start)
        raise _wrong(text, getattr(error, "msg", str(error)), position) from None
    rest = text[end:].lstrip(_SPACE)
    if rest:
        raise _wrong(text, "more text after the value", len(text) - len(rest))
    return value


def _wrong(text: str, what: str, position: int) -> InvalidInput:
    if text.startswith("\ufeff"):
        return InvalidInput("not strict JSON: it begins with a byte order mark")
    return InvalidInput(f"not strict JSON: {what} at character {position + 1}")


def _walk(value: Any, depth: int) -> None:
    """What the scanner and the encoder let through: depth, surrogates, integers, other keys."""
    if isinstance(value, str):
        _well_formed(value)
    elif isinstance(value, int):
        if not -INTEGER <= value <= INTEGER:
            raise InvalidInput("an integer is beyond +-(2^53-1)")
    elif isinstance(value, dict | list | tuple):
        if depth == 0:
            raise InvalidInput(f"nested deeper than {DEPTH}")
        if isinstance(value, dict):
            for key in value:
                if not isinstance(key, str):
                    raise InvalidInput("a key that is not text is not JSON")
                if not key.isascii():
                    _well_formed(key)
            value = value.values()
        for item in value:
            if type(item) is not str or not item.isascii():  # most are, and need no call
                _walk(item, depth - 1)


def _well_formed(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(
            f"a lone surrogate (\\u{ord(text[error.start]):04x}) is not text"
        ) from None


def dumps(value: Any) -> bytes:
    """Compact UTF-8; raises InvalidInput on what is not strict JSON.

    Documents have room for stored values of full depth inside.
    """
    return compact(value, within=-DEPTH).encode()


def quoted(text: str) -> str:
    """A text as JSON has it; raises InvalidInput on a lone surrogate."""
    if not text.isascii():
        _well_formed(text)
    found: str = _quote(text)
    return found


def compact(value: Any, within: int = 0) -> str:
    """What `dumps` gives, as text: a part that stands so deep in a larger document."""
    _walk(value, DEPTH - within)
    try:
        return "".join(_encode(value, 0))
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidInput(f"not JSON: {error}") from None


def pack(value: Any) -> bytes:
    """Compact bytes of a value made of parts that were checked before; only for `unpack`."""
    return "".join(_encode(value, 0)).encode("utf-8", "surrogatepass")


def unpack(text: bytes) -> Any:
    """The value that was packed; raises InvalidInput or ValueError if it was not."""
    return _whole(text.decode("utf-8", "surrogatepass"), _scan)
