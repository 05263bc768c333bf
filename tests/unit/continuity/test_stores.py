# SPDX-License-Identifier: Apache-2.0
"""What holds data beside the vault is gone once its time is over, and not before."""

from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest
from sqlalchemy import Column, Table, func, insert, select

from tests import site
from uphold.access.attempt import access_attempt
from uphold.access.disclosed import access_disclosure_paper
from uphold.access.export import access_export_pick
from uphold.access.repeat import access_repeat
from uphold.access.restraint import access_restraint
from uphold.access.session import access_session
from uphold.access.signal import access_signal
from uphold.access.staff import access_invite
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.detection.store import detection_alert
from uphold.mail.outbox import mail_outbox
from uphold.rights.identity import rights_link, rights_session
from uphold.rights.tables import rights_request

DAY = 24 * 60 * 60 * 1000
MINUTE = 60 * 1000


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with closing(site.build(tmp_path_factory.mktemp("stores"))) as opened:
        yield opened


def swept(
    app: App, table: Table, *rows: Mapping[str, object], number: Column[int] | None = None
) -> list[int]:
    """Store rows, sweep, and return the numbers of those that are left."""
    named = table.c.number if number is None else number

    def store(tx: Transaction) -> None:
        for row in rows:
            tx.execute(insert(table).values(**row))

    app.writer.run(store)
    app.sweep().run()
    with app.database.read() as connection:
        return list(connection.execute(select(named).order_by(named)).scalars())


def test_sessions_of_staff(app: App) -> None:
    one = {"staff": 1, "seen_at": 1}
    old = {**one, "number": 1, "digest": b"1", "created_at": site.now() - 32 * DAY}
    new = {**one, "number": 2, "digest": b"2", "created_at": site.now() - 30 * DAY}
    assert swept(app, access_session, old, new) == [2]


def test_failed_sign_ins(app: App) -> None:
    one = {"failures": 1, "noted": 0}
    old = {**one, "number": 1, "key": b"1", "last_at": site.now() - 2 * DAY}
    new = {**one, "number": 2, "key": b"2", "last_at": site.now()}
    assert swept(app, access_attempt, old, new) == [2]


def test_what_was_noticed(app: App) -> None:
    one = {"kind": "site.backup-read", "staff": 0, "exercise": 0, "fields": "{}"}
    old = {**one, "number": 1, "at": site.now() - 30 * DAY}
    new = {**one, "number": 2, "at": site.now() - 29 * DAY}
    assert swept(app, access_signal, old, new) == [2]


SOURCE = "0123456789abcdef"
OLD, NEW = 30 * DAY, 29 * DAY


def test_of_whom_alerts_tell_by_a_digest(app: App) -> None:
    one = {
        **dict.fromkeys(("severity", "count", "first_at", "raised_at", "dry_run", "entry"), 1),
        "rule": "x",
        "staff": 0,
        "source": SOURCE,
        "events": "s1",
        "response": "log",
        "group_text": f'[["login", "{SOURCE}"], ["staff", 7], ["purpose", "answer"]]',
    }
    old = {**one, "number": 1, "identity": "1", "last_at": site.now() - OLD}
    new = {**one, "number": 2, "identity": "2", "last_at": site.now() - NEW}
    bare = {**old, "number": 3, "identity": "3", "source": ""}
    assert swept(app, detection_alert, old, new, bare) == [1, 2, 3]
    with app.database.read() as connection:
        query = select(detection_alert).order_by(detection_alert.c.number)
        told = [(row.source, row.group_text) for row in connection.execute(query)]
    forgotten = ("", '[["login", ""], ["staff", 7], ["purpose", "answer"]]')
    assert told == [forgotten, (SOURCE, one["group_text"]), forgotten]


def test_which_source_was_bound(app: App) -> None:
    one = {
        **dict.fromkeys(("alert", "placed_at", "next_at", "entry"), 1),
        "staff": 0,
        "source": SOURCE,
        "what": "delay",
        "reason": "x",
    }
    old = {**one, "number": 1, "until_at": site.now() - OLD}
    new = {**one, "number": 2, "until_at": site.now() - NEW}
    assert swept(app, access_restraint, old, new) == [1, 2]
    with app.database.read() as connection:
        query = select(access_restraint.c.source).order_by(access_restraint.c.number)
        assert list(connection.execute(query).scalars()) == ["", SOURCE]


