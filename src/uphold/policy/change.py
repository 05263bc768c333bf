# SPDX-License-Identifier: Apache-2.0
"""What two versions of a policy declare differently, each difference named and weighed by its kind (pure).

A change is *material* when it touches what people were told: purposes, data, recipients, terms, ground,
forms, wordings, withdrawal. It *widens* when more may be done with data than was agreed to; then whoever
agreed is asked anew. The length of a text weighs nothing. The table of kinds is the rule, and the only one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from uphold.policy import phrases, term
from uphold.policy.document import Draft, Edition, Policy, Purpose, Recipient, Retention, Text
from uphold.policy.phrases import PHRASES, Phrases

Version = Draft | Edition
_NOTHING: Text = MappingProxyType({})


def _nothing() -> Text:
    return _NOTHING


_HOURS: Final = {
    "years": 8766.0, "months": 730.5, "weeks": 168.0, "days": 24.0, "hours": 1.0, "minutes": 1 / 60,
}  # fmt: skip


class What(StrEnum):
    """Every kind of difference, as it stands in JSON."""

    PURPOSE_ADDED = "purpose-added"
    PURPOSE_REMOVED = "purpose-removed"
    PURPOSE_TITLE = "purpose-title"
    PURPOSE_CLAUSE = "purpose-clause"
    PURPOSE_TERMS = "purpose-vocabulary"
    BASIS = "basis"
    GROUND = "ground"
    CATEGORY_ADDED = "category-added"
    CATEGORY_REMOVED = "category-removed"
    CATEGORY_MEANING = "category-meaning"
    RECIPIENT_ADDED = "recipient-added"
    RECIPIENT_REMOVED = "recipient-removed"
    RECIPIENT_CHANGED = "recipient-changed"
    RECIPIENT_ADDRESS = "recipient-address"
    RECIPIENT_SEES = "recipient-sees"
    RECIPIENT_CONTRACT = "recipient-contract"
    RECIPIENT_GROUNDS = "recipient-grounds"
    RETENTION_LONGER = "retention-longer"
    RETENTION_SHORTER = "retention-shorter"
    RETENTION_OTHER = "retention-other"
    RETENTION_SPELLING = "retention-spelling"
    ACTION_ADDED = "action-added"
    ACTION_REMOVED = "action-removed"
    ROLE_ADDED = "role-added"
    ROLE_REMOVED = "role-removed"
    OPERATOR = "operator"
    OPERATOR_DETAILS = "operator-details"
    COUNTRY = "storage-country"
    PLACE = "storage-place"
    WITHDRAWAL_HOW = "withdrawal-how"
    WITHDRAWAL_LONGER = "withdrawal-longer"
    WITHDRAWAL_SHORTER = "withdrawal-shorter"
    LAW = "law"
    DOMAIN = "domain"
    KEEPS = "keeps"
    LANGUAGES = "languages"
    PROMISE_ADDED = "promise-added"
    PROMISE_REMOVED = "promise-removed"
    FORM_ADDED = "form-added"
    FORM_REMOVED = "form-removed"
    FORM_TITLE = "form-title"
    FORM_HELP = "form-help"
    FIELD_ADDED = "field-added"
    FIELD_REMOVED = "field-removed"
    FIELD_CHANGED = "field-changed"
    BOX_ADDED = "box-added"
    BOX_REMOVED = "box-removed"
    BOX_CHANGED = "box-changed"
    WORDING = "wording"


COSMETIC: Final = frozenset(
    {
        *(What.PURPOSE_CLAUSE, What.PURPOSE_TERMS, What.RETENTION_SPELLING, What.LANGUAGES),
        *(What.ROLE_ADDED, What.ROLE_REMOVED, What.PROMISE_ADDED, What.FORM_HELP),
        What.RECIPIENT_CONTRACT,
    }
)
"""Kinds that change nothing that people were told. The gate narrows staff roles by both editions anyway."""

WIDENING: Final = frozenset(
    {
        *(What.PURPOSE_TITLE, What.CATEGORY_ADDED, What.CATEGORY_MEANING),
        *(What.RECIPIENT_ADDED, What.RECIPIENT_CHANGED, What.RECIPIENT_SEES, What.ACTION_ADDED),
        *(What.RETENTION_LONGER, What.RETENTION_OTHER, What.WITHDRAWAL_LONGER),
        *(What.OPERATOR, What.COUNTRY),
    }
)
"""Kinds that go beyond what a consent of before agreed to."""


@dataclass(frozen=True, slots=True)
class Change:
    """One named difference.

    `purpose` and `form` are ids, empty where it concerns all of them. `name` is what changed (a category, a
    recipient, a field), `before` and `after` what is said of it, each by language; empty where there is nothing.
    """

    what: What
    purpose: str = ""
    form: str = ""
    item: str = ""
    name: Text = field(default_factory=_nothing)
    before: Text = field(default_factory=_nothing)
    after: Text = field(default_factory=_nothing)

    @property
    def material(self) -> bool:
        """Whether it touches what people were told."""
        return self.what not in COSMETIC

    @property
    def widens(self) -> bool:
        """Whether it goes beyond what was agreed to before."""
        return self.what in WIDENING

    def concerns(self, purpose: str) -> bool:
        """Whether it touches this purpose, alone or among all."""
        return self.purpose in ("", purpose) and not self.form


def declared(a: Policy, b: Policy) -> Iterator[Change]:
    """Every difference between two declarations, forms apart; purposes in the order of `b`."""
    yield from _everywhere(a, b)
    for name in [*b.purposes, *(name for name in a.purposes if name not in b.purposes)]:
        if name not in a.purposes:
            new = b.purposes[name]
            yield Change(What.PURPOSE_ADDED, name, item=name, name=new.title)
        elif name not in b.purposes:
            old = a.purposes[name]
            yield Change(What.PURPOSE_REMOVED, name, item=name, name=old.title)
        else:
            yield from _Purposes(a, b, a.purposes[name], b.purposes[name]).changes()
    yield from _promises(a, b)


def _everywhere(a: Policy, b: Policy) -> Iterator[Change]:
    was, now = a.operator, b.operator
    if (was.name, was.registration) != (now.name, now.registration):
        yield Change(What.OPERATOR, before=was.name, after=now.name)
    for item in ("address", "contact", "phone", "responsible"):
        before, after = getattr(was, item), getattr(now, item)
        if before != after:
            yield Change(What.OPERATOR_DETAILS, item=item, before=_text(before), after=_text(after))
    yield from _if(What.COUNTRY, a.country, b.country)
    yield from _if(What.PLACE, a.storage, b.storage)
    yield from _if(What.WITHDRAWAL_HOW, a.withdrawal.how, b.withdrawal.how)
    old, new = length(a.withdrawal.within), length(b.withdrawal.within)
    if old != new:
        what = What.WITHDRAWAL_LONGER if new > old else What.WITHDRAWAL_SHORTER
        yield Change(what, before=_term(a.withdrawal.within), after=_term(b.withdrawal.within))
    yield from _if(What.LAW, ", ".join(a.laws), ", ".join(b.laws))
    yield from _if(What.DOMAIN, a.domain, b.domain)
    for item in ("evidence", "technical", "personalisation"):
        yield from _if(What.KEEPS, getattr(a, item), getattr(b, item), item)
    yield from _if(What.KEEPS, _term(a.visits), _term(b.visits), "visits")
    yield from _if(What.LANGUAGES, ", ".join(a.languages), ", ".join(b.languages))
    yield from _grounds(a.recipients, b.recipients)


def _grounds(a: Mapping[str, Recipient], b: Mapping[str, Recipient]) -> Iterator[Change]:
    """On which grounds somebody may be given data: no purpose need name an authority."""
    for name in sorted({*a, *b}):
        was, now = (one[name].grounds if name in one else () for one in (a, b))
        if set(was) != set(now):
            yield Change(What.RECIPIENT_GROUNDS, item=name, name=(b.get(name) or a[name]).name,
                         before=_text(", ".join(was) or "-"), after=_text(", ".join(now) or "-"))  # fmt: skip


def _if(what: What, before: str | Text, after: str | Text, item: str = "") -> Iterator[Change]:
    if before != after:
        yield Change(what, item=item, before=_text(before), after=_text(after))


class _Purposes:
    """One purpose under two versions."""

    def __init__(self, a: Policy, b: Policy, old: Purpose, new: Purpose) -> None:
        self.a, self.b, self.old, self.new = a, b, old, new

    def changes(self) -> Iterator[Change]:
        """Every difference, in the order in which a purpose is declared."""
        old, new, id_ = self.old, self.new, self.new.id
        if old.title != new.title:
            yield Change(What.PURPOSE_TITLE, id_, before=old.title, after=new.title)
        if old.clause != new.clause:
            before, after = _text(old.clause), _text(new.clause)
            yield Change(What.PURPOSE_CLAUSE, id_, before=before, after=after)
        if old.basis != new.basis:
            before, after = _said(_basis, old.basis), _said(_basis, new.basis)
            yield Change(What.BASIS, id_, item=new.basis, before=before, after=after)
        if old.ground != new.ground:
            yield Change(What.GROUND, id_, before=old.ground, after=new.ground)
        yield from self._retention()
        yield from self._actions()
        yield from self._categories()
        yield from self._recipients()
        yield from self._roles()
        if old.dpv != new.dpv:
            yield Change(What.PURPOSE_TERMS, id_, before=_text(old.dpv), after=_text(new.dpv))

    def _retention(self) -> Iterator[Change]:
        old, new = self.old.retention, self.new.retention
        if old != new:
            what = retention(old, new)
            yield Change(what, self.new.id, before=_end(old), after=_end(new))

    def _actions(self) -> Iterator[Change]:
        for what, name in _sets(
            What.ACTION_ADDED, What.ACTION_REMOVED, self.old.actions, self.new.actions
        ):
            said = _said(lambda say, code: say.actions_of.get(code, code), name)
            yield Change(what, self.new.id, item=name, name=said)

    def _categories(self) -> Iterator[Change]:
        old, new = self.old.categories, self.new.categories
        for what, name in _sets(What.CATEGORY_ADDED, What.CATEGORY_REMOVED, old, new):
            known = self.b.categories.get(name) or self.a.categories.get(name)
            title = known.title if known else _text(name)
            yield Change(what, self.new.id, item=name, name=title)
        for name in new:
            was, now = self.a.categories.get(name), self.b.categories.get(name)
            if name in old and was and now and (was.title, was.special) != (now.title, now.special):
                yield Change(
                    *(What.CATEGORY_MEANING, self.new.id, "", name),
                    *(now.title, was.title, now.title),
                )

    def _recipients(self) -> Iterator[Change]:
        old, new = self.old.recipients, self.new.recipients
        for what, name in _sets(What.RECIPIENT_ADDED, What.RECIPIENT_REMOVED, old, new):
            known = self.b.recipients.get(name) or self.a.recipients.get(name)
            yield Change(what, self.new.id, item=name, name=known.name if known else _text(name))
        for name in new:
            was, now = self.a.recipients.get(name), self.b.recipients.get(name)
            if name in old and was and now and was != replace(now, grounds=was.grounds):
                what, before, after = _other(was, now)
                yield Change(what, self.new.id, item=name, name=now.name,
                             before=before, after=after)  # fmt: skip

    def _roles(self) -> Iterator[Change]:
        for what, name in _sets(What.ROLE_ADDED, What.ROLE_REMOVED, self.old.roles, self.new.roles):
            yield Change(what, self.new.id, item=name, name=_text(name))


def retention(old: Retention, new: Retention) -> What:
    """Say how one term of storage stands to another; a term after another event cannot be measured by it."""
    if old.after != new.after:
        return What.RETENTION_OTHER
    # Without an upper bound there is none: as long as it takes.
    pairs = [(length(old.term), length(new.term))]
    most = [length(one.at_most) if one.at_most else float("inf") for one in (old, new)]
    pairs.append((most[0], most[1]))
    if any(now > was for was, now in pairs):
        return What.RETENTION_LONGER
    if any(now < was for was, now in pairs):
        return What.RETENTION_SHORTER
    return What.RETENTION_SPELLING


def length(text: str) -> float:
    """About how many hours a term is; 0 for what is none."""
    found = term.parse(text) or {}
    return round(sum(count * _HOURS[unit] for unit, count in found.items()), 3)


def _who(one: Recipient) -> tuple[Text, str, str, Text]:
    """What makes a recipient who it is; the address is not part of that."""
    return one.name, one.country, one.kind, one.task


def _other(was: Recipient, now: Recipient) -> tuple[What, Text, Text]:
    """What differs most in a recipient that stayed, as it was and as it is."""
    if _who(was) != _who(now):
        by_name = was.name != now.name
        return What.RECIPIENT_CHANGED, *((was.name, now.name) if by_name else (was.task, now.task))
    if set(now.sees) != set(was.sees):
        return What.RECIPIENT_SEES, _text(", ".join(was.sees)), _text(", ".join(now.sees))
    if was.address != now.address:
        return What.RECIPIENT_ADDRESS, was.address, now.address
    return What.RECIPIENT_CONTRACT, was.contract, now.contract


def _sets(
    added: What, removed: What, old: tuple[str, ...], new: tuple[str, ...]
) -> Iterator[tuple[What, str]]:
    yield from ((added, name) for name in new if name not in old)
    yield from ((removed, name) for name in old if name not in new)


def _promises(a: Policy, b: Policy) -> Iterator[Change]:
    """What clauses are bound to; a promise that stands under another clause now is the same promise."""
    old, new = _promised(a), _promised(b)
    for name in new:
        if name not in old:
            yield Change(What.PROMISE_ADDED, item=name, name=_text(name), after=_text(new[name]))
    for name in old:
        if name not in new:
            yield Change(What.PROMISE_REMOVED, item=name, name=_text(name), before=_text(old[name]))


def _promised(policy: Policy) -> Mapping[str, str]:
    return {
        promise: binding.clause
        for binding in policy.bindings.values()
        for promise in binding.promises
    }


def _text(value: str | Text) -> Text:
    return {"": value} if isinstance(value, str) else value


def _said(say: Callable[[Phrases, str], str], code: str) -> Text:
    return {language: say(phrases_, code) for language, phrases_ in PHRASES.items()}


def _basis(say: Phrases, code: str) -> str:
    return say.bases.get(code) or say.consent


def _term(text: str) -> Text:
    return {language: term.words(text, language) for language in PHRASES}


def _end(ends: Retention) -> Text:
    if not ends.after:
        return _NOTHING
    return {
        language: phrases.end(phrases_, ends, language) for language, phrases_ in PHRASES.items()
    }
