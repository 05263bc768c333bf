# SPDX-License-Identifier: Apache-2.0
"""The stored editions of the policy, their force and approval, against the journal; what rows may refer to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from uphold import errors
from uphold.assurance.entries import Entries, differences
from uphold.assurance.finding import Finding
from uphold.database import walk
from uphold.database.walk import Row, Unreadable
from uphold.policy import approval, digest, force, publish


@dataclass(frozen=True, slots=True)
class Facts:
    """What may be referred to of one edition: forms by key with their digests, wordings by digest."""

    forms: Mapping[str, str]
    wordings: frozenset[str]
    languages: frozenset[str]


class Editions:
    """The editions of one store. Few and small, so what they contain stays in memory."""

    def __init__(self, connection: Connection, entries: Entries) -> None:
        self._connection = connection
        self._entries = entries
        self._facts: dict[object, Facts | None] = {}

    def __len__(self) -> int:
        return len(self._facts)

    def check(self) -> Iterator[Finding]:
        """Compare every edition with its entry, its bytes with its digest, and what became of it with the journal."""
        yield from _each(publish.rows(self._connection), self._edition)
        yield from _each(force.rows(self._connection), self._force)
        yield from _each(approval.rows(self._connection), self._approval)

    def knows(self, number: object) -> bool:
        """Tell whether there is an edition with this number."""
        return number in self._facts

    def facts(self, number: object) -> Facts | None:
        """What an edition contains; None when it is missing or damaged, which has been reported."""
        return self._facts.get(number)

    def _force(self, row: Row) -> Iterator[Finding]:
        found = self._entries.claim(row, "policy.in-force")
        if isinstance(found, Finding):
            yield found
            return
        yield from differences(row, {"edition": found.codes["edition"], "at": found.at_ms})
        yield from self._is_there(row, found.codes["edition"])

    def _approval(self, row: Row) -> Iterator[Finding]:
        found = self._entries.claim(row, "policy.approved")
        if isinstance(found, Finding):
            yield found
            return
        said = {name: found.codes[name] for name in ("edition", "staff")}
        yield from differences(row, {**said, "at": found.at_ms})
        reason = row.values["reason"]
        if not isinstance(reason, str) or digest.of(reason.encode()) != found.codes["reason"]:
            what = "`reason` is not what its entry says"
            yield Finding(what, row.table, row.number, row.values["entry"])
        yield from self._is_there(row, found.codes["edition"])

    def _is_there(self, row: Row, number: object) -> Iterator[Finding]:
        if not self.knows(number):
            what = f"its entry names edition {number}, which is missing"
            yield Finding(what, row.table, row.number, row.values["entry"])

    def _edition(self, row: Row) -> Iterator[Finding]:
        values = row.values
        self._facts[row.number] = None
        found = self._entries.claim(row, "policy.published")
        if isinstance(found, Finding):
            yield found
        else:
            said: dict[str, object] = {
                "number": found.codes["edition"],
                "digest": found.codes["policy"],
                "published_at": found.at_ms,
                "effective_at": int(found.codes["effective"]) * 1000,
            }
            yield from differences(row, said)
        raw, name = values["bytes"], values["digest"]
        if not isinstance(raw, bytes) or digest.of(raw) != name:
            yield Finding("`bytes` do not have the digest of the edition", row.table, row.number)
            return
        try:
            edition = publish.load(raw, name, row.number, 0, 0)
        except errors.UpholdError as error:
            yield Finding(f"the edition cannot be read: {error.message}", row.table, row.number)
            return
        self._facts[row.number] = Facts(
            {key: form.digest for key, form in edition.forms.items()},
            frozenset(edition.wordings),
            frozenset(edition.policy.languages),
        )


def _each(rows: walk.Rows, check: Callable[[Row], Iterator[Finding]]) -> Iterator[Finding]:
    """Check every row that can be read, and name those that cannot."""
    for row in rows:
        if isinstance(row, Unreadable):
            yield Finding("the row cannot be read", row.table, row.number)
        else:
            yield from check(row)