def test_invitations(app: App) -> None:
    one = {"staff": 1, "by": 1, "created_at": 1}
    old = {**one, "number": 1, "digest": b"1", "expires_at": site.now() - 32 * DAY}
    new = {**one, "number": 2, "digest": b"2", "expires_at": site.now() - 30 * DAY}
    assert swept(app, access_invite, old, new) == [2]


def test_keys_of_acts(app: App) -> None:
    one = {"client": 1, "request": b"x", "answer": b"{}"}
    old = {**one, "number": 1, "key": b"1", "at": site.now() - 8 * DAY}
    new = {**one, "number": 2, "key": b"2", "at": site.now() - 6 * DAY}
    assert swept(app, access_repeat, old, new) == [2]


def test_what_exports_name(app: App) -> None:
    one = {"export": 1, "record": 1}
    old = {**one, "number": 1, "ends_at": site.now() - 1}
    new = {**one, "number": 2, "ends_at": site.now() + DAY}
    assert swept(app, access_export_pick, old, new) == [2]


def test_papers_of_disclosures(app: App) -> None:
    one: dict[str, object] = {"sealed": b"x"}
    old = {**one, "disclosure": 1, "moved_at": site.now() - 1096 * DAY}
    new = {**one, "disclosure": 2, "moved_at": site.now() - 1094 * DAY}
    kept = access_disclosure_paper.c.disclosure
    assert swept(app, access_disclosure_paper, old, new, number=kept) == [2]


def test_links_of_people(app: App) -> None:
    one = {"sealed": b"x", "language": "en", "asked_at": 1}
    old = {**one, "number": 1, "digest": b"1", "expires_at": site.now() - 1}
    new = {**one, "number": 2, "digest": b"2", "expires_at": site.now() + DAY}
    assert swept(app, rights_link, old, new) == [2]


def test_visits_of_people(app: App) -> None:
    one, now = {"sealed": b"x"}, site.now()
    idle = {**one, "number": 1, "digest": b"1", "created_at": now, "seen_at": now - 31 * MINUTE}
    long = {**one, "number": 2, "digest": b"2", "created_at": now - 3 * 60 * MINUTE, "seen_at": now}
    live = {**one, "number": 3, "digest": b"3", "created_at": now, "seen_at": now}
    assert swept(app, rights_session, idle, long, live) == [3]


def test_addresses_of_notices(app: App) -> None:
    now = site.now()
    one = {
        "record": 0,
        "part": 0,
        "purpose": "",
        "staff": 0,
        "language": "en",
        "attempts": 0,
        "next_at": now + DAY,
        "sealed": b"x",
        "notice": "erased",
        "codes": "{}",
    }
    rows = [
        {**one, "number": 1, "state": "sent", "created_at": now},
        {**one, "number": 2, "state": "queued", "created_at": now - 31 * DAY},
        {**one, "number": 3, "state": "queued", "created_at": now},
    ]
    assert swept(app, mail_outbox, *rows) == [1, 2, 3]
    with app.database.read() as connection:
        left = select(mail_outbox.c.number).where(mail_outbox.c.sealed.is_not(None))
        assert list(connection.execute(left).scalars()) == [3]


def test_numbers_of_people_in_old_requests(app: App) -> None:
    now = site.now()
    one = {
        "kind": "access",
        "profiles": "",
        "purposes": "",
        "subject": "A" * 16,
        "channel": "my",
        "identity": "",
        "representative": "",
        "language": "en",
        "staff": 0,
        "received_at": 1,
        "blocks": 0,
        "ground": "",
        "exercise": 0,
        "entry": 0,
    }
    rows = [
        {**one, "number": 1, "state": "fulfilled", "moved_at": now - 1100 * DAY},
        {**one, "number": 2, "state": "fulfilled", "moved_at": now - 1000 * DAY},
        {**one, "number": 3, "state": "in-work", "moved_at": now - 1100 * DAY},
    ]
    assert swept(app, rights_request, *rows) == [1, 2, 3]
    with app.database.read() as connection:
        named = select(func.count()).where(rights_request.c.subject != "")
        assert connection.execute(named).scalar_one() == 2
