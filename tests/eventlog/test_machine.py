"""Long random runs of the machine: short ones that shrink, and long ones that do not."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.conftest import often
from tests.eventlog.chance import random_run
from tests.eventlog.machine import Machine

Machine.TestCase.settings = settings(max_examples=often(60), stateful_step_count=60, deadline=None)
TestMachine = Machine.TestCase


@pytest.mark.parametrize("seed", range(8))
def test_thousands_of_random_steps(seed: int) -> None:
    """Long runs, which the machine above with its shrinking does not reach."""
    machine = random_run(seed, 1000)
    machine.nothing_contradicts()
    machine.teardown()
