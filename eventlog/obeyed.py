"""Characters that a terminal or a browser obeys instead of showing: they never get through."""

from __future__ import annotations

# Bidirectional marks make text look like other text.
_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
# C0, DEL and C1, line separators, those marks.
OBEYED: tuple[int, ...] = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *_BIDI)
# For `str.translate`: each written out, `\x1b` or `\u202e`.
WRITTEN_OUT: dict[int, str] = {
    code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" for code in OBEYED
}
# The same inside JSON, so that it says the same; JSON itself escapes the others.
IN_JSON: dict[int, str] = {code: f"\\u{code:04x}" for code in OBEYED if code >= 0x20}
