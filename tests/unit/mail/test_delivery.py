# SPDX-License-Identifier: Apache-2.0
"""Sent at least once, never opened before the journal says so."""

import asyncio
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests import cast, office as offices, relay as relays
from tests.editions import PURPOSE
from tests.office import Office
from tests.relay import SENDER, Box
from uphold import errors
from uphold.database.transaction import Transaction
from uphold.mail import delivery, letter, outbox, send
from uphold.mail.delivery import Judges, Refused, Tally, Told
from uphold.mail.letter import Letter
from uphold.mail.outbox import Item, State
from uphold.mail.send import Failure, Relay, Trouble
from uphold.retention import sweep
from uphold.vault import records
from uphold.vault.permit import Permit

LETTER = Letter(cast.subject.email, "О доставке", "Zvezdochyot, доставят завтра.")
AUTHOR = 7
DEAD = Relay("127.0.0.1", 1, "none", SENDER)


@dataclass
class Judge:
    """Permits unless told otherwise, and counts how often it was asked."""

    refusals: list[Refused] = field(default_factory=list)
    asked: list[Item] = field(default_factory=list)

    def __call__(self, tx: Transaction, item: Item) -> Permit | Refused:
        self.asked.append(item)
        if self.refusals:
            return self.refusals.pop(0)
        return Permit(AUTHOR, item.purpose, item.record, letter.FIELDS, 1, "consent")


def put(office: Office, record: int | None = None, written: Letter = LETTER) -> int:
    number = office.submit() if record is None else record
    return office.run(
        lambda tx: outbox.put(tx, office.ring, number, PURPOSE, AUTHOR, written, language="ru")
    )


def no_notice(tx: Transaction, item: Item) -> Told | Refused:
    raise AssertionError(item.notice)


JUDGES = Judges(Judge(), no_notice)


def deliver(
    office: Office, relay: Relay | None, judge: Judge | None = None, now: int | None = None
) -> Tally:
    at = offices.now() if now is None else now
    asked = Judges(judge or Judge(), no_notice)
    return asyncio.run(delivery.deliver(office.writer, office.ring, relay, asked, now=at))


def export(
    office: Office, folder: Path, judge: Judge | None = None, sender: str = SENDER
) -> tuple[Path, ...]:
    asked = Judges(judge or Judge(), no_notice)
    return delivery.export(
        office.writer, office.ring, asked, folder, sender=sender, now=offices.now()
    )


def item(office: Office, record: int = 1) -> Item:
    (found,) = office.read(lambda c: outbox.of_record(c, record))
    return found


def tail(office: Office, count: int) -> list[str]:
    return office.kinds()[-count:]


def test_it_is_sent(office: Office) -> None:
    put(office)
    box = Box()
    with relays.running(box) as port:
        assert deliver(office, relays.plain(port)) == Tally(sent=1)
        assert deliver(office, relays.plain(port), now=offices.now() + 10**10) == Tally()
    found = item(office)
    assert (found.state, found.attempts, found.reason) == (State.SENT, 1, "")
    assert found.sent_at > 0
    assert tail(office, 3) == ["answer.sealed", "record.opened", "mail.sent"]
    opened, sent = office.entries()[-2:]
    assert opened.codes == {
        "staff": outbox.MAILER,
        "purpose": PURPOSE,
        "fields": "answer-subject+answer-text+answer-to",
    }
    assert sent.codes == {"attempt": 1}
    (arrived,) = box.messages()
    assert arrived["To"] == cast.subject.email
    assert "доставят завтра" in relays.text(arrived)
    assert office.read(outbox.next_at) is None


