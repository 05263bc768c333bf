# SPDX-License-Identifier: Apache-2.0
"""Storage, journal, mail and what leaves the machine, broken."""

import base64
import contextlib
import logging
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import insert, select

from tests import site as sites
from tests.sabotage.sabotage import Ground, Sabotage
from uphold import __version__, config, egress
from uphold.app import App
from uphold.assurance import archive, evidence
from uphold.assurance.evidence import Evidence
from uphold.assurance.probe import Kind, Status
from uphold.database import engine
from uphold.enquiry import desk, reply
from uphold.journal import entry
from uphold.mail import outbox
from uphold.mail.letter import Letter
from uphold.submission import decode, submit, validate
from uphold.vault import records, seal, subject
from uphold.vault.tables import vault_key

# A site's example port that nobody declares.
ELSEWHERE = ("127.0.0.77", 443)
LISTEN = """
import socket, sys
listening = socket.create_server(("127.0.0.78", 0))
print(listening.getsockname()[1], flush=True)
sys.stdin.read()
"""


def raw(app: App, *statements: str) -> None:
    """Run statements on the database file of an open site, the triggers out of the way."""
    connection = sqlite.connect(app.settings.folder / "data" / "uphold.sqlite")
    with contextlib.closing(connection), connection:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.execute(triggers).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            changed = connection.execute(statement)
            assert changed.rowcount, f"changed nothing: {statement}"


def by_sql(*statements: str) -> Callable[[Ground], None]:
    """Edit the database of the site before it is opened."""
    return lambda ground: ground.sql(*statements)


def by_sql_later(*statements: str) -> Callable[[Ground], None]:
    """Edit the database of the open site."""
    return lambda ground: ground.later.append(lambda app: raw(app, *statements))


# --- inventory --------------------------------------------------------------------------------------


def leave_an_export(ground: Ground) -> None:
    (ground.folder / "data" / "export.csv").write_text("name,email\n")


# --- storage ----------------------------------------------------------------------------------------


def seal_nothing(ground: Ground) -> None:
    """Parts are stored as they are, with room left for the cipher that was meant."""
    ground.patch.setattr(
        seal, "seal", lambda _cipher, nonce, plain, _place: seal.FORMAT + nonce + plain + bytes(16)
    )
    ground.patch.setattr(seal, "unseal", lambda _cipher, blob, _place: blob[13:-16])


def keep_a_plain_column(ground: Ground) -> None:
    """A column for finding enquiries by name is added, and filled."""
    ground.sql("ALTER TABLE enquiry_item ADD COLUMN caller TEXT")
    before = submit.work

    def work(post: Any, sealed: Any, arrive: Any, *rest: Any) -> Any:
        store = before(post, sealed, arrive, *rest)

        def with_name(tx: Any) -> Any:
            found = store(tx)
            tx.flush()
            name = next(iter(post.accepted.values.values()))
            tx.connection.exec_driver_sql(
                "UPDATE enquiry_item SET caller = ? WHERE number = ?", (name, sealed.record)
            )
            return found

        return with_name

    ground.patch.setattr(submit, "work", work)


def spool_posts(ground: Ground) -> None:
    """Each post is written to a temporary file first, as some servers do with long ones."""
    before = decode.body

    def spooled(kind: str, body: bytes) -> dict[str, str]:
        (Path(tempfile.gettempdir()) / "uphold-sabotage-spool").write_bytes(body)
        return before(kind, body)

    ground.patch.setattr(decode, "body", spooled)


def hash_addresses(ground: Ground) -> None:
    """A log in the folder of the data holds what was sent, in base64 so that nobody reads it by accident."""
    before = decode.body
    log = ground.folder / "data" / "replay.log"

    def logged(kind: str, body: bytes) -> dict[str, str]:
        found = before(kind, body)
        with log.open("a") as file:
            file.write(seal_less(found) + "\n")
        return found

    ground.patch.setattr(decode, "body", logged)


