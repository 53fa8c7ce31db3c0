"""Sentences that become checks, and those that must not: never a guess."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evt.eventlog.checking import check_task
from evt.validators.criteria import compile_task, effective, lease, words_of
from evt.validators.phrases import compiled
from tests.validators.builders import task_of

WORDS = {"check": "word_count", "min": 100, "max": 200}
NAMES = {"check": "sections", "names": ["Overview", "Usage", "License"]}


def one(text: str, outputs: tuple[str, ...] = ("docs/summary.md",)) -> dict[str, Any] | None:
    return compiled(text, list(outputs), None)


@pytest.mark.parametrize(
    ("text", "check"),
    [
        *((text, WORDS) for text in (
            "Summary has between 100 and 200 words",
            "The summary is between 100 and 200 words long.",
            "Between 100 and 200 words", "100-200 words", "100\u2013200 words",
            "The summary must be 100 to 200 words", "Word count between 100 and 200",
            "Word count: 100-200", "- [ ] Length is between 100 and 200 words",
            "The final document should contain between 100 and 200 words",
        )),
        *((text, {"check": "word_count", "min": 100}) for text in (
            "At least 100 words", "The document has at least 100 words", "100 words or more",
            "The report is no shorter than 100 words", "Write at least 100 words",
            "The proposal is at least 100 words long", "The design document has 100+ words",
            "minimum of 100 words", "no fewer than 100 words", "100 words minimum",
        )),
        *((text, {"check": "word_count", "max": 200}) for text in (
            "Word limit: 200 words", "Keep it under 201 words", "Limit the summary to 200 words",
            "It stays within 200 words",
            "The summary is kept to 200 words", "Do not exceed 200 words",
            "At most 200 words", "No more than 200 words", "max 200 words", "up to 200 words",
            "200 words or fewer", "The summary must not exceed 200 words", "200 words max",
            "<= 200 words", "\u2264 200 words",
        )),
        *((text, WORDS) for text in (
            "At least 100 words and at most 200 words", "at least 100 and no more than 200 words",
            "minimum 100, maximum 200 words",
        )),
        ("Must be >= 200 words", {"check": "word_count", "min": 200}),
        ("200+ words", {"check": "word_count", "min": 200}),
        ("> 40 lines", {"check": "line_count", "min": 41}),
        ("more than 1,000 words", {"check": "word_count", "min": 1001}),
        ("Under 300 words", {"check": "word_count", "max": 299}),
        ("exactly 50 words", {"check": "word_count", "min": 50, "max": 50}),
        ("at most 100 lines", {"check": "line_count", "max": 100}),
        ("fewer than 10 lines", {"check": "line_count", "max": 9}),
        ("under 10 KB", {"check": "max_size", "bytes": 10_240}),
        ("The file is at most 2 MB", {"check": "max_size", "bytes": 2 << 20}),
        *((text, {"check": "files_exist"}) for text in (
            "Output file exists", "The output files exist", "All output files are created",
        )),
        ("`docs/summary.md` exists", {"check": "files_exist", "paths": ["docs/summary.md"]}),
        ("summary.md exists", {"check": "files_exist", "paths": ["docs/summary.md"]}),
        *((text, NAMES) for text in (
            "Contains sections Overview, Usage and License",
            "The document has the sections \"Overview\", \"Usage\", and \"License\"",
            "Includes the following sections: Overview, Usage, License",
            "Required sections: Overview, Usage, License",
            "Sections: Overview, Usage, License",
            "Has the Overview, Usage and License sections",
        )),
        ("Contains sections A and B in this order",
         {"check": "sections", "names": ["A", "B"], "ordered": True}),
        ("Has an Overview section", {"check": "sections", "names": ["Overview"]}),
        *((text, {"check": "sections", "names": names}) for text, names in (
            ("Includes a Summary section and a Risks section", ["Summary", "Risks"]),
            ("Contains an Aim section, a \"Cost\" section and a Next Steps section",
             ["Aim", "Cost", "Next Steps"]),
            ("Contains sections Aim, Risks and Contacts", ["Aim", "Risks", "Contacts"]),
            ("Contains sections Pros and Cons, Risks", ["Pros and Cons", "Risks"]),
            ("Contains sections Summary, Pros and cons", ["Summary", "Pros and cons"]),
            ("Contains sections Aim, and Pros and Cons", ["Aim", "Pros and Cons"]),
            ("Contains sections Risks & Costs, Summary", ["Risks & Costs", "Summary"]),
        )),
        ("Must contain \"event log\"", {"check": "contains", "pattern": "event log"}),
        ("The file must contain the word `log`",
         {"check": "contains", "pattern": r"\blog\b", "regex": True}),
        ("Must not contain the words \"foo\" or \"bar\"",
         {"check": "not_contains", "pattern": r"\bfoo\b|\bbar\b", "regex": True}),
        ("Must not contain the word \"\u6d4b\u8bd5\"",
         {"check": "not_contains", "pattern": "\u6d4b\u8bd5"}),
        ("Must not contain 'foo'", {"check": "not_contains", "pattern": "foo"}),
        ("Does not mention \"Acme\"",
         {"check": "not_contains", "pattern": "Acme", "ignoreCase": True}),
        ("Contains no \"foo\"", {"check": "not_contains", "pattern": "foo"}),
        *((text, {"check": "syntax", "format": "json"}) for text in (
            "valid JSON", "Output is valid JSON", "The file is well-formed JSON", "parses as JSON",
            "JSON is valid",
        )),
        ("valid YAML", {"check": "syntax", "format": "yaml"}),
        ("The output must be valid TOML", {"check": "syntax", "format": "toml"}),
        ("is valid Markdown", {"check": "syntax", "format": "markdown"}),
        ("`pytest -q` passes", {"check": "command", "argv": ["pytest", "-q"]}),
        *((text, {"check": "placeholders"}) for text in (
            "No TODOs", "No TODOs or placeholders left", "Contains no placeholder text",
            "There are no TODO comments left", "free of placeholders",
        )),
        *((text, {"check": "in_scope"}) for text in (
            "Only docs/summary.md is changed", "Only `docs/summary.md` may be modified",
            "No files other than docs/summary.md are changed",
            "Only the output file is changed", "Only the output files are modified",
            "No other files are changed", "Nothing else is modified",
            "Does not change any other files", "No files outside the scope are touched",
        )),
        ("`tests/` is unchanged", {"check": "unchanged", "paths": ["tests/**"]}),
        ("tests/ may not be modified", {"check": "unchanged", "paths": ["tests/**"]}),
        ("Do not change any files in `src/api/`", {"check": "unchanged", "paths": ["src/api/**"]}),
        *((text, {"check": "links"}) for text in (
            "No broken links", "No dead links", "All links work", "All links resolve",
            "Every link is valid", "Contains no broken internal links",
        )),
        ("old.py no longer exists", {"check": "absent", "paths": ["old.py"]}),
        ("No secrets", {"check": "secrets"}),
        ("The file is not empty", {"check": "not_empty"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_common_phrasings_become_checks(text: str, check: dict[str, Any]) -> None:
    """Given a criterion as people write it, then it is that check, and a valid one."""
    assert one(text) == check
    check_task({**task_of(["a.md"]), "acceptance": {"checks": [check]}})


@pytest.mark.parametrize(
    "text",
    [
        "The summary is clear and well written", "Output file exists and has at least 100 words",
        "About 200 words", "The introduction has at least 50 words", "At least 3 examples",
        "Contains three sections", "Has sections for installation and usage", "It compiles",
        "Every function has a docstring", "Covers topics A, B and C",
        "Contains sections Summary, Risks and optionally Notes", "Must have sections A / B",
        "Contains sections Aim, Risks and Mitigations",
        "Contains sections Pros and Cons", "Contains sections Aim, Cost as level-2 headings",
        "Contains sections Aim, Cost, etc", "Has a Summary or Abstract section",
        "Contains sections Aim (short), Cost", "May contain \"foo\"", "May contain a Notes section",
        "old.md may be deleted", "x.md may be present", "It may have 100 to 200 words",
        "At least 100 words and at most 20 lines", "No links",
        "All tests pass", "Between 200 and 100 words", "The word count is at most 20 lines",
        "Must contain the right words", "valid JSON Schema of draft 2020-12 for the events",
        "No TODOs in the old code, but keep those of the parser", "at least 10 KB",
        "The executive summary has between 100 and 200 words", "",
        "Sections are clear: each has a purpose, an owner and a date that is in the future",
        "Only docs/other.md is changed", "Each section has under 200 words",
        "No sentence is over 30 words", "Explain in at least 3 lines why", "At least 5 key words",
        "Between 100 words and 20 lines", "Words of more than 12 letters are avoided",
        "Must not be less than 100 or more than 50 words",
        "The test suite is complete", "only the relevant files are changed", "x" * 5000,
    ],
)  # fmt: skip
def test_everything_else_is_for_people(text: str) -> None:
    assert one(text) is None


@given(st.text(max_size=60))
def test_any_text_is_compiled_to_a_valid_check_or_to_none(text: str) -> None:
    found = one(text)
    assert found is None or check_task({**task_of(["a.md"]), "acceptance": {"checks": [found]}})


def test_what_a_sentence_is_about_must_be_clear() -> None:
    """Given several outputs, then a noun must name one of them, or the sentence all."""
    two = ("a/summary.md", "notes.md")
    assert one("The summary has at least 5 words", two) == {
        "check": "word_count", "min": 5, "paths": ["a/summary.md"],
    }  # fmt: skip
    assert one("Each file has at least 5 words", two) == {"check": "word_count", "min": 5}
    assert one("The document has at least 5 words", two) is None
    assert one("At least 5 words", two) is None
    assert (one("valid JSON", ("a.json", "b.md")) or {})["paths"] == ["a.json"]
    assert one("valid JSON", ("a.txt", "b.md")) is None


def test_tests_that_must_stay_are_all_files_that_are_tests_by_name() -> None:
    """Given a task that hands in tests, then it is not clear which of them must stay."""
    found = one("Do not modify tests", ("src/a.py",)) or {}
    assert found["check"] == "unchanged"
    assert {"tests/**", "**/test_*.py"} <= set(found["paths"])
    assert one("Existing tests are not changed", ("src/a.py",)) == found
    assert one("Do not modify tests", ("src/a.py", "tests/test_a.py")) is None


def test_tests_pass_only_where_a_command_is_known() -> None:
    data = task_of(["a.py"], criteria=["All tests pass"])
    assert compile_task(data) == [{"text": "All tests pass", "check": None}]
    data["acceptance"]["validation"] = "pytest -q tests/test_a.py"
    check = {"check": "command", "argv": ["pytest", "-q", "tests/test_a.py"]}
    assert compile_task(data) == [{"text": "All tests pass", "check": check}]
    assert effective(data).count(check) == 1
    data["acceptance"]["validation"] = "ruff check ."
    assert compile_task(data)[0]["check"] is None


@pytest.mark.parametrize(
    ("line", "argv"),
    [
        ("pytest -q 'a b.py'", ["pytest", "-q", "a b.py"]),
        ("python check.py {path}", ["python", "check.py", "{path}"]),
        ("cat a | wc -l", None), ("cd x && make", None), ("A=1 make", None), ("ls *.py", None),
        ("echo $HOME", None), ("make test; true", None), ("echo 'open", None), ("cd x", None),
        ("cp {a,b}", None),
    ],
)  # fmt: skip
def test_a_line_is_split_or_given_to_a_shell(line: str, argv: list[str] | None) -> None:
    assert words_of(line) == (argv or ["bash", "-c", line])


def test_effective_checks_are_defaults_own_compiled_and_validation() -> None:
    data = task_of(
        ["a.md"], deletedFiles=["b.md"], criteria=["At least 5 words", "No TODOs", "Nice"],
        checks=[{"check": "secrets", "off": True}, {"check": "links"}], validation="make",
    )  # fmt: skip
    assert [check["check"] for check in effective(data)] == [
        "files_exist", "absent", "not_empty", "conflict_markers", "placeholders", "not_copied",
        "syntax", "links", "word_count", "command",
    ]  # fmt: skip
    assert lease(data) == 360


def test_a_project_has_only_its_own_checks() -> None:
    check = {"check": "command", "argv": ["make"]}
    assert effective({"name": "p", "acceptance": {"checks": [check]}}) == [check]
