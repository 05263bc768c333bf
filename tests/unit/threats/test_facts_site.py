# SPDX-License-Identifier: Apache-2.0
"""The site as a whole: its people in buckets, its level of protection, whether its folder says what is in force."""

from dataclasses import replace

import msgspec
import pytest

from tests import editions, modelled
from tests.office import Office
from uphold.config import Threats
from uphold.threats import facts_site


@pytest.mark.parametrize(
    ("people", "bucket"),
    [(0, "few"), (79, "few"), (80, "near"), (99_999, "near"), (100_000, "many")],
)
def test_people_stand_in_buckets(people: int, bucket: str) -> None:
    assert facts_site.bucket(people, 80) == bucket


def test_the_warning_comes_with_the_person_that_the_settings_name(office: Office) -> None:
    app = office.app
    settings = msgspec.structs.replace(app.settings, threats=Threats(subjects_warn=2))
    office.submit()
    assert modelled.value(modelled.derive(app, settings=settings), "site", "subjects") == "few"
    office.submit()
    again = modelled.derive(app, settings=settings)
    assert modelled.value(again, "site", "subjects") == "few", "the same person"
    office.submit(email="another@subject.example", message="x")
    third = modelled.derive(app, settings=settings)
    assert modelled.value(third, "site", "subjects") == "near"
    assert modelled.value(third, "site", "level") == 4


def test_the_level_follows_the_categories_and_the_type_of_threats(sqlite_office: Office) -> None:
    app, edition = sqlite_office.app, editions.example()
    kind = replace(edition.policy.categories["message"], special=True)
    categories = {**edition.policy.categories, "message": kind}
    special = replace(edition, policy=replace(edition.policy, categories=categories))
    assert modelled.value(modelled.derive(app), "site", "level") == 4
    assert modelled.value(modelled.derive(app, edition=special), "site", "level") == 3
    worse = msgspec.structs.replace(app.settings, threats=Threats(threat_type=2))
    found = modelled.derive(app, edition=special, settings=worse)
    assert modelled.value(found, "site", "level") == 2


def test_a_changed_folder_is_a_draft_until_it_is_published_or_put_back(office: Office) -> None:
    app = office.app
    file = app.settings.folder / "policy" / "policy.toml"
    raw = file.read_bytes()
    assert modelled.value(modelled.derive(app), "site", "draft_pending") is False
    file.write_bytes(raw + b"# more\n")
    assert modelled.value(modelled.derive(app), "site", "draft_pending") is True
    file.write_bytes(raw)
    assert modelled.value(modelled.derive(app), "site", "draft_pending") is False


def test_without_a_policy_its_facts_are_unknown(sqlite_office: Office) -> None:
    found = modelled.derive(sqlite_office.app, edition=None)
    assert modelled.value(found, "site", "policy_in_force") is False
    for name in ("special", "laws", "processors", "level", "draft_pending"):
        assert modelled.value(found, "site", name) is None, name


def test_an_operator_under_russian_law_keeps_its_databases_in_russia(
    sqlite_office: Office,
) -> None:
    app, edition = sqlite_office.app, editions.example()
    assert modelled.value(modelled.derive(app), "site", "stored_abroad") is False
    abroad = replace(edition, policy=replace(edition.policy, country="DE"))
    found = modelled.derive(app, edition=abroad)
    assert modelled.value(found, "site", "stored_abroad") is True
    assert modelled.value(found, "site", "recipients_abroad") is True