def seal_less(values: dict[str, str]) -> str:
    return base64.b64encode(repr(values).encode()).decode()


def chmod(name: str, mode: int) -> Callable[[Ground], None]:
    """Change the mode of a file or folder of the open site."""

    def change(ground: Ground) -> None:
        ground.later.append(lambda app: (app.settings.folder / name).chmod(mode))

    return change


def keep_keys_with_data(ground: Ground) -> None:
    """Both lie in one folder, by way of a link that no check of the configuration follows."""
    folder = ground.folder
    (folder / "keys" / "ring.json").rename(folder / "data" / "ring.json")
    file = folder / "uphold.toml"
    text = file.read_text()
    url = "sqlite:///data/uphold.sqlite"
    text += f'\n[database]\nurl = "{url}"\n' if "[database]" not in text else ""
    file.write_text(text + '\n[keys]\nring = "data/ring.json"\n')
    ground.patch.setattr(config, "_check_database", lambda _settings: None)


def set_pragma(name: str, value: str) -> Callable[[Ground], None]:
    """Open the database otherwise than it should be."""

    def change(ground: Ground) -> None:
        pragmas = [
            re.sub(rf"^PRAGMA {name}=.*", f"PRAGMA {name}={value}", one) for one in engine._PRAGMAS
        ]
        assert pragmas != list(engine._PRAGMAS)
        ground.patch.setattr(engine, "_PRAGMAS", tuple(pragmas))

    return change


# --- journal and logs -------------------------------------------------------------------------------


def name_the_sender(ground: Ground) -> None:
    """The code of the form, in the entry of a submission, carries the sender's name."""
    before = submit._describe_stored

    def telling(post: Any, sealed: Any) -> Any:
        told = entry.decode(before(post, sealed))
        name = next(iter(post.accepted.values.values())).lower()
        codes = {**told.codes, "form": re.sub("[^a-z0-9]+", "-", name)[:40].strip("-")}
        return entry.encode(told.kind, told.at_ms, told.salt, codes, told.commitments)

    ground.patch.setattr(submit, "_describe_stored", telling)


def salt_with_the_sender(ground: Ground) -> None:
    """The salt of an entry is no random bytes but what the sender wrote."""
    before = submit._describe_stored

    def telling(post: Any, sealed: Any) -> Any:
        told = entry.decode(before(post, sealed))
        name = next(iter(post.accepted.values.values())).removeprefix("Exercise ")
        salt = name.encode()[:16].ljust(16, b".")
        return entry.encode(told.kind, told.at_ms, salt, told.codes, told.commitments)

    ground.patch.setattr(submit, "_describe_stored", telling)


def log_values(ground: Ground) -> None:
    """A line for debugging was left in: it tells what was posted."""
    before = validate.check

    def telling(offer: Any, posted: Any) -> Any:
        logging.getLogger("uphold.web").warning("posted: %s", dict(posted))
        return before(offer, posted)

    ground.patch.setattr(validate, "check", telling)


def log_bad_bodies(ground: Ground) -> None:
    """What cannot be read is logged, so that somebody may look at it."""
    before = decode.body

    def telling(kind: str, body: bytes) -> dict[str, str]:
        try:
            return before(kind, body)
        except Exception:
            logging.getLogger("uphold.web").warning("unreadable: %s %s", kind, body)
            raise

    ground.patch.setattr(decode, "body", telling)


# --- destruction ------------------------------------------------------------------------------------


def leave_the_key(ground: Ground) -> None:
    """The content goes, its key stays: any copy of the content can be opened for ever."""
    before = records.destroy

    def keeping(tx: Any, ring: Any, record: int, purposes: Any, reason: str) -> list[int]:
        keys = tx.execute(
            select(vault_key).where(vault_key.c.number.between(record << 8, (record << 8) + 255))
        ).all()
        found = before(tx, ring, record, purposes, reason)
        # What an exercise leaves is removed for good, so that only this promise is broken.
        for key in keys if reason == "discarded" else ():
            tx.execute(insert(vault_key).values(**key._mapping))
        return found

    ground.patch.setattr(records, "destroy", keeping)


