# SPDX-License-Identifier: Apache-2.0
"""Two versions of a policy beside each other: what each clause says otherwise, and what that changes (pure).

    found = compare(edition, draft)
    found.material          whether anything that people were told changed
    found.clauses           only the clauses that differ, word by word, in the order of the second version
    found.changes           what is declared otherwise, each change named

A clause is recognised although its number or some of its words changed. Deterministic: equal input, equal
output. `compare(a, a)` is empty, and `compare(b, a)` is its mirror image.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from uphold.policy import change, change_forms, import_, words
from uphold.policy.change import Change, Version
from uphold.policy.document import Clause
from uphold.policy.words import Run

# Two clauses with so much in common are one clause, whatever their numbers; under the same number, less will do.
ALIKE = 0.6
ALIKE_IN_PLACE = 0.3
# Clauses of which a text has at most one.
_SINGLE = frozenset({"title", "date"})


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One clause that differs. `before` and `after` are its ids, empty where there is none; `runs` its words."""

    language: str
    before: str
    after: str
    runs: tuple[Run, ...]

    @property
    def kind(self) -> str:
        """`added`, `removed`, `moved` (another number, perhaps other words too) or `changed`."""
        if not self.before:
            return "added"
        if not self.after:
            return "removed"
        return "changed" if self.before == self.after else "moved"

    @property
    def is_reworded(self) -> bool:
        """Whether words changed, and not the number alone."""
        return any(run.mark is not words.Mark.SAME for run in self.runs)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between two versions."""

    clauses: tuple[ClauseChange, ...]
    changes: tuple[Change, ...]

    @property
    def material(self) -> bool:
        """Whether anything that people were told changed; a text that changed alone is cosmetic."""
        return any(found.material for found in self.changes)

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return not (self.clauses or self.changes)

    def widening(self, purpose: str) -> tuple[Change, ...]:
        """The changes by which more may be done for a purpose than was agreed to under the first version."""
        return tuple(one for one in self.changes if one.widens and one.concerns(purpose))


def compare(a: Version, b: Version) -> Comparison:
    """Compare two versions, each an edition or a draft; `a` is the older one."""
    clauses: list[ClauseChange] = []
    for language in [*b.texts, *(language for language in a.texts if language not in b.texts)]:
        clauses += texts(a.texts.get(language, ()), b.texts.get(language, ()), language)
    changes = [*change.declared(a.policy, b.policy), *change_forms.forms(a.forms, b.forms)]
    explained = frozenset(
        # A change of a form explains other wordings of that form, of a purpose those of that purpose.
        (one.form or one.purpose)
        for one in changes
        if one.material
    )
    proof = {a.policy.evidence, b.policy.evidence}
    if explained & proof:
        # Every consent says how long its proof is kept.
        explained |= {""}
    changes += change_forms.reworded(a, b, explained)
    return Comparison(tuple(clauses), tuple(changes))


def texts(
    before: Sequence[Clause], after: Sequence[Clause], language: str
) -> Iterator[ClauseChange]:
    """The clauses of one language that differ; those that are gone stand where they stood."""
    pairs = _pairs(before, after)
    came_from = {new: old for old, new in pairs.items()}
    gone = [at for at in range(len(before)) if at not in pairs]
    for at, clause in enumerate(after):
        old = came_from.get(at)
        # What went stands before what came after it in the older text.
        while gone and old is not None and gone[0] < old:
            yield _change(before[gone.pop(0)], None, language)
        if old is None:
            yield _change(None, clause, language)
        elif before[old].id != clause.id or _body(before[old]) != _body(clause):
            yield _change(before[old], clause, language)
    for left in gone:
        yield _change(before[left], None, language)


def _change(old: Clause | None, new: Clause | None, language: str) -> ClauseChange:
    runs = words.difference(_body(old) if old else "", _body(new) if new else "")
    return ClauseChange(language, old.id if old else "", new.id if new else "", runs)


def _body(clause: Clause) -> str:
    """A clause's words without its printed number and without the marks of a heading."""
    return words.normal(import_.printed(clause)[1].lstrip("# "))


def _pairs(before: Sequence[Clause], after: Sequence[Clause]) -> dict[int, int]:
    """Which clause of the older text is which of the newer: by equal words first, then by likeness.

    What both sides would choose is the same in either direction: the score is, and so is the order of ties.
    """
    old = [_body(clause) for clause in before]
    new = [_body(clause) for clause in after]
    pairs: dict[int, int] = {}
    _equal(before, after, old, new, pairs)
    left = [at for at in range(len(before)) if at not in pairs]
    taken = set(pairs.values())
    free = [at for at in range(len(after)) if at not in taken]
    bags = {at: words.bag(old[at]) for at in left}, {at: words.bag(new[at]) for at in free}
    scored = sorted(
        (
            (-score, abs(i - j), min(i, j), max(i, j), i, j)
            for i in left
            for j in free
            if (score := _score(before[i], after[j], bags[0][i], bags[1][j])) > 0
        ),
        key=lambda entry: entry[:4],
    )
    for *_, i, j in scored:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _equal(
    before: Sequence[Clause],
    after: Sequence[Clause],
    old: Sequence[str],
    new: Sequence[str],
    pairs: dict[int, int],
) -> None:
    """Pair clauses with equal words: under the same number first, then in the order of the text."""
    places: dict[tuple[str, str], int] = {
        (clause.id, new[at]): at for at, clause in enumerate(after)
    }
    for at, clause in enumerate(before):
        if (clause.id, old[at]) in places:
            pairs[at] = places.pop((clause.id, old[at]))
    taken = set(pairs.values())
    waiting: dict[str, list[int]] = {}
    for at, text in enumerate(new):
        if at not in taken and after[at].id not in _SINGLE:
            waiting.setdefault(text, []).append(at)
    for at, text in enumerate(old):
        if at not in pairs and before[at].id not in _SINGLE and waiting.get(text):
            pairs[at] = waiting[text].pop(0)


def _score(old: Clause, new: Clause, one: Counter[str], other: Counter[str]) -> float:
    """How sure it is that two clauses are one; 0 when they are not."""
    if old.id in _SINGLE or new.id in _SINGLE:
        return 2.0 if old.id == new.id else 0.0
    most = 2 * min(one.total(), other.total())
    total = one.total() + other.total()
    in_place = old.id == new.id
    if most < total * (ALIKE_IN_PLACE if in_place else ALIKE):
        return 0.0
    found = words.likeness(one, other)
    if in_place:
        # Ahead of a clause elsewhere that is no more alike.
        return found + 0.1 if found >= ALIKE_IN_PLACE else 0.0
    return found if found >= ALIKE else 0.0
