"""The fixtures of the command line's tests: a repository whose project is open."""

from __future__ import annotations

from tests.cli.conftest import _begun, demo

__all__ = ["_begun", "demo"]
