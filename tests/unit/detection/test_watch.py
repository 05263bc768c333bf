# SPDX-License-Identifier: Apache-2.0
"""What happened is noticed at the next look, once, whatever stops in between and however many processes look."""

import pytest
from sqlalchemy import text, update

from tests import cast, office as offices
from tests.office import Office, office, quick_hashing, sqlite_office
from tests.unit.detection.rules import correlated, described
from tests.unit.detection.watching import alerts, book, forge, refuse, watch
from uphold import errors
from uphold.access import session, signal
from uphold.access.session import Attempt
from uphold.database.transaction import Transaction
from uphold.database.writer import Work, Writer
from uphold.detection import reader, respond, store, watch as watching
from uphold.detection.respond import Applied, Cause, Ladder
from uphold.detection.rule import State
from uphold.vault.unlock import KeyRing

__all__ = ["office", "quick_hashing", "sqlite_office"]

REFUSED = described("refused", "{a: {kind: staff.refused}, condition: a}")
MANY = correlated(
    "many",
    "{type: event_count, rules: [refused], timespan: 10m, condition: {gte: 3}}",
    "uphold: {quiet: PT1H, respond: [log, lock], severity: 4}",
)
FORGED = described(
    "forged",
    "{a: {kind: web.forged}, condition: a}",
    "uphold: {against: source, respond: [log, delay], spoofable: true, quiet: PT0S}",
)
WHOLE = described("whole", "{a: {kind: site.journal}, condition: a}")
RULES = book(REFUSED, MANY, FORGED)


def test_one_look_is_enough(sqlite_office: Office) -> None:
    post = watch(sqlite_office, RULES)
    refuse(sqlite_office, 3)
    [raised] = post.look()
    assert (raised.rule.name, raised.exercise) == ("many", False)
    assert alerts(sqlite_office) == [("many", ("log", "lock:nobody"))]
    # Nothing came since but what the alert itself said.
    assert post.look() == ()
    assert post.look() == ()


def test_news_may_be_there_until_a_look_found_none(sqlite_office: Office) -> None:
    post = watch(sqlite_office, RULES)
    rest(post)
    refuse(sqlite_office, 3)
    assert post.may_have_news()
    # It wrote something itself.
    assert len(post.look()) == 1
    assert post.may_have_news()
    rest(post)


def rest(post: watching.Watch) -> None:
    """Look until nothing can be new: a look may itself say how far it came, and a checkpoint counts as news."""
    looks = (post.look() for _ in range(5))
    assert any(not found and not post.may_have_news() for found in looks)


def test_what_was_before_the_first_look_is_not_told(sqlite_office: Office) -> None:
    refuse(sqlite_office, 3)
    post = watch(sqlite_office, RULES)
    assert alerts(sqlite_office) == []
    # One more, and there are three within the window of what comes.
    refuse(sqlite_office)
    assert len(post.look()) == 1


def test_a_crash_between_the_commit_and_the_look_loses_nothing(sqlite_office: Office) -> None:
    watch(sqlite_office, RULES)
    refuse(sqlite_office, 3)
    forge(sqlite_office)
    # The process ends here; the next one begins where the last had looked.
    watch(sqlite_office, RULES)
    assert [rule for rule, _ in alerts(sqlite_office)] == ["many", "forged"]


def test_who_begins_again_knows_what_was_and_doubles_nothing(sqlite_office: Office) -> None:
    post = watch(sqlite_office, RULES)
    refuse(sqlite_office, 2)
    forge(sqlite_office)
    post.look()
    again = watch(sqlite_office, RULES)
    refuse(sqlite_office)
    assert [one.rule.name for one in again.look()] == ["many"]
    for _ in range(3):
        watch(sqlite_office, RULES)
    # Quiet lasts over a new beginning.
    refuse(sqlite_office, 5)
    assert watch(sqlite_office, RULES).look() == ()
    assert [rule for rule, _ in alerts(sqlite_office)] == ["forged", "many"]


def test_several_processes_tell_once(office: Office) -> None:
    posts = [watch(office, RULES) for _ in range(3)]
    refuse(office, 3)
    forge(office)
    told = [len(post.look()) for post in posts]
    assert told == [2, 0, 0]
    refuse(office, 9)
    assert [post.look() for post in reversed(posts)] == [(), (), ()]
    assert len(alerts(office)) == 2


def test_rules_that_change_are_journaled_once_and_tell_nothing_of_the_past(
    sqlite_office: Office,
) -> None:
    watch(sqlite_office, book(FORGED))
    refuse(sqlite_office, 3)
    assert sqlite_office.kinds().count("detection.rules") == 1
    for _ in range(2):
        post = watch(sqlite_office, RULES)
    assert sqlite_office.kinds().count("detection.rules") == 2
    # What came after the last look of the old rules is looked at by the new ones.
    assert [rule for rule, _ in alerts(sqlite_office)] == ["many"]
    assert post.look() == ()


