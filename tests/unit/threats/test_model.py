# SPDX-License-Identifier: Apache-2.0
"""The model of a running site: the same bytes while its configuration is the same, nobody named, nothing left out."""

from tests import cast, modelled, site
from tests.editions import PURPOSE
from tests.office import KEY, SOURCE, Office
from uphold.access import exercise, reading, session
from uphold.access.permission import Role
from uphold.access.session import Attempt
from uphold.threats import vocabulary

HOUR = 60 * 60 * 1000


def test_the_same_configuration_gives_the_same_bytes_whatever_people_do(office: Office) -> None:
    clerk = office.staff(cast.clerk)
    office.staff(cast.owner)
    enter(office)
    before = modelled.derive(office.app)
    assert modelled.derive(office.app, now=site.now() + HOUR).canonical() == before.canonical()
    for person in (cast.subject, cast.stranger, cast.subject):
        record = office.submit(person)
        reading.open_record(office.writer, office.ring, office.question(clerk, record))
    enter(office)
    assert modelled.derive(office.app).canonical() == before.canonical()


def enter(office: Office) -> None:
    """Sign the clerk in."""
    attempt = Attempt(cast.clerk.login, cast.clerk.password, SOURCE)
    assert isinstance(
        session.sign_in(office.writer, attempt, key=KEY, now=site.now()), session.Signed
    )


def test_an_examination_leaves_nothing_in_it(sqlite_office: Office) -> None:
    before = modelled.derive(sqlite_office.app)
    exercise.open_account(sqlite_office.writer, 7, Role.OFFICER)
    assert modelled.derive(sqlite_office.app).canonical() == before.canonical()


def test_every_element_has_every_fact_of_its_kind_and_its_own_type(office: Office) -> None:
    office.staff(cast.officer)
    types = {"bool": bool, "int": int, "str": str, "list": tuple}
    found = modelled.derive(office.app, unused=frozenset(), examined_at=site.now())
    for one in found.elements:
        kind = vocabulary.kinds()[one.kind]
        assert set(one.facts) == set(kind.facts), one.id
        for name, fact in one.facts.items():
            assert fact.source.partition(":")[1], (one.id, name)
            wanted = types[kind.facts[name]]
            assert fact.value is None or type(fact.value) is wanted, (one.id, name, fact)
    kinds = {one.kind for one in found.elements}
    assert set(vocabulary.kinds()) - kinds == {"client", "rule"}


def test_nobody_is_named_in_it(sqlite_office: Office) -> None:
    sqlite_office.staff(cast.clerk)
    sqlite_office.submit()
    raw = modelled.derive(sqlite_office.app).canonical()
    assert cast.leaks(raw) == []
    assert cast.clerk.login.encode() not in raw
    assert str(sqlite_office.app.settings.folder).encode() not in raw


def test_every_flow_joins_two_elements_and_knows_whether_it_crosses(sqlite_office: Office) -> None:
    found = modelled.derive(sqlite_office.app)
    zones = {one.id: one.zone for one in found.elements}
    flows = found.of("flow")
    for one in flows:
        ends = str(one.value("from_id")), str(one.value("to_id"))
        assert one.value("crosses") is (zones[ends[0]] != zones[ends[1]]), one.id
    assert f"flow:read/{PURPOSE}" in {one.id for one in flows}


def test_a_changed_setting_changes_what_depends_on_it_and_its_revert_brings_the_bytes_back(
    sqlite_office: Office,
) -> None:
    app = sqlite_office.app
    before = modelled.derive(app)
    file = app.settings.folder / "uphold.toml"
    raw = file.read_text()
    changes = {
        '[console]\nsecond_factor = "required"\n': {"site", "flow:sign-in"},
        "[visits]\nrecord = true\n": {"site", "flow:visit", "job:depersonalisation"},
        "[proof]\nschedule = false\n": {"site", "job:examination"},
        "[keys]\nrotate_every_days = 0\n": {"key:epoch", "job:rotation"},
        '[mail]\nhost = "relay.example"\nsender = "a@relay.example"\nsecurity = "none"\n': {
            "site",
            "flow:mail",
            "flow:notify",
            "job:mail",
        },
    }
    for text, wanted in changes.items():
        file.write_text(raw + text)
        after = modelled.derive(app, settings=modelled.settings(app))
        old = {one.id: one for one in before.elements}
        changed = {one.id for one in after.elements if old.get(one.id) != one}
        assert wanted <= changed, text
        assert "form:feedback" not in changed, text
    file.write_text(raw)
    again = modelled.derive(app, settings=modelled.settings(app))
    assert again.canonical() == before.canonical()
