"""What golden logs are compared with: figures by name, and the time account, which must add up."""

from __future__ import annotations

from typing import Any

import pytest


def some(document: dict[str, Any], **expected: Any) -> None:
    """Compare the figures that are named; `a__b` stands for `a.b`."""
    values = document["values"]
    for name, value in expected.items():
        key = name.replace("__", ".")
        assert values[key] == (pytest.approx(value) if isinstance(value, float) else value), key


def account(document: dict[str, Any], *parts: float) -> None:
    """Compare work, rework, waiting, absent, coordination and idle; they fill the makespan."""
    names = ("work", "rework", "waiting", "absent", "coordination", "idle")
    found = tuple(document["values"][f"time.{name}_s"] for name in names)
    assert found == parts, found
    whole = len(document["workers"]) * document["values"]["speedup.makespan_s"]
    assert sum(found) == pytest.approx(whole)
    per_worker = [[w[f"{name}_s"] for name in names] for w in document["workers"].values()]
    assert [sum(column) for column in zip(*per_worker, strict=True)] == list(found)
