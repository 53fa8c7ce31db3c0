"""The gate: is what is handed in what was asked for? One walk, in the order that makes it evidence.

Hash the deliverables and the target files (of what is too large look only at inode, size and
times); run the checks; hash again. If something differed, do all of it once more; if it still
differs, files are changing and nothing was found. The caller then takes its lock, asks
`still_same`, and lets the decider have the judgement.
"""

from __future__ import annotations

from evt.validators.criteria import compile_task, effective, lease
from evt.validators.globs import is_glob
from evt.validators.registry import load
from evt.validators.result import RESULTS_MAX, counted, cut, cut_front, error, failed, manual
from evt.validators.tree import Stamp, Unusable, sight, status
from evt.validators.work import Work

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evt.validators.result import Finding

    Stamps = dict[str, Stamp | None]  # path -> as hashed, None: not there

_NAMED = 5  # files that a passed result names


class Judgement:
    """What the gate found.

    `verdict` is passed, refused, untrusted or error; `results`, `deliverables` and `attested` are
    as Completed and Rejected store them; `unattributed` are changed files that nobody claims;
    `changing` is the path that changed while it was judged, None if none did.
    """

    __slots__ = (
        "_stamps", "attested", "changing", "deliverables", "results", "unattributed", "verdict",
    )  # fmt: skip

    def __init__(self, work: Work, stamps: Stamps, results: list[Finding]) -> None:
        self._stamps = stamps
        self.results = _limited(results)
        self.verdict = _verdict(results, work.manual_ok)
        self.deliverables = _deliverables(work, stamps)
        self.attested = [
            {"criterion": number, "how": how} for number, how in sorted(work.attested.items())
        ]
        self.unattributed = list(work.unattributed)
        self.changing: str | None = None

    def still_same(self, root: str) -> bool:
        """Whether every hashed file has the inode, size and times it had; notes one that has not.

        To be asked under the lock, right before the judgement is handed to the decider.
        """
        for path, stamped in self._stamps.items():
            try:
                found = status(root, path)
            except (FileNotFoundError, Unusable):
                found = None
            same = found is None if stamped is None else found is not None and stamped.fits(found)
            if not same:
                self.changing = path
                return False
        return True


def judge(work: Work) -> Judgement:
    """Judge a piece of work; bad content makes findings and never an exception."""
    stamps = _stamps(work)
    changed: str | None = None
    for _ in range(2):
        _announce(work)
        work.forget()
        results = _results(work)
        again = _stamps(work)
        changed = _difference(stamps, again)
        if changed is None:
            return Judgement(work, stamps, results)
        stamps = again
    said = f"files are changing: {changed}: wait until nothing writes to it, then report again"
    judgement = Judgement(work, stamps, [{"check": "gate", **error(said, changed)}])
    judgement.changing = changed
    return judgement


def _announce(work: Work) -> None:
    """Ask for a lease that lasts as long as the commands may."""
    if work.runner is not None:
        work.runner.alive(lease(work.task))


def _stamps(work: Work) -> Stamps:
    """Every file that is judged or was read for it, as it is now."""
    found: Stamps = {}
    handed = work.globs({"check": "files_exist"})
    for glob in [*handed, *work.context("deletedFiles"), *work.context("targetFiles")]:
        for path in work.expanded(glob):
            if path in found:
                continue
            try:
                found[path] = sight(work.root, path)
            except (FileNotFoundError, Unusable):
                found[path] = None
    return found


def _difference(one: Stamps, other: Stamps) -> str | None:
    """The first path whose content is not the same."""
    for path in sorted({*one, *other}):
        mine, theirs = one.get(path), other.get(path)
        if (mine and mine.content()) != (theirs and theirs.content()):
            return path
    return None


def _deliverables(work: Work, stamps: Stamps) -> list[dict[str, Any]]:
    """[{path, sha256, bytes}] of what is handed over; sha256 is null for what was deleted.

    All outputs, whatever the report names: what is not recorded would never be found to drift.
    """
    globs = [*work.context("outputFiles"), *(work.deliverables or ())]
    gone = [path for path in work.context("deletedFiles") if not is_glob(path)]
    found: dict[str, dict[str, Any]] = {}
    for glob in globs:
        for path in work.expanded(glob):
            stamped = stamps.get(path)
            if stamped is not None and stamped.sha256 is not None:
                found[path] = {"path": path, "sha256": stamped.sha256, "bytes": stamped.size}
    for path in gone:
        if stamps.get(path) is None:
            found[path] = {"path": path, "sha256": None, "bytes": 0}
    return list(found.values())


