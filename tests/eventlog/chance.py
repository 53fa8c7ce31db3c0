"""Long runs of the machine by chance: thousands of steps, the same for the same seed."""

from __future__ import annotations

import random
from typing import Any

from tests.eventlog.machine import ACTIONS, FILES, TASKS, UNTRUSTED, WORKERS, Machine
from tests.eventlog.world import PASSED, REFUSED


def random_run(seed: int, count: int) -> Machine:
    """The machine after so many steps of chance."""
    chance = random.Random(seed)
    machine = Machine()
    steps: list[tuple[int, Any]] = [
        (3, lambda: machine.create(chance.choice(TASKS), [], chance.choice("abcdef"))),
        (12, lambda: machine.next(chance.choice(WORKERS))),
        (8, lambda: machine.work(chance.choice(WORKERS))),
        (6, lambda: machine.finish(chance.choice(WORKERS), PASSED)),
        (4, lambda: machine.finish(chance.choice(WORKERS), REFUSED)),
        (1, lambda: machine.finish(chance.choice(WORKERS), UNTRUSTED)),
        (6, lambda: machine.touch(chance.choice(WORKERS), [chance.choice(FILES)], "hook")),
        (2, lambda: machine.choosy(chance.choice(WORKERS), 9, chance.choice(TASKS))),
        (4, lambda: machine.give_up(chance.choice(WORKERS), True)),
        (3, lambda: machine.ask(chance.choice(WORKERS), "blocked")),
        (4, lambda: machine.complete(chance.choice(WORKERS), chance.choice(TASKS), None, PASSED)),
        (6, lambda: machine.resolve("engineer", chance.choice(TASKS), chance.choice(ACTIONS))),
        (2, lambda: machine.push(chance.choice(TASKS), chance.choice(WORKERS))),
        (3, lambda: machine.reopen(chance.choice(TASKS))),
        (1, lambda: machine.leave(chance.choice(WORKERS))),
        (4, lambda: machine.come_back(chance.choice(WORKERS), False)),
        (1, lambda: machine.come_back(chance.choice(WORKERS), True)),
        (8, lambda: machine.time_passes(chance.choice([1, 20, 20, 91, 130, -100]))),
    ]
    weights = [weight for weight, _ in steps]
    for number in range(count):
        chance.choices(steps, weights)[0][1]()
        if number % 50 == 0:
            machine.one_live_attempt_per_task()
            machine.no_task_is_lost()
    return machine
