# SPDX-License-Identifier: Apache-2.0
"""What the edition in force says, as facts: what is special, what leads to a person, what ends when."""

from dataclasses import replace

import pytest

from tests import editions
from tests.editions import FORM, PURPOSE
from uphold.access.permission import Role
from uphold.config import Mail, Settings
from uphold.policy.document import Category, Edition, Retention
from uphold.threats import facts_policy
from uphold.threats.element import Element
from uphold.threats.ground import Ground


def elements(edition: Edition | None, **said: frozenset[str]) -> dict[str, Element]:
    ground = Ground(Settings(), None, edition, 0, **said)  # type: ignore[arg-type]  # only `unused` is given
    return {one.id: one for one in facts_policy.elements(ground)}


def test_forms_and_fields_are_told_as_declared() -> None:
    found = elements(editions.example(), unused=frozenset({"feedback.phone"}))
    form, phone = found[f"form:{FORM}"], found[f"field:{FORM}.phone"]
    assert form.value("fields") == 4
    assert form.value("asks_consent") is True
    assert form.value("special") is False
    assert form.value("identifies") is True
    assert phone.value("identifies") is True
    assert phone.value("unused") is True
    assert found[f"field:{FORM}.message"].value("free_text") is True
    assert found[f"field:{FORM}.message"].value("identifies") is False


def test_one_special_category_makes_its_field_form_and_purpose_special() -> None:
    found = elements(changed("message", special=True, dpv="pd:HealthRecord"))
    for id_ in (f"field:{FORM}.message", f"form:{FORM}", f"purpose:{PURPOSE}"):
        assert found[id_].value("special") is True, id_
    assert found[f"field:{FORM}.email"].value("special") is False
    assert found[f"form:{FORM}"].value("written_form") is True


def changed(name: str, *, special: bool = False, dpv: str = "", title: str = "") -> Edition:
    """The example with one category changed."""
    edition = editions.example()
    old = edition.policy.categories[name]
    new = Category(name, {"en": title} if title else old.title, special, dpv)
    categories = {**edition.policy.categories, name: new}
    return replace(edition, policy=replace(edition.policy, categories=categories))


def test_biometric_data_are_told_by_their_words_and_are_unknown_where_a_special_category_has_none() -> (
    None
):
    assert facts_policy.is_biometric(editions.example()) is False
    assert facts_policy.is_biometric(changed("message", special=True)) is None
    known = changed("message", special=True, dpv="pd:Fingerprint")
    assert facts_policy.is_biometric(known) is True
    assert facts_policy.is_biometric(changed("name", title="Биометрический образ")) is True


def test_children_are_told_by_who_the_people_are_said_to_be() -> None:
    edition = editions.example()
    assert facts_policy.is_about_children(edition) is False
    silent = replace(edition, policy=replace(edition.policy, register={}))
    assert facts_policy.is_about_children(silent) is None
    said = {"subjects": {"ru": "Родители и дети, записанные в кружок."}}
    assert facts_policy.is_about_children(
        replace(edition, policy=replace(edition.policy, register=said))
    )


@pytest.mark.parametrize(
    ("retention", "bounded", "days"),
    [
        (Retention("closed", "P30D", "P1Y"), True, 366),
        (Retention("closed", "P30D", ""), False, None),
        (Retention("received", "P2Y", ""), True, 732),
        (Retention("received", "P2Y", "P1Y"), True, 366),
        (Retention("visited", "PT12H", ""), True, 1),
        (Retention("withdrawn", "P1M", ""), False, None),
    ],
)
def test_a_term_ends_for_sure_only_where_nobody_must_act_first(
    retention: Retention, *, bounded: bool, days: int | None
) -> None:
    edition = editions.example()
    purpose = replace(edition.policy.purposes[PURPOSE], retention=retention)
    purposes = {**edition.policy.purposes, PURPOSE: purpose}
    found = elements(replace(edition, policy=replace(edition.policy, purposes=purposes)))
    assert found[f"purpose:{PURPOSE}"].value("has_term") is bounded
    assert found[f"purpose:{PURPOSE}"].value("term_days") == days


def test_a_recipient_tells_what_it_is_and_an_unknown_way_is_unknown() -> None:
    found = elements(editions.example())
    host, relay = found["recipient:hosting"], found["recipient:mail-relay"]
    assert host.value("processor") is True
    assert host.value("encrypted") is True, "it reads nothing"
    assert relay.value("encrypted") is None
    assert found["recipient:authorities"].value("authority") is True
    mail = Mail(run_by="mail-relay", host="relay.example", security="none")
    ground = Ground(Settings(mail=mail), None, editions.example(), 0)
    told = {one.id: one for one in facts_policy.elements(ground)}
    assert told["recipient:mail-relay"].value("encrypted") is False


def test_without_a_policy_there_is_nothing_of_it() -> None:
    assert elements(None) == {}


def test_only_who_may_open_records_reads() -> None:
    policy = editions.make(roles=("auditor", "clerk", "analyst")).policy
    assert facts_policy.reads(policy, Role.CLERK) == (PURPOSE,)
    assert facts_policy.reads(policy, Role.AUDITOR) == ()
    assert facts_policy.reads(policy, Role.ANALYST) == ()