def leave_the_index(ground: Ground) -> None:
    ground.patch.setattr(subject, "forget", lambda _tx, _parts: None)


def destroy_nothing(ground: Ground) -> None:
    """What is discarded is only hidden."""
    ground.patch.setattr(records, "destroy", lambda *_: [])


# --- mail and the desk ------------------------------------------------------------------------------


def write_to_anybody(ground: Ground) -> None:
    """A letter stands in the outbox that answers nobody's enquiry."""
    ground.sql(
        "INSERT INTO mail_outbox (record, part, purpose, staff, language, state, attempts, next_at,"
        " created_at) VALUES (987654321, 252839503000, 'communication', 1, 'en', 'exercise', 0,"
        " 4000000000000, 1)"
    )


def answer_without_the_gate(ground: Ground) -> None:
    """Whoever may answer may answer for any purpose."""

    def open_desk(writer: Any, ring: Any, question: Any, *words: str, language: str) -> Any:
        return reply.Answered(0)

    ground.patch.setattr(reply, "answer", open_desk)


def queue_twice(ground: Ground) -> None:
    """Each answer is queued a second time, for the archive, without an entry."""
    before = outbox.put

    def twice(*letter: Any, **more: Any) -> int:
        tx, number = letter[0], before(*letter, **more)
        row = tx.execute(
            select(outbox.mail_outbox).where(outbox.mail_outbox.c.number == number)
        ).one()
        copy = {name: value for name, value in row._mapping.items() if name != "number"}
        tx.execute(insert(outbox.mail_outbox).values(**copy))
        return number

    ground.patch.setattr(outbox, "put", twice)


def keep_in_memory(ground: Ground) -> None:
    """Answers are acknowledged and wait in a list."""
    waiting: list[Any] = []

    def put(*letter: Any, **_more: Any) -> int:
        waiting.append(letter)
        return 0

    ground.patch.setattr(outbox, "put", put)


def show_in_the_outbox(ground: Ground) -> None:
    """The subject of each answer stands in its row, so that the outbox can be searched."""
    before = outbox.put

    def open_row(*given: Any, **more: Any) -> int:
        tx, number = given[0], before(*given, **more)
        words = next(one for one in given if isinstance(one, Letter))
        box = outbox.mail_outbox
        tx.execute(box.update().where(box.c.number == number).values(reason=words.subject))
        return number

    ground.patch.setattr(outbox, "put", open_row)


def lose_the_words(ground: Ground) -> None:
    """The answer's row is queued, its sealed part is not stored."""
    before = records.add

    def lost(tx: Any, ring: Any, record: int, member: Any) -> Any:
        part = before(tx, ring, record, member)
        tx.flush()
        for table in ("vault_key", "vault_part"):
            tx.connection.exec_driver_sql(f"DELETE FROM {table} WHERE number = {part.number}")
        return part

    ground.patch.setattr(records, "add", lost)


def move_without_a_row(ground: Ground) -> None:
    """A move is journaled and acknowledged, and the enquiry stays where it was."""
    before = desk.move

    def back(tx: Any, ring: Any, record: int, to: Any, staff: int) -> Any:
        was = desk.find(tx, record)
        moved = before(tx, ring, record, to, staff)
        if to == desk.State.CLOSED:
            item = desk.enquiry_item
            tx.execute(item.update().where(item.c.number == record).values(state=was.state))
        return moved

    ground.patch.setattr(desk, "move", back)


def show_the_oldest_only(ground: Ground) -> None:
    """The list of what is in work shows nothing."""
    before = desk.page

    def short(connection: Any, state: Any, **more: Any) -> Any:
        return () if state == desk.State.IN_WORK else before(connection, state, **more)

    ground.patch.setattr(desk, "page", short)


