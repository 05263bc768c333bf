# SPDX-License-Identifier: Apache-2.0
"""Storage, journal, logs, destruction, and what everything rests on, broken."""

import base64
import contextlib
import logging
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import insert, select

from tests import site as sites
from tests.sabotage.sabotage import Ground, several
from uphold import __version__
from uphold.app import App
from uphold.assurance import archive, evidence
from uphold.assurance.evidence import Evidence
from uphold.assurance.probe import Kind, Status
from uphold.config import settings
from uphold.database import engine
from uphold.journal import entry
from uphold.submission import decode, submit, validate
from uphold.vault import destroyed, records, seal, subject
from uphold.vault.tables import vault_key


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
    spool = Path(tempfile.gettempdir()) / "uphold-sabotage-spool"

    def spooled(kind: str, body: bytes) -> dict[str, str]:
        spool.write_bytes(body)
        return before(kind, body)

    ground.patch.setattr(decode, "body", spooled)
    ground.afterwards.callback(spool.unlink, missing_ok=True)


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
    ground.patch.setattr(settings, "_check_database", lambda _settings: None)


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

    def telling(post: Any, sealed: Any, salt: bytes) -> Any:
        told = entry.decode(before(post, sealed, salt))
        name = next(iter(post.accepted.values.values())).lower()
        codes = {**told.codes, "form": re.sub("[^a-z0-9]+", "-", name)[:40].strip("-")}
        return entry.encode(told.kind, told.at_ms, told.salt, codes, told.commitments)

    ground.patch.setattr(submit, "_describe_stored", telling)


def salt_with_the_sender(ground: Ground) -> None:
    """The salt of an entry is no random bytes but what the sender wrote."""
    before = submit._describe_stored

    def telling(post: Any, sealed: Any, salt: bytes) -> Any:
        told = entry.decode(before(post, sealed, salt))
        name = next(iter(post.accepted.values.values())).removeprefix("Exercise ")
        sent = name.encode()[:16].ljust(16, b".")
        return entry.encode(told.kind, told.at_ms, sent, told.codes, told.commitments)

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


def list_nothing(ground: Ground) -> None:
    """The list that a restore goes by stays empty: an old backup brings back what was destroyed."""
    ground.patch.setattr(destroyed, "append", lambda _path, _numbers: None)


def destroy_nothing(ground: Ground) -> None:
    """What is discarded is only hidden."""
    ground.patch.setattr(records, "destroy", lambda *_: [])


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


_EDITION = "UPDATE policy_edition SET {} WHERE number = 1"

SABOTAGES = (
    *several(
        "inventory.complete",
        (
            "column",
            "A column for notes was added by hand",
            by_sql("ALTER TABLE enquiry_item ADD COLUMN note TEXT"),
        ),
        ("table", "A table nobody listed was added", by_sql("CREATE TABLE callers (name TEXT)")),
        ("file", "An export lies in the folder of the data", leave_an_export),
    ),
    *several(
        "storage.sealed",
        ("unsealed", "Parts are stored unsealed", seal_nothing),
        ("column", "Names are kept in a column of their own, in the open", keep_a_plain_column),
        ("temporary", "Posts are written to a temporary file", spool_posts),
        ("replay", "A log with posts in base64 lies beside the database", hash_addresses),
    ),
    *several(
        "storage.key-files",
        ("ring", "The key ring is made readable to everybody", chmod("keys/ring.json", 0o644)),
        ("folder", "The folder of the keys is open to everybody", chmod("keys", 0o755)),
        ("database", "The database is readable to a group", chmod("data/uphold.sqlite", 0o640)),
        ("together", "The key ring lies in the folder of the data", keep_keys_with_data),
    ),
    *several(
        "storage.durable",
        ("asynchronous", "SQLite does not wait for the disk", set_pragma("synchronous", "OFF")),
        ("no-log", "SQLite keeps its journal in memory", set_pragma("journal_mode", "MEMORY")),
    ),
    *several(
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
    *several(
        "journal.no-personal-data",
        ("code", "An entry's code carries the sender's name", name_the_sender),
        ("salt", "An entry is salted with what the sender wrote", salt_with_the_sender),
    ),
    *several(
        "logs.no-personal-data",
        ("debug", "A line for debugging logs what was posted", log_values),
        ("unreadable", "Bodies that cannot be read are logged", log_bad_bodies),
    ),
    *several(
        "destruction.key-destroyed",
        ("key", "The destruction leaves the key", leave_the_key),
        ("index", "The destruction leaves the blind index", leave_the_index),
        ("hidden", "What is discarded is only hidden", destroy_nothing),
        ("unlisted", "The list that a restore goes by is not written", list_nothing),
    ),
    *several(
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
    *several(
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
