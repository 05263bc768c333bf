# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import Connection, update

from tests import editions, orders, rings
from uphold.database import engine, schema
from uphold.database.engine import Database
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.errors import Broken, Conflict, Invalid
from uphold.journal import entry, log, note
from uphold.policy import approval, digest, publish
from uphold.policy.approval import Approval
from uphold.policy.document import Edition

T = TypeVar("T")

ORIGIN = "uphold.example/journal"
DAY = 86_400_000


@dataclass
class Shop:
    """A database with a journal and no edition yet."""

    database: Database
    writer: Writer
    journal: log.Log

    def publish(self, files: dict[str, bytes], effective_at: int | None = None) -> Edition:
        archive = publish.prepare(files)
        return self.writer.run(lambda tx: publish.publish(tx, archive, effective_at))

    def read(self, look: Callable[[Connection], T]) -> T:
        with self.database.read() as connection:
            return look(connection)

    def entries(self) -> list[entry.Entry]:
        return self.read(lambda c: [entry.decode(raw) for _, raw in self.journal.entries(c)])


@pytest.fixture
def shop(engine_url: str) -> Iterator[Shop]:
    database = engine.create(engine_url)
    with database.connect() as connection:
        schema.metadata.create_all(connection)
    journal = log.Log(ORIGIN, note.Signer(ORIGIN, rings.ring().signing_seed), None)
    writer = Writer(database, journal)
    writer.run(lambda tx: log.open_journal(tx, ORIGIN))
    yield Shop(database, writer, journal)
    writer.close()
    database.dispose()


def turned(old: str, new: str, name: str = "policy/policy.md") -> dict[str, bytes]:
    files = editions.files()
    assert old.encode() in files[name]
    files[name] = files[name].replace(old.encode(), new.encode())
    return files


def amended() -> dict[str, bytes]:
    """The example with a changed text and both date lines moved on."""
    files = turned("Reading the Site is not consent", "Reading this Site is not consent")
    files["policy/policy.md"] = files["policy/policy.md"].replace(b"November 16", b"November 18")
    raw = files["policy/policy.ru.md"]
    files["policy/policy.ru.md"] = raw.replace("16 ноября".encode(), "18 ноября".encode())
    return files


def test_an_edition_is_stored_and_journaled(shop: Shop) -> None:
    edition = shop.publish(editions.files())
    assert edition.number == 1
    assert edition.published_at == edition.effective_at
    assert edition.digest == digest.of(publish.prepare(editions.files()))
    stored = shop.read(lambda c: publish.in_force(c, edition.published_at))
    assert stored == edition
    published, in_force = shop.entries()[-2:]
    assert published.kind == "policy.published"
    assert published.codes == {
        "edition": 1,
        "policy": edition.digest,
        "effective": edition.effective_at // 1000,
    }
    assert (in_force.kind, in_force.codes) == ("policy.in-force", {"edition": 1})


def test_unchanged_bytes_are_refused_and_nothing_is_stored(shop: Shop) -> None:
    shop.publish(editions.files())
    before = shop.entries()
    with pytest.raises(Conflict, match="Edition 1 already"):
        shop.publish(editions.files())
    assert shop.entries() == before
    assert len(shop.read(publish.all)) == 1


def test_a_changed_byte_makes_a_new_edition(shop: Shop) -> None:
    first = shop.publish(editions.files())
    second = shop.publish(turned("max = 100", "max = 101", "forms/feedback.toml"))
    assert (first.number, second.number) == (1, 2)
    assert first.digest != second.digest
    assert [e.number for e in shop.read(publish.all)] == [2, 1]
    assert [e.number for e in shop.read(lambda c: publish.since(c, 1))] == [2]
    assert shop.read(lambda c: publish.since(c, 2)) == ()


def test_changed_text_under_an_unmoved_date_line_is_refused(shop: Shop) -> None:
    shop.publish(editions.files())
    with pytest.raises(Invalid, match="date line did not"):
        shop.publish(turned("Reading the Site is not consent", "Reading this Site is not consent"))
    back = turned("November 16, 2026", "November 15, 2026")
    raw = back["policy/policy.ru.md"]
    back["policy/policy.ru.md"] = raw.replace("16 ноября".encode(), "15 ноября".encode())
    back["policy/policy.md"] = back["policy/policy.md"].replace(b"the Site is not", b"it is not")
    with pytest.raises(Invalid, match="date line did not"):
        shop.publish(back)
    assert shop.publish(amended()).number == 2