# --- what goes out ----------------------------------------------------------------------------------


def speak_to_another_host(ground: Ground) -> None:
    """A library reports home: a socket of the process is connected to a host nobody declared."""
    spoken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ground.later.append(lambda _app: spoken.connect(ELSEWHERE))
    ground.afterwards.callback(spoken.close)


def speak_over_tcp(ground: Ground) -> None:
    """The same to a server that listens, kept open."""
    server = subprocess.Popen(
        [sys.executable, "-c", LISTEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    spoken = socket.create_connection(("127.0.0.78", int(server.stdout.readline())))
    ground.afterwards.callback(spoken.close)
    ground.afterwards.callback(server.communicate, b"")


def open_the_way_out(ground: Ground) -> None:
    """The one way out asks nobody any more."""
    ground.patch.setattr(egress, "connect", lambda *_: socket.socket())


def name_no_processor(ground: Ground) -> None:
    """A relay of another firm is configured, and the policy lists no processor."""
    ground.publish(
        ("policy/policy.toml", 'kind = "processor"', 'kind = "third-party"'),
    )
    file = ground.folder / "uphold.toml"
    file.write_text(
        file.read_text() + '\n[mail]\nhost = "relay.elsewhere.example"\nsender = "a@example.org"\n'
    )


# --- what everything rests on -----------------------------------------------------------------------


def have_evidence(app: App) -> None:
    """Evidence as an earlier run would have left it: a probe that did not find its promise kept."""
    made = Evidence(
        v=evidence.VERSION,
        run=1,
        probe="consent.box-empty.page",
        promise="consent.box-empty",
        kind=Kind.EXAMINE,
        status=Status.BROKEN,
        at=sites.now(),
        expires=sites.now() + 60_000,
        did="Looked.",
        saw=(),
        edition=1,
        configuration="0" * 64,
        journal=1,
        uphold=__version__,
    )
    key = archive.signer(app.settings, app.ring)
    app.writer.run(lambda tx: archive.store(tx, key, made))


def edit_evidence(statement: str) -> Callable[[Ground], None]:
    """Whitewash stored evidence by raw SQL."""

    def edit(ground: Ground) -> None:
        ground.later += [have_evidence, lambda app: raw(app, statement)]

    return edit


def allow_changes(ground: Ground) -> None:
    """The triggers that forbid to change an edition are gone, nothing else."""
    ground.later.append(raw)


def _all(promise: str, *told: tuple[str, str, Callable[[Ground], None]]) -> list[Sabotage]:
    return [Sabotage(f"{promise}/{slug}", promise, title, apply) for slug, title, apply in told]


_EDITION = "UPDATE policy_edition SET {} WHERE number = 1"

SABOTAGES = (
    *_all(
        "inventory.complete",
        (
            "column",
            "A column for notes was added by hand",
            by_sql("ALTER TABLE enquiry_item ADD COLUMN note TEXT"),
        ),
        ("table", "A table nobody listed was added", by_sql("CREATE TABLE callers (name TEXT)")),
        ("file", "An export lies in the folder of the data", leave_an_export),
    ),
    *_all(
        "storage.sealed",
        ("unsealed", "Parts are stored unsealed", seal_nothing),
        ("column", "Names are kept in a column of their own, in the open", keep_a_plain_column),
        ("temporary", "Posts are written to a temporary file", spool_posts),
        ("replay", "A log with posts in base64 lies beside the database", hash_addresses),
    ),
    *_all(
        "storage.key-files",
        ("ring", "The key ring is made readable to everybody", chmod("keys/ring.json", 0o644)),
        ("folder", "The folder of the keys is open to everybody", chmod("keys", 0o755)),
        ("database", "The database is readable to a group", chmod("data/uphold.sqlite", 0o640)),
        ("together", "The key ring lies in the folder of the data", keep_keys_with_data),
    ),
    *_all(
        "storage.durable",
        ("asynchronous", "SQLite does not wait for the disk", set_pragma("synchronous", "OFF")),
        ("no-log", "SQLite keeps its journal in memory", set_pragma("journal_mode", "MEMORY")),
    ),
    *_all(
        "storage.tamper-evident",
        (
            "consent",
            "A consent is dated back by raw SQL",
            by_sql("UPDATE consent_event SET at = at - 86400000"),
        ),
        (
            "record",
            "A submission is moved to another edition by raw SQL",
            by_sql("UPDATE submission_record SET edition = 2 WHERE edition = 1"),
        ),
        (
            "part",
            "A sealed part is deleted by raw SQL",
            by_sql("DELETE FROM vault_part WHERE number = (SELECT max(number) FROM vault_part)"),
        ),
    ),
    *_all(
        "journal.no-personal-data",
        ("code", "An entry's code carries the sender's name", name_the_sender),
        ("salt", "An entry is salted with what the sender wrote", salt_with_the_sender),
    ),
    *_all(
        "logs.no-personal-data",
        ("debug", "A line for debugging logs what was posted", log_values),
        ("unreadable", "Bodies that cannot be read are logged", log_bad_bodies),
    ),
    *_all(
        "destruction.key-destroyed",
        ("key", "The destruction leaves the key", leave_the_key),
        ("index", "The destruction leaves the blind index", leave_the_index),
        ("hidden", "What is discarded is only hidden", destroy_nothing),
    ),
    *_all(
        "mail.only-in-reply",
        ("stray", "A letter without an enquiry stands in the outbox", write_to_anybody),
        ("any-purpose", "Answers are taken for any purpose", answer_without_the_gate),
        ("twice", "Each answer is queued twice", queue_twice),
    ),
    *_all(
        "mail.outage-loses-nothing",
        ("memory", "Answers wait in memory", keep_in_memory),
        ("open", "The outbox shows the subject of each answer", show_in_the_outbox),
        ("lost", "The words of an answer are not stored", lose_the_words),
    ),
    *_all(
        "enquiry.worked-through",
        ("stuck", "Closing an enquiry is acknowledged and does nothing", move_without_a_row),
        ("unlisted", "The list of what is in work is empty", show_the_oldest_only),
    ),
    *_all(
        "egress.declared-hosts",
        ("datagram", "A socket speaks to an undeclared host", speak_to_another_host),
        ("stream", "A connection to an undeclared host is kept open", speak_over_tcp),
        ("door", "The one way out lets everything pass", open_the_way_out),
    ),
    *_all(
        "processors.listed",
        ("relay", "A relay of another firm is configured and not listed", name_no_processor),
    ),
    *_all(
        "editions.immutable",
        (
            "bytes",
            "The bytes of an edition are edited by raw SQL",
            by_sql_later(_EDITION.format("bytes = CAST(bytes || X'20' AS BLOB)")),
        ),
        (
            "digest",
            "An edition is exchanged for another, digest and all, by raw SQL",
            by_sql_later(
                _EDITION.format(
                    "(bytes, digest) = (SELECT bytes, digest FROM policy_edition WHERE number = 2)"
                )
            ),
        ),
        ("unguarded", "The triggers that forbid to change an edition are gone", allow_changes),
    ),
    *_all(
        "measures.evaluated",
        (
            "whitewashed",
            "Broken evidence is made kept by raw SQL",
            edit_evidence("UPDATE assurance_evidence SET status = 'kept'"),
        ),
        (
            "refreshed",
            "Old evidence is given a later date by raw SQL",
            edit_evidence("UPDATE assurance_evidence SET expires_at = expires_at + 864000000"),
        ),
        (
            "note",
            "A byte of a signed note is changed",
            edit_evidence(
                "UPDATE assurance_evidence SET note = "
                "CAST(replace(CAST(note AS TEXT), 'broken', 'kept') AS BLOB)"
            ),
        ),
    ),
)
