"""The version of evt as text, for files that carry it; a test holds it to pyproject.toml."""

from __future__ import annotations

VERSION = "0.1.0"