def test_the_reading_is_durable_before_it_is_opened(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(office)
    seen: list[str] = []
    real = records.open

    def watched(*given: object) -> object:
        seen.append(office.kinds()[-1])
        return real(*given)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(records, "open", watched)
    with relays.running(Box()) as port:
        deliver(office, relays.plain(port))
    assert seen == ["record.opened"]


def test_put_off_and_tried_again_with_the_same_identity(office: Office) -> None:
    put(office)
    now = offices.now()
    box = Box(data=["451 later", "451 later"])
    with relays.running(box) as port:
        relay = relays.plain(port)
        assert deliver(office, relay, now=now) == Tally(delayed=1)
        first = item(office)
        assert (first.state, first.reason, first.attempts) == (State.QUEUED, "relay-later", 1)
        assert first.next_at == now + outbox.MINUTE
        assert deliver(office, relay, now=now + outbox.MINUTE - 1) == Tally()
        assert deliver(office, relay, now=first.next_at) == Tally(delayed=1)
        second = item(office)
        assert second.next_at == first.next_at + 5 * outbox.MINUTE
        assert deliver(office, relay, now=second.next_at) == Tally(sent=1)
    last = item(office)
    assert (last.state, last.attempts, last.reason) == (State.SENT, 3, "")
    failed = [e.codes for e in office.entries() if e.kind == "mail.failed"]
    assert failed == [
        {"attempt": 1, "reason": "relay-later"},
        {"attempt": 2, "reason": "relay-later"},
    ]
    assert office.kinds().count("record.opened") == 3


def test_a_refusal_is_final_and_visible(office: Office) -> None:
    put(office)
    with relays.running(Box(rcpt=["550 no such person"])) as port:
        assert deliver(office, relays.plain(port)) == Tally(failed=1)
    found = item(office)
    assert (found.state, found.reason) == (State.FAILED, "address-refused")
    assert office.read(outbox.counts)[State.FAILED] == 1
    assert deliver(office, DEAD, now=offices.now() + 10**10) == Tally()


def test_an_outage_loses_nothing_and_ends(office: Office) -> None:
    put(office)
    now, attempts = offices.now(), 0
    begun = now
    while item(office).state == State.QUEUED:
        deliver(office, DEAD, now=now)
        attempts += 1
        now = item(office).next_at
    assert attempts == len(outbox.WAITS) + 1
    assert now - begun >= 5 * 24 * outbox.HOUR
    assert item(office).reason == "relay-unreachable"
    assert item(office).state == State.FAILED


def test_one_that_fails_does_not_hold_up_the_others(office: Office) -> None:
    for _ in range(3):
        put(office)
    box = Box(data=["554 not this"])
    with relays.running(box) as port:
        assert deliver(office, relays.plain(port)) == Tally(sent=2, failed=1)
    assert len(box.raw) == 2


def test_without_a_relay_all_stays_sealed(office: Office) -> None:
    put(office)
    assert deliver(office, None) == Tally()
    assert tail(office, 1) == ["answer.sealed"]
    assert item(office).state == State.QUEUED


class Killed(BaseException): ...


def test_killed_before_the_outcome_is_noted_it_is_sent_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(office)
    now = offices.now()
    box = Box()
    with relays.running(box) as port:
        relay = relays.plain(port)

        async def sent_and_killed(*given: object) -> Failure | None:
            await real(*given)  # type: ignore[arg-type]  # passed on as it came
            raise Killed

        real = send.send
        monkeypatch.setattr(send, "send", sent_and_killed)
        with pytest.raises(Killed):
            deliver(office, relay, now=now)
        monkeypatch.setattr(send, "send", real)
        # While the lease lasts nobody else takes it.
        assert deliver(office, relay, now=now + outbox.LEASE - 1) == Tally()
        assert deliver(office, relay, now=now + outbox.LEASE) == Tally(sent=1)
    one, two = box.messages()
    assert one["Message-ID"] == two["Message-ID"]
    assert one["Date"] == two["Date"]
    assert item(office).attempts == 2


def test_the_lease_is_longer_than_a_sending() -> None:
    assert send.SECONDS_IN_ALL * 1000 < outbox.LEASE


def test_a_late_outcome_does_not_overwrite_a_later_attempt(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(office)
    now = offices.now()
    with relays.running(Box()) as port:
        relay = relays.plain(port)
        real = send.send

        async def overtaken(*given: object) -> Failure | None:
            """Sleep past the lease; meanwhile another process sends it."""
            monkeypatch.setattr(send, "send", real)
            await delivery.deliver(
                office.writer, office.ring, relay, JUDGES, now=now + outbox.LEASE
            )
            return Failure(Trouble.TIMEOUT, permanent=False)

        monkeypatch.setattr(send, "send", overtaken)
        deliver(office, relay, now=now)
    assert item(office).state == State.SENT


def test_many_at_once_share_the_work(office: Office) -> None:
    for _ in range(6):
        put(office)
    box = Box()

    async def together(relay: Relay) -> list[Tally]:
        now = offices.now()
        rounds = [
            delivery.deliver(office.writer, office.ring, relay, JUDGES, now=now) for _ in range(3)
        ]
        return list(await asyncio.gather(*rounds))

    with relays.running(box) as port:
        tallies = asyncio.run(together(relays.plain(port)))
    assert sum(tally.sent for tally in tallies) == 6
    assert len({message["Message-ID"] for message in box.messages()}) == len(box.raw) == 6


def test_a_passing_no_delays_and_is_journaled(office: Office) -> None:
    put(office)
    now = offices.now()
    judge = Judge([Refused("staff-held", lasting=False)])
    box = Box()
    with relays.running(box) as port:
        assert deliver(office, relays.plain(port), judge, now) == Tally(delayed=1)
        assert box.raw == []
        assert item(office).reason == "staff-held"
        said = office.entries()[-1]
        assert said.kind == "access.denied"
        assert said.codes == {"staff": 0, "purpose": PURPOSE, "reason": "staff-held"}
        assert deliver(office, relays.plain(port), judge, now + outbox.MINUTE) == Tally(sent=1)


def test_a_lasting_no_fails_and_is_never_opened(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(office)
    monkeypatch.setattr(records, "open", None)
    judge = Judge([Refused("consent-withdrawn", lasting=True)])
    assert deliver(office, DEAD, judge) == Tally(failed=1)
    assert item(office).state == State.FAILED
    assert item(office).reason == "consent-withdrawn"


def test_what_was_destroyed_cannot_be_sent(office: Office) -> None:
    put(office)
    office.run(lambda tx: sweep.destroy(tx, office.ring, 1, sweep.Reason.DISCARDED))
    assert deliver(office, DEAD) == Tally(failed=1)
    assert item(office).reason == "part-destroyed"


def test_only_the_answer_itself_is_opened(office: Office) -> None:
    record = office.submit()
    put(office, record)
    put(office, record, replace(LETTER, text="The second."))
    box = Box()
    with relays.running(box) as port:
        deliver(office, relays.plain(port))
    first, second = box.messages()
    assert "доставят завтра" in relays.text(first)
    assert "The second." in relays.text(second)
    assert first["Message-ID"] != second["Message-ID"]


def test_export_writes_files_that_another_program_can_send(office: Office, tmp_path: Path) -> None:
    put(office)
    put(office)
    deliver(office, DEAD)
    folder = tmp_path / "mail"
    written = export(office, folder)
    assert sorted(folder.iterdir()) == sorted(written)
    assert [path.stat().st_mode & 0o777 for path in written] == [0o600, 0o600]
    message = message_from_bytes(written[0].read_bytes(), policy=default)
    assert message["To"] == cast.subject.email
    assert "доставят завтра" in relays.text(message)
    assert [item(office, record).state for record in (1, 2)] == [State.EXPORTED] * 2
    assert tail(office, 2) == ["record.opened", "mail.exported"]
    assert export(office, folder) == ()


def test_export_takes_what_failed_and_leaves_what_was_sent(office: Office, tmp_path: Path) -> None:
    put(office)
    put(office)
    with relays.running(Box(rcpt=["550 no"])) as port:
        assert deliver(office, relays.plain(port)) == Tally(sent=1, failed=1)
    assert len(export(office, tmp_path)) == 1


def test_export_obeys_the_judge(office: Office, tmp_path: Path) -> None:
    put(office)
    assert export(office, tmp_path, Judge([Refused("consent-withdrawn", lasting=True)])) == ()
    assert list(tmp_path.glob("*.eml")) == []
    assert item(office).state == State.FAILED


def test_a_crash_while_exporting_writes_the_same_file_again(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(office)
    folder = tmp_path / "mail"
    with monkeypatch.context() as broken:
        broken.setattr(delivery, "_exported", None)
        with pytest.raises(TypeError):
            export(office, folder)
    (first,) = folder.iterdir()
    (second,) = export(office, folder)
    assert first == second


def test_export_to_nowhere_opens_nothing(office: Office, tmp_path: Path) -> None:
    put(office)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(errors.Invalid):
        export(office, tmp_path / "file")
    assert tail(office, 1) == ["answer.sealed"]


@pytest.mark.parametrize("sender", ["", "nobody", "A <>"])
def test_export_from_nobody_opens_nothing(office: Office, tmp_path: Path, sender: str) -> None:
    put(office)
    with pytest.raises(errors.Invalid):
        export(office, tmp_path / "mail", sender=sender)
    assert tail(office, 1) == ["answer.sealed"]


def test_no_personal_data_reach_the_journal(office: Office) -> None:
    put(office)
    with relays.running(Box(data=["451 <agnia.zvezdochyot@subject.example> later"])) as port:
        deliver(office, relays.plain(port))
        deliver(office, relays.plain(port), now=offices.now() + outbox.HOUR)
    assert cast.leaks(b"".join(office.raw())) == []
