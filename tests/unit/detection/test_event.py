# SPDX-License-Identifier: Apache-2.0
"""Events: what becomes of an entry, what an outsider's line may be, and that the page of them says it all."""

import pytest

from tools import events
from uphold.detection import event
from uphold.errors import Invalid
from uphold.journal import entry
from uphold.journal.catalogue import CATALOGUE

AT = 1_795_339_800_000


def made(kind: str, codes: dict[str, entry.Code]) -> entry.Entry:
    raw = entry.encode(kind, AT, entry.salt(), codes)
    return entry.decode(raw)


def test_the_reference_of_events_is_the_data() -> None:
    assert events.PAGE.read_text(encoding="utf-8") == events.page(), "run: make events"


def test_an_entry_becomes_an_event_under_its_own_names() -> None:
    invited = made("staff.invited", {"staff": 9, "role": "owner", "by": 2})
    assert event.of_entry(17, invited, {"role": "clerk", "actor": 2, "hour": 9}) == {
        "id": "j17",
        "at": AT,
        "kind": "staff.invited",
        "service": "journal",
        "exercise": False,
        "staff": 9,
        # What the entry says itself stands.
        "role": "owner",
        "by": 2,
        "actor": 2,
        "hour": 9,
    }


@pytest.mark.parametrize(
    ("kind", "codes", "actor"),
    [
        ("staff.closed", {"staff": 9, "by": 2}, 2),
        ("staff.signed-in", {"staff": 9}, 9),
        ("staff.invited", {"staff": 9, "role": "owner", "by": 0}, 0),
        ("keys.created", {"epoch": 1}, 0),
        (
            "egress.refused",
            {"net": "guard", "by": "mail-send", "host": "0" * 64, "times": 1},
            0,
        ),
    ],
)
def test_who_did_it(kind: str, codes: dict[str, entry.Code], actor: int) -> None:
    assert event.actor(made(kind, codes)) == actor


def test_names_that_every_event_has_are_no_codes_of_entries() -> None:
    reserved = {one.name for one in event.ALWAYS}
    clashes = [kind.name for kind in CATALOGUE.values() if reserved & set(kind.codes)]
    # request.received tells the kind of the request; the event's kind is the entry's.
    assert clashes == ["request.received"]


def test_signals_are_of_the_web_or_of_the_site() -> None:
    assert {one.service for one in event.SIGNALS} == {event.WEB, event.SITE}
    assert len({one.kind for one in event.SIGNALS}) == len(event.SIGNALS)


def test_a_line_needs_a_kind_and_a_time() -> None:
    assert event.parse(b'{"at":"2026-11-22T12:30:00+03:00","kind":"web.forged","x":null}', 3) == {
        "at": 1_795_339_800_000,
        "kind": "web.forged",
        "service": "web",
        "exercise": False,
        "id": "line-3",
    }
    assert event.parse(b'{"at":5,"kind":"record.opened"}', 1)["service"] == "journal"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"{",
        b'{"at":1}',
        b'{"kind":"a"}',
        b'{"kind":"a","at":1.5}',
        b'{"kind":"a","at":true}',
        b'{"kind":"a","at":-1}',
        b'{"kind":"a","at":"2026-11-22T12:30:00"}',
        b'{"kind":"a","at":"soon"}',
        b'{"kind":7,"at":1}',
        b'{"kind":"a","at":1,"x":[1]}',
        b'{"kind":"a","at":1,"service":"mail"}',
        b'{"kind":"a","at":1,"exercise":"yes"}',
        b'{"kind":"\xff","at":1}',
        b'{"kind":"a","at":1,"x":"' + b"a" * event.MOST_BYTES + b'"}',
        b"[" * 60_000,
    ],
)
def test_what_is_no_event_is_refused_by_its_line(line: bytes) -> None:
    with pytest.raises(Invalid, match=r"^Line 12\b"):
        event.parse(line, 12)
