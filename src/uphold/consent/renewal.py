# SPDX-License-Identifier: Apache-2.0
"""Who must be asked anew when a new edition goes beyond what they agreed to (pure).

A consent keeps the edition and the wording that it was given on, and nothing wider is done under it. Asked
are those, and only those, whose consent stands, whose data are still kept, and for whose purpose the new
edition declares more: the kinds of change that count are `change.WIDENING`. Whoever withdrew is not asked,
nor whoever left a box empty, nor anybody for a purpose that did not exist when they wrote.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from uphold.consent.ledger import GIVEN, WITHDRAWN, Act, Given
from uphold.policy import change
from uphold.policy.change import Change, What
from uphold.policy.document import Edition, Wording

Editions = Callable[[int], Edition]
"""Gives a published edition by its number."""


@dataclass(frozen=True, slots=True)
class Due:
    """One purpose for which a subject is to be asked anew, and by what the new edition is wider.

    `agreed` is the consent that stands; None where none was needed before and one is now.
    """

    purpose: str
    agreed: Act | None
    why: tuple[Change, ...]


class Judge:
    """Says by what an edition is wider than others. Each pair of editions is compared once."""

    def __init__(self, current: Edition) -> None:
        """Measure by `current`, which is in force or would be."""
        self.current = current
        self._known: dict[int, tuple[Change, ...]] = {}

    def asks(self, form: str, purpose: str) -> bool:
        """Tell whether the edition asks consent for this purpose on this form."""
        declared = self.current.policy.purposes.get(purpose)
        asked = self.current.forms.get(form)
        return bool(declared and declared.asks_consent and asked and asked.box(purpose) is not None)

    def wider(self, given: Edition, form: str, purpose: str) -> tuple[Change, ...]:
        """The changes by which more may be done than was agreed to; empty where no consent is asked."""
        if not self.asks(form, purpose):
            return ()
        if given.number not in self._known:
            found = change.declared(given.policy, self.current.policy)
            self._known[given.number] = tuple(found)
        every = self._known[given.number]
        if purpose in given.policy.purposes and not given.policy.purposes[purpose].asks_consent:
            return tuple(one for one in every if one.what is What.BASIS and one.purpose == purpose)
        return tuple(one for one in every if one.widens and one.concerns(purpose))


def last(acts: Iterable[Act]) -> dict[str, Act]:
    """The last act for each purpose; `acts` are those of one record, oldest first."""
    return {act.purpose: act for act in acts}


def governing(acts: Iterable[Act]) -> Mapping[str, int]:
    """The number of the edition that governs each purpose with a consent: that of the last one given.

    The others are governed by the edition that the record was given under.
    """
    return {act.purpose: act.edition for act in acts if act.act == GIVEN}


def due(
    judge: Judge,
    form: str,
    kept: Edition,
    acts: Iterable[Act],
    live: Collection[str],
    editions: Editions,
) -> tuple[Due, ...]:
    """List what a record's subject must be asked anew, in the order of the form's boxes.

    `kept` is the edition that the record was given under, `live` the purposes whose data are not destroyed.
    """
    asked = judge.current.forms.get(form)
    standing = last(acts)
    found = []
    for box in asked.consents if asked else ():
        act = standing.get(box.purpose)
        if box.purpose not in live or (act is not None and act.act != GIVEN):
            continue
        given = kept if act is None else editions(act.edition)
        if act is None and not _served_without(given, form, box.purpose):
            continue
        why = judge.wider(given, form, box.purpose)
        if why:
            found.append(Due(box.purpose, act, why))
    return tuple(found)


def again(judge: Judge, form: str, acts: Iterable[Act], live: Collection[str]) -> tuple[Due, ...]:
    """List what a record's subject has withdrawn and may agree to again: its data still live, the edition asks.

    Nobody is asked; it is offered where the withdrawal is shown.
    """
    every = list(acts)
    given = last(act for act in every if act.act == GIVEN)
    return tuple(
        Due(purpose, given[purpose], ())
        for purpose, act in last(every).items()
        if act.act == WITHDRAWN and purpose in live and judge.asks(form, purpose)
    )


def consent(judge: Judge, form: str, purpose: str, language: str, at: int) -> Given:
    """The consent that a tick gives now: to the edition's own wording, in the language it was read in."""
    wording = shown(judge, form, purpose, language)
    edition = judge.current
    digest = edition.form(form).digest
    return Given(purpose, wording.digest, digest, edition.number, wording.language, at)


def shown(judge: Judge, form: str, purpose: str, language: str) -> Wording:
    """The wording to be agreed to, in `language` if the edition has it."""
    return judge.current.wording(form, purpose, language)


def _served_without(kept: Edition, form: str, purpose: str) -> bool:
    """Tell whether the record serves a purpose that needed no consent when it was given."""
    declared = kept.policy.purposes.get(purpose)
    asked = kept.forms.get(form)
    return bool(declared and not declared.asks_consent and asked and purpose in asked.purposes)
