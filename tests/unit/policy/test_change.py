# SPDX-License-Identifier: Apache-2.0
"""Each difference of two declarations is named, and weighs what its kind weighs."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests import editions
from tests.editions import PURPOSE
from uphold.policy import change
from uphold.policy.change import COSMETIC, WIDENING, Change, What
from uphold.policy.document import Binding, Policy, Purpose, Recipient, Retention

POLICY = editions.example().policy
ONE = POLICY.purposes[PURPOSE]
ENDS = ONE.retention


def declared(policy: Policy) -> list[Change]:
    return list(change.declared(POLICY, policy))


def purpose(**changed: Any) -> Policy:
    """The example with the purpose of communication changed."""
    return replace(POLICY, purposes={**POLICY.purposes, PURPOSE: replace(ONE, **changed)})


def recipient(**changed: Any) -> Policy:
    one = replace(POLICY.recipients["mail-relay"], **changed)
    return replace(POLICY, recipients={**POLICY.recipients, "mail-relay": one})


def authorities(**changed: Any) -> Policy:
    one = replace(POLICY.recipients["authorities"], **changed)
    return replace(POLICY, recipients={**POLICY.recipients, "authorities": one})


def category(**changed: Any) -> Policy:
    one = replace(POLICY.categories["phone"], **changed)
    return replace(POLICY, categories={**POLICY.categories, "phone": one})


def without(of: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in of.items() if key != name}


NEW = Purpose(
    "news", "2.2.1", {"en": "news"}, "consent", {}, Retention("received", "P1Y", ""), ("use",),
    ("email",), ("owner",), (), "",
)  # fmt: skip
CASES: Mapping[What, Callable[[], Policy]] = {
    What.PURPOSE_ADDED: lambda: replace(POLICY, purposes={**POLICY.purposes, "news": NEW}),
    What.PURPOSE_REMOVED: lambda: replace(POLICY, purposes=without(POLICY.purposes, "security")),
    What.PURPOSE_TITLE: lambda: purpose(title={"en": "selling things"}),
    What.PURPOSE_CLAUSE: lambda: purpose(clause="2.2.3"),
    What.PURPOSE_TERMS: lambda: purpose(dpv="dpv:Marketing"),
    What.BASIS: lambda: purpose(basis="contract"),
    What.GROUND: lambda: purpose(ground={"en": "because"}),
    What.CATEGORY_ADDED: lambda: purpose(categories=(*ONE.categories, "ip-address")),
    What.CATEGORY_REMOVED: lambda: purpose(categories=ONE.categories[:-1]),
    What.CATEGORY_MEANING: lambda: category(title={"en": "Passport"}),
    What.RECIPIENT_ADDED: lambda: purpose(recipients=(*ONE.recipients, "survey")),
    What.RECIPIENT_REMOVED: lambda: purpose(recipients=ONE.recipients[:1]),
    What.RECIPIENT_CHANGED: lambda: recipient(task={"en": "Sells addresses."}),
    What.RECIPIENT_ADDRESS: lambda: recipient(address={"en": "Another street"}),
    What.RECIPIENT_SEES: lambda: recipient(sees=("email", "message", "name")),
    What.RECIPIENT_CONTRACT: lambda: recipient(contract={"en": "Contract No. 2"}),
    What.RECIPIENT_GROUNDS: lambda: authorities(grounds=("court-proceedings",)),
    What.RETENTION_LONGER: lambda: purpose(retention=replace(ENDS, term="P31D")),
    What.RETENTION_SHORTER: lambda: purpose(retention=replace(ENDS, term="P29D")),
    What.RETENTION_OTHER: lambda: purpose(retention=replace(ENDS, after="answered")),
    What.RETENTION_SPELLING: lambda: purpose(retention=replace(ENDS, at_most="P12M")),
    What.ACTION_ADDED: lambda: purpose(actions=(*ONE.actions, "depersonalise")),
    What.ACTION_REMOVED: lambda: purpose(actions=ONE.actions[:-1]),
    What.ROLE_ADDED: lambda: purpose(roles=(*ONE.roles, "analyst")),
    What.ROLE_REMOVED: lambda: purpose(roles=("owner",)),
    What.OPERATOR: lambda: replace(
        POLICY, operator=replace(POLICY.operator, name={"en": "Somebody else"})
    ),
    What.OPERATOR_DETAILS: lambda: replace(
        POLICY, operator=replace(POLICY.operator, contact="new@quiet-harbour.example")
    ),
    What.COUNTRY: lambda: replace(POLICY, country="KZ"),
    What.PLACE: lambda: replace(POLICY, storage={"en": "Another room"}),
    What.WITHDRAWAL_HOW: lambda: replace(
        POLICY, withdrawal=replace(POLICY.withdrawal, how={"en": "Come to us."})
    ),
    What.WITHDRAWAL_LONGER: lambda: replace(
        POLICY, withdrawal=replace(POLICY.withdrawal, within="P60D")
    ),
    What.WITHDRAWAL_SHORTER: lambda: replace(
        POLICY, withdrawal=replace(POLICY.withdrawal, within="P10D")
    ),
    What.LAW: lambda: replace(POLICY, profile="eu-gdpr"),
    What.DOMAIN: lambda: replace(POLICY, domain="loud-harbour.example"),
    What.KEEPS: lambda: replace(POLICY, technical=PURPOSE),
    What.LANGUAGES: lambda: replace(POLICY, languages=("en",)),
    What.PROMISE_ADDED: lambda: replace(
        POLICY, bindings={**POLICY.bindings, "9": Binding("9", ("made.up",), False, None)}
    ),
    What.PROMISE_REMOVED: lambda: replace(POLICY, bindings={}),
}


@pytest.mark.parametrize("what", CASES)
def test_one_difference_has_one_name(what: What) -> None:
    found = declared(CASES[what]())
    assert {one.what for one in found} == {what}
    assert all(one.material is (what not in COSMETIC) for one in found)
    assert all(one.widens is (what in WIDENING) for one in found)


def test_every_kind_of_declaration_has_its_case() -> None:
    forms = {what for what in What if what.startswith(("form", "field", "box", "wording"))}
    assert CASES.keys() == set(What) - forms


def test_nothing_that_widens_is_cosmetic() -> None:
    assert not COSMETIC & WIDENING


def test_nothing_is_nothing() -> None:
    assert declared(POLICY) == []


@pytest.mark.parametrize("what", CASES)
def test_the_way_back_names_the_opposite(what: What) -> None:
    opposites = {
        "added": "removed", "removed": "added", "longer": "shorter", "shorter": "longer",
    }  # fmt: skip
    stem, _, end = what.rpartition("-")
    back = {one.what for one in change.declared(CASES[what](), POLICY)}
    assert back == {What(f"{stem}-{opposites[end]}") if end in opposites else what}


def test_a_change_says_what_it_was_and_is() -> None:
    (found,) = declared(CASES[What.RETENTION_LONGER]())
    assert found.purpose == PURPOSE
    assert found.before["en"].startswith("30 days after")
    assert found.after["ru"].startswith("через 31 день")
    (found,) = declared(CASES[What.CATEGORY_ADDED]())
    assert (found.item, found.name["en"]) == ("ip-address", "IP address")
    (found,) = declared(purpose(recipients=(*ONE.recipients, "nobody")))
    assert found.name == {"": "nobody"}


def test_an_authority_that_no_purpose_names_is_told_of() -> None:
    less = {name: one for name, one in POLICY.recipients.items() if name != "authorities"}
    (found,) = declared(replace(POLICY, recipients=less))
    assert (found.what, found.item, found.after) == (
        What.RECIPIENT_GROUNDS,
        "authorities",
        {"": "-"},
    )


def test_whom_a_change_concerns() -> None:
    assert Change(What.OPERATOR).concerns(PURPOSE)
    assert Change(What.ACTION_ADDED, PURPOSE).concerns(PURPOSE)
    assert not Change(What.ACTION_ADDED, "security").concerns(PURPOSE)
    assert not Change(What.FIELD_ADDED, form="feedback").concerns(PURPOSE)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (("closed", "P30D", "P1Y"), ("closed", "P30D", ""), What.RETENTION_LONGER),
        (("closed", "P30D", ""), ("closed", "P30D", "P9Y"), What.RETENTION_SHORTER),
        # Shorter in one way and longer in the other is longer.
        (("closed", "P30D", "P1Y"), ("closed", "P10D", "P2Y"), What.RETENTION_LONGER),
        (("closed", "P4W", "P1Y"), ("closed", "P28D", "P1Y"), What.RETENTION_SPELLING),
        (("closed", "P1D", "P1Y"), ("received", "P1D", "P1Y"), What.RETENTION_OTHER),
        (("visited", "PT36H", ""), ("visited", "P1D", ""), What.RETENTION_SHORTER),
    ],
)
def test_terms(old: tuple[str, str, str], new: tuple[str, str, str], what: What) -> None:
    assert change.retention(Retention(*old), Retention(*new)) is what


def test_a_recipient_is_who_it_is_and_what_it_does() -> None:
    one = Recipient("r", {"en": "R"}, {"en": "a"}, "RU", "processor", {"en": "t"})
    for other in (replace(one, country="KZ"), replace(one, kind="third-party")):
        policy = replace(purpose(recipients=("r",)), recipients={"r": one})
        later = replace(policy, recipients={"r": other})
        assert [c.what for c in change.declared(policy, later)] == [What.RECIPIENT_CHANGED]
