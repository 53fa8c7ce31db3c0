"""The generated tables and the models are two readings of one vocabulary: they must never differ.

A hand-written check once accepted what the models refuse. This one is generated, its staleness is
a failure, and both readings get the same valid, damaged and arbitrary input.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from evt.eventlog.checking import fits
from evt.eventlog.checks import ASKED, ROOTS, STORED
from evt.eventlog.errors import InvalidInput
from evt.eventlog.explaining import model_of, refuse
from evt.eventlog.generate import TARGET, generated
from evt.eventlog.vocabulary import EVENT_TYPES
from tests.conftest import often
from tests.strategies import JSON, event_data, from_table

FORMS = [("stored", name) for name in EVENT_TYPES]
FORMS += [("asked", name) for name in EVENT_TYPES if ASKED[name] is not STORED[name]]
FORMS += [("root", name) for name in ROOTS]


def table(form: str, name: str) -> tuple[Any, ...]:
    return {"stored": STORED, "asked": ASKED, "root": ROOTS}[form][name]


def model_takes(form: str, name: str, data: Any) -> Any:
    """What the model makes of it, as JSON; None if refused."""
    try:
        model = model_of(name, form == "stored").model_validate(data)
    except ValidationError:
        return None
    return model.model_dump(by_alias=True, exclude_unset=True)


def test_the_committed_tables_are_what_the_generator_writes() -> None:
    assert TARGET.read_text("utf-8") == generated(), "run: python -m evt.eventlog.generate"


@pytest.mark.parametrize(("form", "name"), FORMS)
@settings(max_examples=often(25))
@given(source=st.data())
def test_both_accept_valid_data_as_it_is(form: str, name: str, source: st.DataObject) -> None:
    data = source.draw(from_table(table(form, name)))
    assert fits(table(form, name), data)
    assert model_takes(form, name, data) == data


@pytest.mark.parametrize(("form", "name"), FORMS)
@settings(max_examples=often(40))
@given(source=st.data())
def test_both_say_the_same_of_damaged_data(form: str, name: str, source: st.DataObject) -> None:
    data = damage(source, source.draw(from_table(table(form, name))))
    taken = model_takes(form, name, data)
    assert fits(table(form, name), data) == (taken is not None)
    assert taken is None or taken == data
    if taken is None:
        with pytest.raises(InvalidInput) as refused:
            refuse(table(form, name), data, name, form == "stored")
        assert "\n" not in refused.value.message


@given(name=st.sampled_from(EVENT_TYPES), data=JSON)
def test_both_say_the_same_of_any_json(name: str, data: Any) -> None:
    assert fits(STORED[name], data) == (model_takes("stored", name, data) is not None)


@given(
    st.sampled_from(EVENT_TYPES).flatmap(lambda name: st.tuples(st.just(name), event_data(name)))
)
def test_the_strategies_of_other_tests_give_valid_data(pair: tuple[str, dict[str, Any]]) -> None:
    assert fits(STORED[pair[0]], pair[1])


HOSTILE = st.sampled_from(
    [None, True, False, 0, 1, -1, 6, 1.0, 0.5, 2**53, -(2**63), 10**400, "", "x", "..", "/etc",
     "a/../b", "a\x00", "A", "a" * 129, "command", [], {}, [None], [""], ["../a"], {"path": "a"},
     {"check": "command"}, {"check": []}, float("nan"), float("inf")]
)  # fmt: skip


def damage(source: st.DataObject, value: Any) -> Any:
    """One place in the value is replaced, removed or added."""
    if isinstance(value, dict) and value and source.draw(st.integers(0, 3)):
        key = source.draw(st.sampled_from(sorted(value)))
        if source.draw(st.booleans()):
            return {**value, key: damage(source, value[key])}
        return {other: inner for other, inner in value.items() if other != key}
    if isinstance(value, dict) and source.draw(st.booleans()):
        return {**value, source.draw(st.sampled_from(["x", "attempt", "late", "path", "off"])): 1}
    if isinstance(value, list) and value and source.draw(st.booleans()):
        at = source.draw(st.integers(0, len(value) - 1))
        return [*value[:at], damage(source, value[at]), *value[at + 1 :]]
    return source.draw(HOSTILE | JSON)
