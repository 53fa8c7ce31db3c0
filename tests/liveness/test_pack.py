"""What a chat that forgot everything is given: all that was, in 600 tokens."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.cli.packing import by_hand
from evt.eventlog.commands import Emit, Verdict
from evt.projections.pack import pack, pack_text
from tests.eventlog.world import World, command

TOKENS, BYTES_PER_TOKEN = 600, 4
FINDING = {"check": "word_count", "verdict": "failed", "path": "a.md", "message": "40 words, not"}


def shown(world: World, name: str = "t", merges: list[dict[str, Any]] | None = None) -> str:
    """The pack of a task that somebody has, in words."""
    row = world.row(name)
    worker = row["attempts"][-1]["worker"]
    return pack_text(pack(world.state, row, merges), worker, by_hand(row["data"]))


def resumed(world: World, name: str = "t") -> dict[str, Any]:
    found = pack(world.state, world.row(name))["resume"]
    assert found is not None
    return found


@pytest.fixture
def world() -> World:
    """A has worked on `t`, was refused once, and is gone."""
    world = World().project().task("t", context={"outputFiles": ["a.md"]})
    for name in ("A", "B"):
        world.join(name)
    world.next("A")
    world.emit("A", "Heartbeat", note="chapter 1 is done", progress=0.5, touched=["a.md", "b.md"])
    deliverables = [{"path": "a.md", "sha256": "0" * 64, "bytes": 1}]
    verdict = Verdict(False, deliverables, [FINDING])
    world.refused(command("A", "Completed", verdict=verdict), 5)
    return world


def test_the_next_worker_gets_all_that_was(world: World) -> None:
    world.wait(91)
    assert world.next("B") == "t"
    found = resumed(world)
    assert found == {
        "from": "A", "attempt": 1, "ended": "closed", "reopened": None, "failed": None,
        "failedBy": None, "progress": 0.5,
        "note": "chapter 1 is done", "touched": ["a.md", "b.md"], "deliverables": ["a.md"],
        "refusals": 1, "findings": [FINDING], "answers": [],
    }  # fmt: skip
    text = shown(world)
    for words in (
        "before you: A (attempt 1)", "note: chapter 1 is done", "done so far: 50 %",
        "changed so far: a.md, b.md", "handed in so far: a.md",
        "refused by the gate 1 times, last for:\n    40 words, not",
    ):  # fmt: skip
        assert words in text


def test_the_same_worker_gets_its_own_after_a_restart(world: World) -> None:
    world.join("A", takeover=True)
    assert world.next("A") == "t"
    assert (resumed(world)["from"], resumed(world)["note"]) == ("A", "chapter 1 is done")


def test_what_several_left_is_put_together(world: World) -> None:
    """Given three attempts that each left something else, then the fourth has all of it."""
    world.wait(91)
    world.next("B")
    world.emit("B", "Heartbeat", touched=["c.md"])
    world.emit("B", "Failed", reason="the source is missing")
    world.join("C")
    world.wait(11)
    world.next("C")
    found = resumed(world)
    assert (found["from"], found["note"]) == ("B", "chapter 1 is done")
    assert found["touched"] == ["c.md", "a.md", "b.md"]
    assert (found["findings"], found["failed"]) == ([FINDING], "the source is missing")
    assert "B gave up: the source is missing" in shown(world)


@pytest.mark.parametrize("parked", [False, True])
def test_the_last_words_of_one_who_leaves_go_with_the_task(parked: bool, world: World) -> None:
    if parked:
        world.emit("A", "Escalated")
    world.do(Emit("A", "WorkerLeft", "A", {"note": "section 3 is missing"}))
    if parked:
        world.emit("engineer", "Resolved", answer="yes")
    assert world.next("B") == "t"
    assert shown(world).count("section 3 is missing") == 1
    assert resumed(world)["note"] == "section 3 is missing"


def test_a_reopened_task_comes_with_its_defect(world: World) -> None:
    """Given work that was refused, accepted and reopened, then the defect is all that is left."""
    world.emit("A", "Completed", notes="done")
    world.emit("engineer", "Reopened", defect="the changelog entry is missing")
    world.next("B")
    found = resumed(world)
    assert found["reopened"] == "the changelog entry is missing"
    assert (found["refusals"], found["findings"], found["progress"]) == (0, [], None)
    lines = shown(world).splitlines()
    at = lines.index("before you: A (attempt 1)")
    assert lines[at + 1] == "  reopened: the changelog entry is missing"


def test_a_task_is_told_in_full_where_there_is_room() -> None:
    end = "then bump the version in pyproject.toml"
    text = "Write down what changed and why, in the order in which a reader meets it. " * 5 + end
    world = World().project().task("t", description=text, context={"requirements": [text]})
    world.join("A")
    world.next("A")
    assert shown(world).count(end) == 2
    assert "the rest" not in shown(world)


def test_what_has_no_room_says_where_the_rest_is() -> None:
    text = "word " * 400
    world = World().project().task("t", description=text, context={"requirements": [text] * 3})
    world.join("A")
    world.next("A")
    assert len(shown(world)) < TOKENS * BYTES_PER_TOKEN
    assert "  ... the rest: evt next --json" in shown(world).splitlines()


def test_a_first_try_has_nothing_to_resume() -> None:
    world = World().project().task("t")
    world.join("A")
    world.next("A")
    assert pack(world.state, world.row())["resume"] is None


def test_what_is_to_be_merged_comes_before_all_else_that_was_delivered(world: World) -> None:
    merges = [{"task": "u", "branch": "work-u", "commit": "c" * 40}]
    for name in ("u", "v"):
        world.task(name, priority=9)
        assert world.next("B") == name
        world.emit("B", "Completed", name, notes=f"{name} is done")
    world.task("w", dependencies=["v", "u"], priority=9)
    world.next("B")
    document = pack(world.state, world.row("w"), merges)
    assert [(n["task"], n.get("merge"), n.get("branch")) for n in document["needs"]] == [
        ("v", None, None), ("u", "c" * 40, "work-u")
    ]  # fmt: skip
    lines = shown(world, "w", merges).splitlines()
    at = lines.index("done before:")
    assert lines[at + 1] == "  - first: git merge work-u    (u)"
    assert lines[at + 2] == "  - v: a.md -- v is done"


# A task as `evt plan` wants it: at most 5 requirements and criteria, a few files.
long = st.one_of(
    st.text(min_size=1, max_size=4000), st.text(alphabet="日本語の要約 ", min_size=1, max_size=2000)
)
paths = st.text("abcdefghij/", min_size=1, max_size=40).map(lambda text: f"d{text}x.md")
tasks = st.fixed_dictionaries(
    {
        "context": st.fixed_dictionaries(
            {
                "targetFiles": st.lists(paths, max_size=3),
                "outputFiles": st.lists(paths, max_size=2),
                "relevantRules": st.lists(paths, max_size=1),
                "requirements": st.lists(st.text("abc def", min_size=1, max_size=80), max_size=5),
            }
        ),
        "acceptance": st.fixed_dictionaries(
            {"criteria": st.lists(st.text("ab cd", min_size=1, max_size=60), max_size=3)}
        ),
        "description": st.text("abcd efgh", min_size=1, max_size=160),
    }
)


@given(data=tasks, note=long, question=long, answer=long, finding=long, reason=long,
       touched=st.lists(paths, max_size=200), notes=long)  # fmt: skip
def test_a_pack_stays_within_600_tokens_whatever_was_left(
    data: dict[str, Any], note: str, question: str, answer: str, finding: str, reason: str,
    touched: list[str], notes: str,
) -> None:  # fmt: skip
    """Given an ordinary task and any amount of words and files from before, then it fits."""
    world = World().project().task("before").task("t", dependencies=["before"], **data)
    for name in ("A", "B"):
        world.join(name)
    world.next("A")
    world.emit("A", "Completed", "before", notes=notes)
    assert world.next("A") == "t"
    world.emit("A", "Heartbeat", note=note, progress=0.3, touched=touched)
    world.emit("A", "Escalated", question=question)
    world.emit("engineer", "Resolved", answer=answer)
    bad = {**FINDING, "message": finding[:100]}
    world.refused(command("A", "Completed", verdict=Verdict(False, [], [bad] * 9)), 5)
    world.emit("A", "Failed", reason=reason)
    world.wait(11)
    assert world.next("B") == "t"
    merges = [{"task": "before", "branch": "b" * 60, "commit": "c" * 40}]
    text = shown(world, merges=merges)
    assert len(text.encode("utf-8", "replace")) <= TOKENS * BYTES_PER_TOKEN, text
    assert "git merge " + "b" * 60 in text
    assert "evt emit Completed t" in text