def test_a_rule_that_is_tried_only_says_what_it_would_do(sqlite_office: Office) -> None:
    post = watch(sqlite_office, book(FORGED, state=State.DRY))
    forge(sqlite_office)
    post.look()
    assert alerts(sqlite_office) == [("forged", ("log", "delay:would"))]
    [alert] = sqlite_office.read(store.listed)
    assert alert.dry_run
    assert alert.source == "0123456789abcdef"


def test_an_alert_does_what_its_rule_says(sqlite_office: Office) -> None:
    post = watch(sqlite_office, RULES)
    forge(sqlite_office)
    post.look()
    assert alerts(sqlite_office) == [("forged", ("log", "delay"))]
    assert "restraint.placed" in sqlite_office.kinds()


def test_what_cannot_be_read_is_told_and_the_rest_is_looked_at(sqlite_office: Office) -> None:
    office = sqlite_office
    post = watch(office, book(REFUSED, MANY, FORGED, WHOLE))
    number = office.read(reader.head).journal
    refuse(office)
    damage(office, number)
    signals = office.read(signal.newest)
    forge(office)
    office.run(
        lambda tx: tx.execute(
            update(signal.access_signal)
            .where(signal.access_signal.c.number > signals)
            .values(fields="{")
        )
    )
    refuse(office, 3)
    told = sorted(one.rule.name for one in post.look())
    # One of the two is enough to have somebody look: the rule keeps quiet then.
    assert told == ["many", "whole"]
    assert [post.look() for _ in range(3)] == [(), (), ()]


def test_what_comes_behind_a_long_gap_is_looked_at(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "PIECE", 5)
    post = watch(sqlite_office, book(REFUSED, MANY, WHOLE))
    first = sqlite_office.read(reader.head).journal
    for _ in range(12):
        refuse(sqlite_office)
    with sqlite_office.app.database.connect() as connection:
        connection.execute(text("DROP TRIGGER journal_batch_no_delete"))
        connection.execute(
            text("DELETE FROM journal_batch WHERE number BETWEEN :first AND :last"),
            {"first": first, "last": first + 10},
        )
        connection.commit()
    refuse(sqlite_office, 3)
    told = [one.rule.name for _ in range(3) for one in post.look()]
    assert told == ["whole", "many"]
    assert post.place == sqlite_office.read(reader.head)


def test_evidence_that_was_damaged_meanwhile_stops_nothing(sqlite_office: Office) -> None:
    used = described("used", "{a: {kind: web.session}, condition: a}")
    often = correlated(
        "often",
        "{type: event_count, rules: [used], group-by: [staff], timespan: 10m, condition: {gte: 2}}",
        "uphold: {against: staff, respond: [lock]}",
    )
    clerk = sqlite_office.staff(cast.clerk)
    post = watch(sqlite_office, book(used, often))
    place = dict.fromkeys(("source", "network", "agent"), "0123456789abcdef")
    one = signal.Signal(signal.Kind.SESSION, {**place, "session": 1, "changed": False}, clerk.staff)
    sqlite_office.run(lambda tx: signal.note(tx, one))
    assert post.look() == ()
    sqlite_office.run(lambda tx: tx.execute(update(signal.access_signal).values(fields="{")))
    sqlite_office.run(lambda tx: signal.note(tx, one))
    # Whether it was the account's own act cannot be told any more: it is not locked for it.
    post.look()
    assert alerts(sqlite_office) == [("often", ("lock:spared",))]


def damage(office: Office, number: int) -> None:
    """Cut the entries of a batch short, as a fault of the disk would."""
    with office.app.database.connect() as connection:
        connection.execute(text("DROP TRIGGER journal_batch_no_update"))
        connection.execute(
            text("UPDATE journal_batch SET entries = :cut WHERE number = :number"),
            {"cut": b"\x00\xff", "number": number},
        )


