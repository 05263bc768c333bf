# SPDX-License-Identifier: Apache-2.0
"""The register says what is declared, all of it, and what is not, once."""

from dataclasses import replace

import pytest

from tests import editions
from uphold.policy import document, register, schema
from uphold.policy.document import Policy
from uphold.policy.register import NOTICE, RECORD, Activity, Register

EXAMPLE = editions.example().policy
# Regulation (EU) 2016/679, article 30(1), points (a) to (g).
ARTICLE_30 = {
    "a": {"operator", "address", "contact", "responsible"},
    "b": {"purpose"},
    "c": {"subjects", "categories"},
    "d": {"recipients"},
    "e": {"abroad", "safeguards"},
    "f": {"term"},
    "g": {"measures"},
}
# 152-FZ, article 22, parts 3 and 3.1.
ARTICLE_22 = {
    "operator", "address", "responsible", "contact", "measures", "encryption", "security", "started",
    "ends", "transfer", "databases", "purpose", "ground", "categories", "subjects", "actions",
    "methods",
}  # fmt: skip


def one(name: str, policy: Policy = EXAMPLE, language: str = "en") -> Register:
    return next(each for each in register.of(policy, language) if each.id == name)


def keys(made: Register) -> set[str]:
    return {item.key for item in made.items} | {
        item.key for activity in made.activities for item in activity.items
    }


def values(made: Register | Activity) -> dict[str, tuple[str, ...]]:
    return {item.key: item.values for item in made.items}


def test_the_record_has_each_point_of_article_30() -> None:
    for point, wanted in ARTICLE_30.items():
        assert wanted <= keys(one(RECORD)), point


def test_the_notice_has_each_field_of_article_22() -> None:
    assert keys(one(NOTICE)) >= ARTICLE_22


def test_nothing_is_open_on_the_example() -> None:
    for made in register.of(EXAMPLE, "ru"):
        assert made.open == ()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_purpose_is_an_activity(language: str) -> None:
    for made in register.of(EXAMPLE, language):
        assert [activity.purpose for activity in made.activities] == list(EXAMPLE.purposes)
        assert made.language == language


def test_values_are_those_declared() -> None:
    record = one(RECORD)
    assert values(record)["operator"] == (
        EXAMPLE.operator.name["en"],
        EXAMPLE.operator.registration,
    )
    activity = values(record.activities[0])
    assert activity["ground"] == ("consent of the person",)
    assert activity["categories"][0] == "Name"
    assert activity["term"] == (
        "30 days after the enquiry is closed, and in any case 1 year after receipt",
    )
    assert activity["recipients"][0].startswith("Granite Data Centre LLC, 2 Example Embankment")
    assert (activity["abroad"], activity["safeguards"]) == (("none",), ("none",))
    notice = one(NOTICE, language="ru")
    assert "передача" in values(notice.activities[0])["actions"]
    assert values(notice)["transfer"] == ("нет",)
    assert values(notice)["databases"][-1] == "RU"


@pytest.mark.parametrize("name", document.BASES)
def test_each_ground_has_a_word(name: str) -> None:
    purpose = replace(EXAMPLE.purposes["communication"], basis=name)
    changed = replace(EXAMPLE, purposes={"communication": purpose})
    for language in ("en", "ru"):
        assert values(one(RECORD, changed, language).activities[0])["ground"][0]


def test_what_is_not_declared_is_open_and_says_where() -> None:
    bare = replace(EXAMPLE, register={}, operator=replace(EXAMPLE.operator, responsible={}))
    assert {item.key: item.place for item in one(NOTICE, bare).open} == {
        "responsible": "[operator] responsible",
        "measures": "[register] measures",
        "encryption": "[register] encryption",
        "security": "[register] security",
        "started": "[register] started",
        "ends": "[register] ends",
        "subjects": "[register] subjects",
        "methods": "[register] methods",
    }
    assert {item.key for item in one(RECORD, bare).open} == {"responsible", "measures", "subjects"}


def test_every_key_of_the_declaration_is_used() -> None:
    told = {key.name: {"en": f"told {key.name}"} for key in schema.REGISTER}
    abroad = replace(EXAMPLE, languages=("en",), country="US", register=told)
    said = {
        value
        for made in register.of(abroad, "en")
        for items in (made.items, *(activity.items for activity in made.activities))
        for item in items
        for value in item.values
    }
    assert {f"told {key.name}" for key in schema.REGISTER} <= said


def test_data_that_leave_need_safeguards() -> None:
    hosts = {
        name: replace(who, country="US" if name == "hosting" else "IE")
        for name, who in EXAMPLE.recipients.items()
    }
    european = replace(EXAMPLE, profile="eu-gdpr", country="IE", recipients=hosts)
    record = one(RECORD, european)
    assert values(record.activities[0])["abroad"] == ("US",)
    assert [item.key for item in record.open] == ["safeguards"]
    # For the Russian notice both are abroad.
    assert values(one(NOTICE, european))["transfer"] == ("IE", "US")


def test_nobody_can_say_that_nothing_leaves_from_an_unknown_place() -> None:
    unsaid = replace(EXAMPLE, country="", recipients={})
    open_ = {item.key for made in register.of(unsaid, "en") for item in made.open}
    assert open_ == {"abroad", "safeguards", "transfer"}


def test_without_recipients_nobody_else_has_the_data() -> None:
    purpose = replace(EXAMPLE.purposes["communication"], recipients=())
    alone = replace(EXAMPLE, recipients={}, purposes={"communication": purpose})
    assert values(one(RECORD, alone).activities[0])["recipients"] == ("nobody but the operator",)
    assert values(one(NOTICE, alone))["processors"] == ("nobody but the operator",)


def test_another_language_falls_back() -> None:
    assert one(RECORD, language="fr").language == "en"
