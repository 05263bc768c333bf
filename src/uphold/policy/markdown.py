# SPDX-License-Identifier: Apache-2.0
"""The form of policy.md: clauses, each under an HTML comment that no Markdown viewer shows (pure).

    <!-- clause: 1.1 -->
    1.1. The text of the clause.

`read(write(clauses)) == clauses` for any clauses that `import_` can yield. A line of text that
looks like an anchor gets a backslash when written and loses it when read.
"""

import re
from collections.abc import Sequence
from typing import Final

from uphold.policy.document import Clause
from uphold.policy.problem import Problem

ID: Final = re.compile(r"title|date|preamble\.[1-9]\d{0,3}|[1-9]\d{0,2}(?:\.[1-9]\d{0,2}){0,9}")
_ANCHOR = re.compile(r"<!-- clause: (\S+) -->")
_LIKE_ANCHOR = re.compile(r"^(<!-- )(\\*clause: )", re.MULTILINE)
_ESCAPED = re.compile(r"^(<!-- )\\(\\*clause: )", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def write(clauses: Sequence[Clause]) -> str:
    """The clauses as policy.md."""
    return "\n".join(f"{anchor(clause.id)}\n{_escape(clause.text)}\n" for clause in clauses)


def anchor(name: str) -> str:
    """The line that stands above clause `name`."""
    return f"<!-- clause: {name} -->"


def _escape(text: str) -> str:
    return _LIKE_ANCHOR.sub(r"\1\\\2", text)


def read(text: str, file: str) -> tuple[tuple[Clause, ...], dict[str, int], list[Problem]]:
    """Policy.md as clauses, the line of each clause's anchor, and what is wrong with the file."""
    clauses: list[Clause] = []
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    here, name, body = 0, "", list[str]()

    def close() -> None:
        found = _ESCAPED.sub(r"\1\2", "\n".join(body)).strip("\n")
        if not name:
            if _COMMENT.sub("", found).strip():
                problems.append(_lost(file))
        elif not found.strip():
            problems.append(Problem(file, here, "clause-empty", f"Clause {name} has no text.",
                                    "Write its text below the anchor, or remove the anchor."))  # fmt: skip
        else:
            clauses.append(Clause(name, found))

    for number, row in enumerate(text.split("\n"), 1):
        anchor = _ANCHOR.fullmatch(row.rstrip())
        if anchor is None:
            body.append(row)
            continue
        close()
        here, name, body = number, anchor[1], []
        if not ID.fullmatch(name):
            problems.append(Problem(file, number, "clause-id", f"{name!r} is no clause id.",
                                    "Use title, preamble.1, date, or a number such as 2.2.1."))  # fmt: skip
        elif name in lines:
            problems.append(Problem(file, number, "clause-twice", f"Clause {name} stands twice.",
                                    f"The first is at line {lines[name]}; give one another id."))  # fmt: skip
        lines.setdefault(name, number)
    close()
    if not clauses and not problems:
        problems.append(_lost(file))
    return tuple(clauses), lines, problems


def _lost(file: str) -> Problem:
    return Problem(
        file,
        1,
        "clause-missing",
        "There is text that belongs to no clause, or no clause at all.",
        "Put an anchor line such as <!-- clause: 1.1 --> above each clause.",
    )