class Failing:
    """A writer whose storage is gone for a while."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.fails = 0
        # So many more are done before one fails.
        self.works = -1

    def run(self, work: Work[object]) -> object:
        self.works -= 1
        if self.fails or self.works == -1:
            self.fails = max(0, self.fails - 1)
            raise errors.Unavailable("The disk is full.", "Wait.")
        return self.writer.run(work)


def test_what_cannot_be_done_is_told_and_not_tried_for_ever(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> tuple[respond.Applied, ...]:
        raise errors.Broken("Entry 3 of the journal is missing.", "Look.")

    post = watch(sqlite_office, RULES)
    refuse(sqlite_office, 3)
    with monkeypatch.context() as patched:
        patched.setattr(respond, "apply", fail)
        post.look()
    assert alerts(sqlite_office) == [("many", ("log", "failed"))]
    assert post.look() == ()


def test_what_could_not_be_stored_is_stored_later(sqlite_office: Office) -> None:
    failing = Failing(sqlite_office.writer)
    post = watch(sqlite_office, RULES, failing)  # type: ignore[arg-type]  # as much of one as is used
    refuse(sqlite_office, 3)
    failing.fails = 2
    for _ in range(2):
        with pytest.raises(errors.Unavailable):
            post.look()
    assert [one.rule.name for one in post.look()] == ["many"]


def test_what_was_stored_before_the_storage_went_away_is_told_later(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "TOGETHER", 2)
    failing = Failing(sqlite_office.writer)
    post = watch(sqlite_office, RULES, failing)  # type: ignore[arg-type]  # as much of one as is used
    for step in range(5):
        forge(sqlite_office, f"{step:016x}")
    failing.works = 1
    with pytest.raises(errors.Unavailable):
        post.look()
    before = sqlite_office.read(store.cursor)
    assert len(alerts(sqlite_office)) == 2
    assert [one.number for one in post.look()] == [1, 2, 3, 4, 5]
    # A process that began in between would have found the other three by itself.
    assert before is not None
    assert before.signal == 0
    assert post.look() == ()


def test_one_that_cannot_be_acted_on_keeps_nothing_from_the_others(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = respond.apply

    def fail(tx: Transaction, ring: KeyRing, cause: Cause, ladder: Ladder) -> tuple[Applied, ...]:
        if cause.source.endswith("1"):
            raise errors.Broken("Entry 3 of the journal is missing.", "Look.")
        return really(tx, ring, cause, ladder)

    post = watch(sqlite_office, RULES)
    for step in range(3):
        forge(sqlite_office, f"{step:016x}")
    monkeypatch.setattr(respond, "apply", fail)
    assert len(post.look()) == 3
    done = [responses for _, responses in alerts(sqlite_office)]
    assert done == [("log", "delay"), ("log", "failed"), ("log", "delay")]


def test_a_long_absence_is_made_up_for_in_pieces(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "PIECE", 5)
    watch(sqlite_office, RULES)
    now = offices.now()
    for step in range(12):
        refuse(sqlite_office, 1, now + step * 1000)
        forge(sqlite_office, f"{step:016x}", now + step * 1000)
    watch(sqlite_office, RULES)
    told = [rule for rule, _ in alerts(sqlite_office)]
    assert (told.count("many"), told.count("forged")) == (1, 12)


def test_a_rule_that_is_new_keeps_no_quiet_for_what_it_never_told(sqlite_office: Office) -> None:
    refuse(sqlite_office, 3)
    watch(sqlite_office, book(FORGED))
    # It would have told of the three, had it been there; nobody was told, so it does not keep quiet.
    post = watch(sqlite_office, RULES)
    assert alerts(sqlite_office) == []
    refuse(sqlite_office)
    assert [one.rule.name for one in post.look()] == ["many"]


def test_the_place_is_noted_now_and_then(sqlite_office: Office) -> None:
    post = watch(sqlite_office, RULES)
    before = sqlite_office.read(store.cursor)
    refuse(sqlite_office, 1)
    post.look()
    assert sqlite_office.read(store.cursor) == before
    forge(sqlite_office)
    post.look()
    noted = sqlite_office.read(store.cursor)
    assert noted is not None
    assert noted.journal >= post.place.journal - 2
    assert noted.signal == post.place.signal


def test_an_account_is_locked_for_what_it_did(sqlite_office: Office) -> None:
    rule = described(
        "opened",
        "{a: {kind: staff.signed-in}, condition: a}",
        "uphold: {against: staff, respond: [lock]}",
    )
    clerk = sqlite_office.staff(cast.clerk)
    sqlite_office.staff(cast.officer)
    post = watch(sqlite_office, book(rule))
    attempt = Attempt(cast.clerk.login, cast.clerk.password, offices.SOURCE)
    session.sign_in(sqlite_office.writer, attempt, key=offices.KEY, now=offices.now())
    [raised] = post.look()
    alert = sqlite_office.read(lambda c: store.find(c, raised.number))
    assert (alert.staff, alert.responses) == (clerk.staff, ("lock",))


@pytest.mark.parametrize("column", ["journal", "signal"])
def test_a_cursor_that_somebody_put_ahead_blinds_nobody(sqlite_office: Office, column: str) -> None:
    rules = book(REFUSED, MANY, FORGED, WHOLE)
    post = watch(sqlite_office, rules)
    ahead = update(store.detection_cursor).values(**{column: 10**12})
    sqlite_office.run(lambda tx: tx.execute(ahead))
    refuse(sqlite_office, 3)
    forge(sqlite_office)
    assert {one.rule.name for one in post.look()} == {"many", "forged"}
    # That somebody did is told too, once.
    assert [one.rule.name for one in (*post.look(), *post.look())] == ["whole"]
    # A process that begins then cannot know how far was looked, and begins at the present.
    sqlite_office.run(lambda tx: tx.execute(ahead))
    again = watch(
        sqlite_office,
        book(REFUSED, FORGED, described("whole2", "{a: {kind: site.journal}, condition: a}")),
    )
    forge(sqlite_office, "fedcba9876543210")
    refuse(sqlite_office)
    names = [one.rule.name for _ in range(2) for one in again.look()]
    assert sorted(names) == ["forged", "refused"]
    assert [rule for rule, _ in alerts(sqlite_office)].count("whole2") == 1
