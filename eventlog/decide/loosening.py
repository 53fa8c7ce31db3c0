"""Does a revision ask for less than before? The reviewer of the work should know.

Whatever cannot be shown to ask for at least as much counts as loosened.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evt.eventlog.rows import TaskRow

    Check = dict[str, Any]


def with_loosened(task: TaskRow, data: dict[str, Any]) -> dict[str, Any]:
    """The data of a TaskRevised, with `loosened` if it takes away or weakens what is checked."""
    new = data["changed"].get("acceptance")
    if new is None or not loosened(task["data"].get("acceptance", {}), new):
        return data
    return {**data, "loosened": True}


def loosened(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a criterion, a check or the validation is gone or weaker, or a default is off."""
    if not set(old.get("criteria", ())) <= set(new.get("criteria", ())):
        return True
    if "validation" in old and old["validation"] != new.get("validation"):
        return True
    before, after = old.get("checks", []), new.get("checks", [])
    if any(
        not any(_as_strict(check, other) for other in after) for check in before if _is_on(check)
    ):
        return True
    return any(_weakens_a_default(check, before) for check in after)


def _is_on(check: Check) -> bool:
    return not check.get("off", False)


def _as_strict(old: Check, new: Check) -> bool:
    """Whether the new check refuses whatever the old one refused."""
    return all(
        _STRICTER[key](old.get(key), new.get(key))
        if key in _STRICTER
        else old.get(key) == new.get(key)
        for key in old.keys() | new.keys()
    )


def _weakens_a_default(check: Check, before: list[Check]) -> bool:
    """Whether a check that every task has was turned off or given exceptions by the revision."""
    if _is_on(check) and not check.get("allow"):
        return False
    return not any(_as_strict(old, check) for old in before if old["check"] == check["check"])


def _at_least(old: Any, new: Any) -> bool:
    return old is None or (new is not None and new >= old)


def _at_most(old: Any, new: Any) -> bool:
    return old is None or (new is not None and new <= old)


def _no_more(old: Any, new: Any) -> bool:
    return all(item in (old or ()) for item in new or ())


def _no_less(old: Any, new: Any) -> bool:
    return all(item in (new or ()) for item in old or ())


_STRICTER: dict[str, Callable[[Any, Any], bool]] = {
    "min": _at_least,
    "max": _at_most,
    "bytes": _at_most,
    "names": _no_less,
    "allow": _no_more,
    "also": _no_more,
    "off": lambda old, new: bool(old) or not new,
    "timeoutSeconds": lambda old, new: True,
    "ordered": lambda old, new: not old or bool(new),
}
