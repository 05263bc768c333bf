# SPDX-License-Identifier: Apache-2.0
"""From where staff come: pseudonyms that end, what is new, and nothing of an address anywhere."""

from tests import cast
from tests.office import Office, now
from uphold.access import arrival, signal
from uphold.access.arrival import MOST_PLACES, PERIOD_MS, Outcome, Whence
from uphold.access.signal import KEPT_MS, Kind, Signal

KEY = bytes(range(32))
HOME, OFFICE_ = "192.0.2.7", "198.51.100.9"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEWER = FIREFOX.replace("140", "141")
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15"


def at(moment: int, address: str = HOME, agent: str = FIREFOX, login: str = "") -> Whence:
    return arrival.whence(KEY, address, agent, moment, login)


def news(office: Office) -> list[tuple[str, bool, bool, bool]]:
    """Outcome, new network, new browser, first, of each try that was noted."""
    found = office.read(lambda c: signal.since(c, 0))
    mine = [one.signal.fields for one in found if one.signal.kind is Kind.SIGN_IN]
    names = ("outcome", "new_network", "new_agent", "first")
    return [tuple(one[name] for name in names) for one in mine]  # type: ignore[misc] # shapes are checked


def test_a_digest_says_only_whether_it_is_the_same() -> None:
    mine = at(5, login=" Clerk-Curlew ")
    assert mine == at(5, login="clerk-curlew")
    told = (mine.source, mine.network, mine.agent, mine.login)
    assert all(len(one) == 16 and set(one) <= set("0123456789abcdef") for one in told)
    assert len({*told, *mine.before}) == 6
    assert arrival.source(KEY, HOME, 5) == mine.source
    assert arrival.whence(bytes(32), HOME, FIREFOX, 5).source != mine.source


def test_a_digest_ends_with_its_period_and_is_known_again_in_the_next_one_only() -> None:
    before, after, later = (at(PERIOD_MS * days + 1) for days in (1, 2, 3))
    assert before.source != after.source
    assert after.before == (before.network, before.agent)
    assert before.network not in {later.network, later.before[0]}


def test_neighbours_share_a_network_and_an_update_is_the_same_browser() -> None:
    assert arrival.prefix("192.0.2.7") == arrival.prefix("192.0.2.200") == "192.0.2.0/24"
    assert arrival.prefix("::ffff:192.0.2.7") == "192.0.2.0/24"
    assert arrival.prefix("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert arrival.prefix("2001:db8:2::3") != arrival.prefix("2001:db8:1::3")
    assert arrival.prefix("unix") == "unix"
    assert arrival.kind_of(FIREFOX) == arrival.kind_of(NEWER) != arrival.kind_of(SAFARI)


def test_one_host_is_one_source_whichever_of_its_addresses_it_comes_from() -> None:
    def of(address: str) -> str:
        return arrival.source(KEY, address, 5)

    assert of("2001:db8:1:2::3") == of("2001:db8:1:2:ffff::1") == at(5, "2001:db8:1:2::9").source
    assert of("2001:db8:1:3::3") != of("2001:db8:1:2::3")
    assert of("::ffff:192.0.2.7") == of("192.0.2.7") != of("192.0.2.8")


def test_nothing_is_told_of_nobody() -> None:
    empty = arrival.whence(KEY, "", "", 5)
    assert (empty.source, empty.network, empty.agent, empty.login) == ("", "", "", "")


def test_what_was_not_seen_of_an_account_is_new(office: Office) -> None:
    staff, moment = office.staff(cast.clerk).staff, now()
    steps = [
        (at(moment), Outcome.WRONG),
        (at(moment), Outcome.OK),
        (at(moment, agent=NEWER), Outcome.OK),
        (at(moment, OFFICE_), Outcome.WRONG),
        (at(moment, OFFICE_), Outcome.OK),
        (at(moment, OFFICE_, SAFARI), Outcome.SECOND_OK),
        (at(moment), Outcome.OK),
    ]
    for whence, outcome in steps:
        office.run(lambda tx, w=whence, o=outcome: arrival.tried(tx, w, o, staff))  # type: ignore[misc] # mypy knows no default
    assert news(office) == [
        ("wrong", False, False, True),
        ("ok", False, False, True),
        ("ok", False, False, False),
        ("wrong", True, False, False),
        ("ok", True, False, False),
        ("second-ok", False, True, False),
        ("ok", False, False, False),
    ]


def test_a_place_stays_known_over_the_end_of_a_period(sqlite_office: Office) -> None:
    staff, moment = sqlite_office.staff(cast.clerk).staff, now()
    fields = {**at(moment - PERIOD_MS).fields, "login": "", "outcome": "ok"}
    flags = dict.fromkeys(("new_network", "new_agent", "first", "waits"), False)
    old = Signal(Kind.SIGN_IN, {**fields, **flags}, staff, at=moment - KEPT_MS + 60_000)
    sqlite_office.run(lambda tx: signal.note(tx, old))
    sqlite_office.run(lambda tx: arrival.tried(tx, at(moment), Outcome.OK, staff))
    assert news(sqlite_office)[-1] == ("ok", False, False, False)


def test_who_is_nobody_is_told_by_a_digest_of_what_they_typed(sqlite_office: Office) -> None:
    whence = at(now(), login=cast.intruder.login)
    sqlite_office.run(lambda tx: arrival.tried(tx, whence, Outcome.UNKNOWN))
    sqlite_office.run(lambda tx: arrival.tried(tx, None, Outcome.UNKNOWN))
    (found,) = sqlite_office.read(lambda c: signal.since(c, 0))
    assert found.signal.staff == 0
    assert found.signal.fields["login"] == whence.login
    stored = sqlite_office.stored()
    for text in (HOME, cast.intruder.login, "Firefox"):
        assert text.encode() not in stored


def test_a_session_tells_each_place_once(sqlite_office: Office) -> None:
    staff, moment = sqlite_office.staff(cast.clerk).staff, now()
    places = [at(moment), at(moment), at(moment, OFFICE_), at(moment), at(moment, agent=SAFARI)]
    told = [
        sqlite_office.run(lambda tx, w=one: arrival.moved(tx, w, 9, staff))  # type: ignore[misc] # mypy knows no default
        for one in places
    ]
    assert told == [True, False, True, False, True]
    sqlite_office.run(lambda tx: arrival.moved(tx, at(moment), 10, staff))
    found = [one.signal.fields for one in sqlite_office.read(lambda c: signal.since(c, 0))]
    assert [(one["session"], one["changed"]) for one in found] == [
        (9, False),
        (9, True),
        (9, True),
        (10, False),
    ]


def test_a_session_that_names_ever_new_browsers_is_noted_no_more(sqlite_office: Office) -> None:
    staff, moment = sqlite_office.staff(cast.clerk).staff, now()

    def many(count: int) -> int:
        agents = [at(moment, agent="x" * (one + 1)) for one in range(count)]
        return sum(
            sqlite_office.run(lambda tx: [arrival.moved(tx, one, 9, staff) for one in agents])
        )

    assert many(MOST_PLACES + 5) == MOST_PLACES
