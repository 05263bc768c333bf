# SPDX-License-Identifier: Apache-2.0
"""Who acts: accounts by their numbers, what they prove to be who they are by, and who has left."""

from sqlalchemy import insert

from tests import cast, modelled, site
from tests.office import Office
from uphold.access import client, decoy, factor, passkey, staff, totp
from uphold.access.client import Terms
from uphold.access.permission import Permission, Role
from uphold.threats.facts_people import DORMANT_MS

DAY = 24 * 60 * 60 * 1000


def test_an_account_is_told_by_its_number_and_what_it_has(sqlite_office: Office) -> None:
    office, app = sqlite_office, sqlite_office.app
    clerk, owner = office.staff(cast.clerk), office.staff(cast.owner)
    found, id_ = modelled.derive(app), f"account:{clerk.staff}"
    assert modelled.value(found, id_, "role") == "clerk"
    assert modelled.value(found, id_, "powerful") is False
    assert modelled.value(found, id_, "never_signed_in") is True
    assert modelled.value(found, f"account:{owner.staff}", "powerful") is True
    assert modelled.value(found, "role:clerk", "without_factor") == 1
    assert modelled.value(found, "role:clerk", "single") is True
    assert modelled.value(found, "site", "people") == 2
    secret = office.run(lambda tx: factor.begin(tx, office.ring, clerk.staff))
    assert modelled.derive(app).canonical() == found.canonical(), "not confirmed yet"
    code = totp.code(secret, totp.step(site.now()))
    assert office.run(lambda tx: factor.confirm(tx, office.ring, clerk.staff, code))
    proven = modelled.derive(app)
    assert modelled.value(proven, id_, "factor") is True
    assert modelled.value(proven, id_, "passkey") is False
    assert modelled.value(proven, id_, "recovery") is True
    assert modelled.value(proven, "role:clerk", "without_factor") == 0


def test_a_passkey_is_a_second_factor_too(sqlite_office: Office) -> None:
    clerk = sqlite_office.staff(cast.clerk)
    row = {"staff": clerk.staff, "credential": b"c", "attested": b"a", "counter": 0}
    row |= {"name": "key", "created_at": 1}
    sqlite_office.run(lambda tx: tx.execute(insert(passkey.access_passkey).values(**row)))
    found, id_ = modelled.derive(sqlite_office.app), f"account:{clerk.staff}"
    assert modelled.value(found, id_, "passkey") is True
    assert modelled.value(found, id_, "factor") is True
    assert modelled.value(found, "role:clerk", "without_factor") == 0


def test_an_account_that_nobody_has_stands_like_any(sqlite_office: Office) -> None:
    clerk, app = sqlite_office.staff(cast.clerk), sqlite_office.app
    before = modelled.derive(app).canonical()
    sqlite_office.run(lambda tx: decoy.mark(tx, decoy.What.STAFF, clerk.staff))
    assert modelled.derive(app).canonical() == before


def test_who_does_not_come_for_long_is_dormant_and_who_was_only_invited_is_not(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    clerk = office.staff(cast.clerk)
    office.run(lambda tx: staff.invite(tx, "new-nuthatch", Role.CLERK, staff.COMMAND_LINE))
    made = office.read(lambda c: staff.accounts(c)[0].created_at)
    at_limit = modelled.derive(office.app, now=made + DORMANT_MS)
    assert modelled.value(at_limit, f"account:{clerk.staff}", "dormant") is False
    beyond = modelled.derive(office.app, now=made + DORMANT_MS + 1)
    assert modelled.value(beyond, f"account:{clerk.staff}", "dormant") is True
    assert modelled.value(beyond, "role:clerk", "dormant") == 1
    assert modelled.value(beyond, "role:clerk", "people") == 2


def test_who_was_let_go_is_no_account_any_more_but_a_former_colleague(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    clerk, owner = office.staff(cast.clerk), office.staff(cast.owner)
    before = modelled.derive(office.app)
    assert modelled.value(before, "actor:former-staff", "present") is False
    office.run(lambda tx: staff.close(tx, clerk.staff, owner.staff))
    found = modelled.derive(office.app)
    assert found.element(f"account:{clerk.staff}") is None
    assert modelled.value(found, "actor:former-staff", "present") is True


def test_what_a_role_reads_is_what_the_gate_would_let_it(sqlite_office: Office) -> None:
    found = modelled.derive(sqlite_office.app)
    assert modelled.value(found, "role:clerk", "reads") == ("communication",)
    assert modelled.value(found, "role:auditor", "reads") == ()
    assert modelled.value(found, "role:officer", "exports") is True
    assert modelled.value(found, "role:clerk", "exports") is False


def test_a_machine_client_is_told_while_its_token_lives(sqlite_office: Office) -> None:
    office = sqlite_office
    owner = office.staff(cast.owner)
    scopes = frozenset({Permission.RECORD_OPEN, Permission.ENQUIRY_LIST})
    terms = Terms("crm", Role.CLERK, scopes, frozenset({"communication"}), 200)
    made = office.run(lambda tx: client.make(tx, terms, office.edition, owner.staff))
    found, id_ = modelled.derive(office.app), f"client:{made.number}"
    assert modelled.value(found, id_, "reads") is True
    assert modelled.value(found, id_, "long_lived") is True
    assert modelled.value(found, id_, "no_purpose_bound") is False, "the role has no other"
    assert modelled.value(found, f"flow:api/{made.number}", "personal") is True
    assert modelled.value(found, "actor:client", "present") is True
    later = modelled.derive(office.app, now=made.expires_at - DAY)
    assert modelled.value(later, id_, "ends_soon") is True
    assert modelled.value(later, id_, "dormant") is True
    over = modelled.derive(office.app, now=made.expires_at)
    assert over.element(id_) is None
    assert over.element(f"flow:api/{made.number}") is None
