# SPDX-License-Identifier: Apache-2.0
"""Which promises, fact or duty each clause of a policy is bound to, and what is wrong with that (pure).

The title and a bare heading say nothing of their own: they are facts without being told so. Every
other clause is bound in `policy.toml`, or it is unbound: a promise that nothing keeps.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence

from uphold.policy import promise, term
from uphold.policy.document import Binding, Clause, Policy
from uphold.policy.locate import Path

Fault = tuple[Path, str, str, str]
"""Where in policy.toml, the problem's code, what it says, the way out."""

_HEADING = re.compile(r"#{1,6}\s+[^\n]+")


def bare(clause: Clause) -> bool:
    """Whether a clause is the title or a heading with no text below it."""
    return clause.id == "title" or _HEADING.fullmatch(clause.text.strip()) is not None


def of(policy: Policy, clause: Clause) -> Binding | None:
    """What a clause is bound to; None if it is unbound."""
    declared = policy.bindings.get(clause.id)
    if declared is None and bare(clause):
        return Binding(clause.id, (), fact=True, duty=None)
    return declared


def unbound(policy: Policy, clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The clauses that nothing is said about, in the order of the text."""
    return tuple(clause for clause in clauses if of(policy, clause) is None)


def faults(
    policy: Policy, clauses: Sequence[Clause], declared: Mapping[str, object]
) -> Iterator[Fault]:
    """What is wrong in the tables `[clause."ID"]`, which `declared` has as they stand in the file."""
    ids = {clause.id for clause in clauses}
    for name, one in policy.bindings.items():
        path: Path = ("clause", name)
        if ids and name not in ids:
            yield (path, "clause-unknown", f"The policy's text has no clause {name}.",
                   "Name a clause that it has an anchor for, or drop the table.")  # fmt: skip
        for kept in one.promises:
            if kept not in promise.catalogue():
                yield ((*path, "promises"), "promise-unknown", f"There is no promise {kept!r}.",
                       _near(kept))  # fmt: skip
        yield from _sense(path, one, declared.get(name))


def _sense(path: Path, one: Binding, declared: object) -> Iterator[Fault]:
    """Whether one table says one thing, and says anything."""
    if one.fact and (one.promises or one.duty):
        yield ((*path, "fact"), "fact-bound",
               f"Clause {one.clause} is called a fact and bound as well.",
               "Drop fact = true, or drop the promises and the duty.")  # fmt: skip
    if isinstance(declared, dict) and any(key.isdigit() for key in declared):
        yield (path, "clause-quotes", "The number of a clause stands in quotes.",
               'Write [clause."1.1"], as a dot without quotes begins a table within a table.')  # fmt: skip
    if declared in ({}, {"fact": False}, {"promises": []}):
        yield (path, "binding-empty", f"Nothing is said of clause {one.clause}.",
               "List promises, say fact = true, or describe a duty.")  # fmt: skip
    if one.duty and one.duty.every and term.parse(one.duty.every) is None:
        yield ((*path, "duty", "every"), "term", f"{one.duty.every!r} is no term.",
               "Write P1Y for a year, P3Y for three, P6M for six months.")  # fmt: skip


def _near(name: str) -> str:
    near = difflib.get_close_matches(name, promise.catalogue(), n=1)
    return f"Did you mean {near[0]!r}?" if near else "See docs/reference/promises.md for all."
