"""Event ids: real uuid7, ordered within a decision, and what a caller may choose instead."""

from __future__ import annotations

import uuid
from time import time

import pytest

from evt.eventlog.ids import event_id, new_seed, valid_id


def test_an_id_is_a_uuid_of_version_7_made_now() -> None:
    made = uuid.UUID(event_id(new_seed(), 7))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert abs((made.int >> 80) / 1000 - time()) < 5


def test_ids_of_one_decision_are_ordered_and_never_reach_the_next_seed() -> None:
    seed = new_seed()
    ids = [event_id(seed, number) for number in (0, 1, 999, 65_535)]
    assert ids == sorted(set(ids))
    assert all(uuid.UUID(one).version == 7 and valid_id(one) for one in ids)
    assert ids[0].endswith("0000") and ids[-1].endswith("ffff")


def test_seeds_do_not_repeat() -> None:
    assert len({new_seed() for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize("text", ["a", "A-1._:z", "x" * 128, event_id(1 << 80)])
def test_a_caller_may_choose(text: str) -> None:
    assert valid_id(text)


@pytest.mark.parametrize("text", ["", "x" * 129, "a b", "ä", "a/b", 'a"', "a\n", "\x00", "\uff11"])
def test_a_caller_may_not_choose(text: str) -> None:
    assert not valid_id(text)
