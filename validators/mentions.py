"""Does the output of a command speak of files that somebody else is working on?"""

from __future__ import annotations

import os
import re

from evt.validators.globs import any_match

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evt.validators.work import Other, Work

_PATH = re.compile(r"[\w.@+-]*(?:/[\w.@+-]+)*/?[\w@+-]+\.[A-Za-z0-9]{1,10}\b")
_LOOKED_AT = 5000  # different paths of one output


def belongs_to(output: str, work: Work) -> tuple[str, Other] | None:
    """(path, attempt) of the first file in the output that belongs to another live attempt.

    A path may be absolute or relative to the root; files of the task itself are its own.
    """
    live = [other for other in work.others if other.live]
    if not live:
        return None
    scope = [*work.context("outputFiles"), *work.context("deletedFiles"), *work.touched]
    tops = {work.root.rstrip("/") + "/", os.path.realpath(work.root) + "/"}
    for path in list(dict.fromkeys(_PATH.findall(output)))[:_LOOKED_AT]:
        for top in tops:
            path = path.removeprefix(top)
        path = path.removeprefix("./")
        if not any_match(path, scope):
            for other in live:
                if other.claims(path):
                    return path, other
    return None