def test_an_edition_for_later_waits(shop: Shop) -> None:
    first = shop.publish(editions.files())
    later = first.published_at + 30 * DAY
    second = shop.publish(amended(), later)
    assert second.effective_at == later
    assert second.published_at < later

    def at(moment: int) -> int | None:
        found = shop.read(lambda c: publish.in_force(c, moment))
        return found.number if found else None

    # It was in force already, so a clock that was put back changes nothing.
    assert at(first.published_at - 1) == 1
    assert at(later - 1) == 1
    assert at(later) == 2
    assert [e.codes for e in shop.entries() if e.kind == "policy.in-force"] == [{"edition": 1}]


def test_only_the_bytes_that_were_confirmed_are_published(shop: Shop) -> None:
    archive = publish.prepare(editions.files())
    with pytest.raises(Conflict, match="others than those"):
        shop.writer.run(lambda tx: publish.publish(tx, archive, expected="0" * 64))
    assert shop.read(publish.all) == ()
    made = shop.writer.run(lambda tx: publish.publish(tx, archive, expected=digest.of(archive)))
    assert made.number == 1


def test_who_approved_it_and_why_is_stored_with_it(shop: Shop) -> None:
    archive = publish.prepare(editions.files())
    for reason in ("", " \n", "x" * (approval.LONGEST_REASON + 1)):
        wrong = Approval(3, reason)
        with pytest.raises(Invalid, match="reason"):
            shop.writer.run(lambda tx, wrong=wrong: publish.publish(tx, archive, approved=wrong))  # type: ignore[misc] # a default is no other signature
    assert shop.read(publish.all) == ()
    yes = Approval(3, " The lawyers agreed. ")
    shop.writer.run(lambda tx: publish.publish(tx, archive, approved=yes))
    (found,) = shop.read(approval.all).values()
    assert (found.edition, found.staff, found.reason) == (1, 3, "The lawyers agreed.")
    (said,) = [e for e in shop.entries() if e.kind == "policy.approved"]
    told = {"edition": 1, "staff": 3, "reason": digest.of(b"The lawyers agreed.")}
    assert said.codes == told


def test_no_edition_comes_into_force_before_it_is_published(shop: Shop) -> None:
    with pytest.raises(Invalid, match="before it is published"):
        shop.publish(editions.files(), 1)


def test_damaged_bytes_are_told_and_not_served(shop: Shop) -> None:
    edition = shop.publish(editions.files())
    archive = publish.prepare(orders.files())

    def damage(tx: Transaction) -> None:
        tx.execute(update(publish.policy_edition).values(bytes=archive))

    shop.writer.run(damage)
    with pytest.raises(Broken, match="digest"):
        shop.read(lambda c: publish.in_force(c, edition.effective_at))


def test_what_check_finds_wrong_is_not_published() -> None:
    with pytest.raises(Invalid, match=r"policy/policy.md: The policy's text is missing"):
        publish.prepare({k: v for k, v in editions.files().items() if k != "policy/policy.md"})
    with pytest.raises(Invalid):
        publish.prepare({})


def test_wordings_in_the_folder_are_not_believed() -> None:
    files = {**editions.files(), "wordings/feedback.communication.en.md": b"forged"}
    assert publish.prepare(files) == publish.prepare(editions.files())


def test_load_of_prepare() -> None:
    archive = publish.prepare(orders.files())
    edition = publish.load(archive, digest.of(archive), 7, 1, 2)
    assert (edition.number, edition.published_at, edition.effective_at) == (7, 1, 2)
    assert set(edition.forms) == {"feedback", "order"}
    assert all(name == wording.digest for name, wording in edition.wordings.items())


@given(st.data())
def test_no_flipped_byte_is_loaded(data: st.DataObject) -> None:
    archive = publish.prepare(editions.files())
    at = data.draw(st.integers(0, len(archive) - 1))
    flipped = bytearray(archive)
    flipped[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Broken):
        publish.load(bytes(flipped), digest.of(archive), 1, 0, 0)
    with pytest.raises(Broken):
        publish.load(b"", digest.of(b""), 1, 0, 0)
