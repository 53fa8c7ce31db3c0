"""How good the gate is, and what it costs: both rates of the corpus, and 20 files of 50 kB."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from random import Random

from evt.validators.gate import judge
from evt.validators.work import Work
from tests.bench.measure import PASS, ROOT, Row, process
from tests.validators import builders, cases
from tests.validators.builders import task_of

FILES, BYTES = 20, 50_000
CATCH_LEAST, FALSE_MOST = 95, 2  # percent
MILLISECONDS_MOST, MILLISECONDS_AIM = 300, 200
JUDGE = (
    "import sys\nsys.path.insert(0, {namespace!r})\n"
    "from evt.validators.gate import judge\nfrom evt.validators.work import Work\n"
    "assert judge(Work({root!r}, {task!r})).verdict == 'passed'\n"
)
VOCABULARY = (
    "harbour ship arrival list tide pier lamp keeper rope count noon winter stone letter office "
    "bell water record night signal captain cargo timber grain ledger window market bridge street"
)
WORDS = VOCABULARY.split()


def rows(folder: Path, rounds: int) -> list[Row]:
    """Judge the corpus, and time the default checks of a large task beyond starting Python."""
    caught, bad = _caught(folder / "bad")
    refused, good = _refused(folder / "good")
    return [
        Row("bad deliverables caught", 100 * caught / bad, " %", at_least=CATCH_LEAST,
            note=f"{caught} of {bad}"),
        Row("good deliverables refused", 100 * refused / good, " %", at_most=FALSE_MOST,
            note=f"{refused} of {good}"),
        Row("default checks, 20 files of 50 kB", _milliseconds(folder / "large", rounds), " ms",
            at_most=MILLISECONDS_MOST, aim=MILLISECONDS_AIM, note="beyond python -c pass"),
    ]  # fmt: skip


def _caught(folder: Path) -> tuple[int, int]:
    verdicts = _verdicts(folder, cases.bad(), builders.bad())
    return sum(verdict == "refused" for verdict in verdicts), len(verdicts)


def _refused(folder: Path) -> tuple[int, int]:
    verdicts = _verdicts(folder, cases.good(), builders.fine())
    return sum(verdict != "passed" for verdict in verdicts), len(verdicts)


def _verdicts(
    folder: Path, written: list[cases.Case], built: list[tuple[str, str, builders.Build]]
) -> list[str]:
    found = []
    for number, case in enumerate(written):
        place = folder / f"written-{number}"
        place.mkdir(parents=True)
        found.append(case.judged(place).verdict)
    for number, (_, _, build) in enumerate(built):
        place = folder / f"built-{number}"
        place.mkdir()
        found.append(judge(build(place)).verdict)
    return found


def _milliseconds(folder: Path, rounds: int) -> float:
    """The median of what judging costs more than starting, in alternating pairs."""
    gate, nothing = process(PASS[0], "-c", program(folder)), process(*PASS)
    gate()  # compiles what was not yet
    return 1000 * statistics.median(gate() - nothing() for _ in range(rounds))


def program(folder: Path) -> str:
    """Write the files, and return a program that judges them."""
    folder.mkdir(parents=True)
    for path, text in large_files().items():
        (folder / path).write_text(text, "utf-8")
    task = task_of(sorted(large_files()))
    assert judge(Work(str(folder), task)).verdict == "passed"
    namespace = str(ROOT / ".namespace")
    return JUDGE.format(namespace=namespace, root=str(folder), task=task)


def large_files() -> dict[str, str]:
    """20 files of 50 kB as tasks have them: prose, Python and data; the same in every run."""
    made = {}
    for number in range(FILES):
        random = Random(number)
        kind, make = (
            ("md", _markdown), ("py", _python), ("md", _markdown), ("json", _json), ("txt", _prose),
            ("py", _python), ("yaml", _yaml), ("md", _markdown), ("py", _python), ("csv", _csv),
        )[number % 10]  # fmt: skip
        made[f"file-{number:02d}.{kind}"] = make(random)
    return made


def _sentence(random: Random) -> str:
    words = [random.choice(WORDS) for _ in range(random.randint(6, 18))]
    return " ".join(["The", *words]) + "."


def _prose(random: Random) -> str:
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < BYTES:
        paragraphs.append(" ".join(_sentence(random) for _ in range(random.randint(3, 6))))
    return "\n\n".join(paragraphs) + "\n"


def _markdown(random: Random) -> str:
    parts = ["# Harbour"]
    while sum(map(len, parts)) < BYTES:
        name = " ".join(random.choice(WORDS) for _ in range(3))
        items = "\n".join(f"- {_sentence(random)}" for _ in range(4))
        code = "```sh\nharbour count " + name + "\n```"
        link = f"See [{name}](#{name.replace(' ', '-')}) and `{name}`. {_sentence(random)}"
        parts += [f"## {name.title()}", _sentence(random), items, code, link]
    return "\n\n".join(parts) + "\n"


def _python(random: Random) -> str:
    parts = ['"""Counts ships."""']
    number = 0
    while sum(map(len, parts)) < BYTES:
        number += 1
        a, b = random.sample(WORDS, 2)
        parts.append(
            f"def {a}_{number}({a}: list[str], {b}: int = {number}) -> dict[str, int]:\n"
            f'    """{_sentence(random)}"""\n'
            f"    found = {{}}\n    for one in {a}:\n"
            f"        # {_sentence(random)}\n"
            f"        if len(one) > {b} and one not in found:\n"
            f"            found[one] = {b} * len(one) + {number}\n    return found"
        )
    return "\n\n\n".join(parts) + "\n"


def _json(random: Random) -> str:
    ships = [{"name": random.choice(WORDS), "id": n, "text": _sentence(random)} for n in range(400)]
    return json.dumps({"ships": ships}, indent=1)[:-1] + "}\n"


def _yaml(random: Random) -> str:
    lines = [
        f"- name: {random.choice(WORDS)}\n  id: {n}\n  text: {_sentence(random)}"
        for n in range(430)
    ]
    return "\n".join(lines) + "\n"


def _csv(random: Random) -> str:
    return "name,tons\n" + "".join(
        f"{random.choice(WORDS)},{random.randint(1, 9999)}\n" for _ in range(4200)
    )