def _results(work: Work) -> list[Finding]:
    """What every check says, then the criteria that a program cannot check."""
    found: list[Finding] = []
    for asked in effective(work.task):
        missing = {one["path"] for one in found if one["check"] == "files_exist" and "path" in one}
        found += _one(work, asked, missing)
    criteria = compile_task(work.task)
    by_hand = [(number, one["text"]) for number, one in enumerate(criteria, 1) if not one["check"]]
    asking = [one for one in found if one["verdict"] == "manual"]
    for number, one in enumerate(asking, len(criteria) + 1):
        _ask(work, one, number, one["message"])
    for number, text in by_hand:
        found.append(_ask(work, {"check": "criterion", **manual("")}, number, text))
    return found


def _ask(work: Work, one: Finding, number: int, what: str) -> Finding:
    """Word a manual result: attested, or how to attest it."""
    how = work.attested.get(number, "").strip()
    said = f"{number}. {cut(what.rstrip(' .'), 300)}"
    if how and how.casefold() != what.casefold():
        one["message"] = f"{said}: attested: {how}"
        one["attested"] = True
    else:
        one["message"] = (
            f"{said}: no program here can tell: look, then report with "
            f'--attest {number}="how you checked it"'
        )
    return one


def _one(work: Work, asked: dict[str, Any], missing: set[str]) -> list[Finding]:
    """The findings of one check; when there are none, the one result that it passed.

    A file that cannot be read fails the first check that asks for it; `missing` are known already.
    """
    name = asked["check"]
    begun = len(work.unreadable)
    origin: dict[str, str] = {}
    try:
        loaded = load(name)
        if loaded is None:
            said = [error(f"there is no check {name} here: install the plugin that brings it")]
        else:
            origin = loaded.origin
            said = list(loaded.check(work, asked))
    except Exception as problem:  # noqa: BLE001  whatever content or a plugin does, we must answer
        said = [_broken(name, problem)]
    known = {path for path, _ in work.unreadable[:begun]} | missing
    for path, why in dict(work.unreadable[begun:]).items():
        if path not in known:
            said.append(failed(f"{why}, so it cannot be checked", path))
    bad = [one for one in said if one["verdict"] != "passed"]
    return [{"check": name, **one, **origin} for one in bad or [_passed(work, asked, said)]]


def _broken(name: str, problem: Exception) -> Finding:
    from evt.validators.aside import CheckError

    if isinstance(problem, CheckError):
        return error(f"{name} {problem}")
    if isinstance(problem, (FileNotFoundError, Unusable)):
        return error(f"{name}: a file went away while it was read: {problem}: report again later")
    return error(f"{name} broke: {type(problem).__name__}: {problem}")


def _passed(work: Work, asked: dict[str, Any], said: list[Finding]) -> Finding:
    if said:
        return {"verdict": "passed", "message": "; ".join(one["message"] for one in said)}
    gone = {path for path, _ in work.unreadable}
    paths = [path for _, path in work.paths(asked) if path and path not in gone]
    names = ", ".join(paths[:_NAMED]) + (", ..." if len(paths) > _NAMED else "")
    return {"verdict": "passed", "message": f"{counted(len(paths), 'file')}: {names}".rstrip(": ")}


def _verdict(results: list[Finding], manual_ok: bool) -> str:
    """The first of these that fits: refused, error, untrusted; else passed."""
    verdicts = {
        one["verdict"] for one in results
        if not (one["verdict"] == "manual" and (manual_ok or one.get("attested")))
    }  # fmt: skip
    if verdicts & {"failed", "manual"}:
        return "refused"
    return next((one for one in ("error", "untrusted") if one in verdicts), "passed")


def _limited(results: list[Finding]) -> list[Finding]:
    """Results as they are stored: redacted, cut, the bad ones first when there are too many."""
    from evt.validators.secret_patterns import redacted

    ordered = results
    if len(results) > RESULTS_MAX:
        ordered = sorted(results, key=lambda one: one["verdict"] == "passed")[:RESULTS_MAX]
        ordered[-1] = {**ordered[-1], "more": len(results) - RESULTS_MAX}
    return [_stored(one, redacted) for one in ordered]


def _stored(one: Finding, redacted: Any) -> Finding:
    from evt.eventlog.forms import is_path

    stored = {key: value for key, value in one.items() if key != "attested"}
    stored["message"] = cut(redacted(stored["message"]))
    if "tail" in stored:
        stored["tail"] = cut_front(redacted(stored["tail"]))
    if "path" in stored and not (is_path(stored["path"]) and _encodes(stored["path"])):
        del stored["path"]
    return stored


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
