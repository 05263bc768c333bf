# SPDX-License-Identifier: Apache-2.0
"""Probes of storage: keys are nobody else's, what was acknowledged is durable, and what was changed shows."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from uphold import errors
from uphold.assurance import formless, trail
from uphold.assurance.audit import Audit
from uphold.assurance.probe import N_, Cost, Kind, Outcome, Probe, Said, judged, not_shown, said
from uphold.assurance.scene import JSON, Scene
from uphold.database.engine import Database
from uphold.journal import checkpoint
from uphold.submission import record as submissions
from uphold.vault import identifier

STORED = "record.stored"
_OTHERS = 0o077
_TOLD = 20


# --- storage.key-files ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mode:
    """A file or folder that only the site's own user may use: its mode, None where it is not there."""

    name: str
    mode: int | None
    may_be_absent: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Modes, and the names of secrets that lie within the folder of the data, whose copies are backups."""

    modes: tuple[Mode, ...]
    beside: tuple[str, ...]


def _look_at_files(scene: Scene) -> Kept:
    files, settings = scene.files, scene.settings
    secret = [files.ring, files.head]
    if settings.mail.password_file:
        secret.append(settings.path(settings.mail.password_file))
    if settings.database.url_file:
        secret.append(settings.path(settings.database.url_file))
    if settings.serve.tls_key:
        secret.append(settings.path(settings.serve.tls_key))
    modes = [_mode(path) for path in secret]
    # There is none before anything was destroyed.
    modes.append(_mode(files.destroyed, may_be_absent=True))
    if settings.keys.copy:
        # It may lie on a disk that is not there just now.
        modes.append(_mode(settings.path(settings.keys.copy), may_be_absent=True))
    # Each folder once; the site's own folder holds what is published too, so it may be read.
    keys = (files.ring, files.head, files.destroyed)
    folders = {path.parent for path in keys} - {files.folder}
    if files.database is not None:
        folders |= {files.data} - {files.folder}
        modes.append(_mode(files.database))
        for ending in ("-wal", "-shm"):
            beside = files.database.with_name(files.database.name + ending)
            modes.append(_mode(beside, may_be_absent=True))
    modes += [_mode(path) for path in sorted(folders)]
    within = [
        path.name for path in keys if files.data != files.folder and path.is_relative_to(files.data)
    ]
    return Kept(tuple(modes), tuple(within))


def _mode(path: Path, *, may_be_absent: bool = False) -> Mode:
    try:
        found: int | None = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        found = None
    return Mode(path.name, found, may_be_absent)


def judge_files(kept: Kept) -> Outcome:
    """Judge: nobody else may use a key, a secret or the database, and no key lies with the data."""
    text_ = N_("Others on this machine may use %(name)s (mode %(mode)s).")
    faults = [
        said(text_, name=one.name, mode=f"{one.mode:04o}")
        for one in kept.modes
        if one.mode is not None and one.mode & _OTHERS
    ]
    missing = [one.name for one in kept.modes if one.mode is None and not one.may_be_absent]
    faults += [said(N_("%(name)s is not there."), name=name) for name in missing]
    faults += [
        said(N_("%(name)s lies with the data: one copy would give away both."), name=name)
        for name in kept.beside
    ]
    seen = N_(
        "Files and folders that are the site's own user's alone: %(count)s; no key lies with the data."
    )
    return judged(faults, said(seen, count=sum(one.mode is not None for one in kept.modes)))


# --- storage.durable --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Durable:
    """What another connection saw right after a submission was acknowledged, and how the database is set.

    `entry` is the index that the submission's row names, -1 without a row; `head` the size of the newest
    signed head, `is_signed` whether its signature is right. `settings` are name, value, and whether it is good.
    """

    status: int
    entry: int
    is_stored: bool
    head: int
    is_signed: bool
    settings: tuple[tuple[str, str, bool], ...]


def _store(scene: Scene) -> Durable:
    offer = scene.offer()
    scene.pace.calm()
    answer = scene.stranger().post(offer.path, scene.filled(offer), JSON)
    told = answer.json()
    public = str(told.get("id", "")) if isinstance(told, dict) else ""
    record = scene.ring.identifiers.decode(identifier.RECEIPT, public) or 0
    with scene.read() as connection:
        facts = submissions.facts(connection, [record]).get(record)
        head = scene.log.head(connection)
    index = facts.entry if facts else -1
    stored = trail.about(scene, record, index, STORED) if facts else ()
    return Durable(
        status=answer.status,
        entry=index,
        is_stored=any(one.index == index and one.proven for one in stored),
        head=head.size,
        is_signed=_is_signed(scene, head.note),
        settings=_settings(scene),
    )


def _is_signed(scene: Scene, note: bytes) -> bool:
    try:
        checkpoint.verify(note, scene.log.verifier)
    except errors.Invalid:
        return False
    return True


def _settings(scene: Scene) -> tuple[tuple[str, str, bool], ...]:
    """Ask the database how it is set, on a connection made as the writer's is."""
    database = Database(scene.settings.database_url)
    try:
        with database.connect() as connection:
            if database.path is None:
                asked = ("fsync", "synchronous_commit", "full_page_writes")
                return tuple(
                    (name, value, value not in {"off", "local"})
                    for name in asked
                    for value in [str(connection.execute(text(f"SHOW {name}")).scalar())]
                )
            level = int(connection.execute(text("PRAGMA synchronous")).scalar() or 0)
            mode = str(connection.execute(text("PRAGMA journal_mode")).scalar())
            # 2 is FULL, 3 EXTRA (https://sqlite.org/pragma.html#pragma_synchronous).
            return (
                ("synchronous", str(level), level >= 2),
                ("journal_mode", mode, mode == "wal"),
            )
    finally:
        database.dispose()


def judge_durable(found: Durable) -> Outcome:
    """Judge: others see what was acknowledged, its entry is under a signed head, and the disk is waited for."""
    if found.status != 201:
        text_ = N_("A submission was not taken (status %(status)s).")
        return not_shown(said(text_, status=found.status))
    faults = list(_faults(found))
    seen = N_(
        "What was acknowledged was there for another connection at once; the signed head covers it (entries: %(size)s)."
    )
    set_ = N_("The database is set to %(name)s %(value)s.")
    settings = [said(set_, name=name, value=value) for name, value, _ in found.settings]
    return judged(faults, said(seen, size=found.head), *settings)


def _faults(found: Durable) -> Iterator[Said]:
    if found.entry < 0:
        yield said(N_("An acknowledged submission is not in the database."))
    elif not found.is_stored:
        yield said(
            N_("The entry of an acknowledged submission is not proven to be in the journal.")
        )
    elif found.entry >= found.head:
        yield said(N_("The entry of an acknowledged submission is under no signed head."))
    if not found.is_signed:
        yield said(N_("The newest head of the journal has no right signature."))
    for name, value, is_good in found.settings:
        if not is_good:
            text_ = N_("The database does not wait for the disk: %(name)s is %(value)s.")
            yield said(text_, name=name, value=value)


# --- storage.tamper-evident -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Audited:
    """What the whole audit found, and how much it looked at."""

    findings: tuple[str, ...]
    count: int
    entries: int
    submissions: int
    parts: int


def _audit(scene: Scene) -> Audited:
    audit = Audit(scene.settings, watch=scene.watch)
    findings: list[str] = []
    count = 0
    for finding in audit.run():
        count += 1
        if len(findings) < _TOLD:
            findings.append(str(finding))
    counts = audit.counts
    return Audited(tuple(findings), count, counts.entries, counts.submissions, counts.parts)


def judge_audit(audited: Audited) -> Outcome:
    """Judge: nothing that is stored differs from what the journal says of it."""
    if not audited.entries:
        return not_shown(said(N_("The journal is empty.")))
    faults = [said(N_("The audit found: %(what)s"), what=what) for what in audited.findings]
    if audited.count > len(audited.findings):
        faults.append(said(N_("Findings in all: %(count)s."), count=audited.count))
    seen = N_(
        "All is what the journal says. Entries: %(entries)s, submissions: %(submissions)s, sealed parts: %(parts)s."
    )
    numbers = {
        "submissions": audited.submissions,
        "parts": audited.parts,
        "entries": audited.entries,
    }
    return judged(faults, said(seen, **numbers))


FILES = Probe(
    id="storage.key-files.modes",
    promise="storage.key-files",
    kind=Kind.EXAMINE,
    does=N_(
        "Looks at who may use the key ring, the secrets and the database, and where the keys lie."
    ),
    act=_look_at_files,
    oracle=judge_files,
)
DURABLE = Probe(
    id="storage.durable.acknowledged",
    promise="storage.durable",
    kind=Kind.EXAMINE,
    does=N_(
        "Sends a form, looks for it by another connection at once, and asks the database how it writes."
    ),
    act=formless.spared(_store),
    oracle=formless.judged(judge_durable),
)
TAMPER = Probe(
    id="storage.tamper-evident.audit",
    promise="storage.tamper-evident",
    kind=Kind.EXAMINE,
    does=N_(
        "Compares everything that is stored with the journal, and the journal with its signatures."
    ),
    act=_audit,
    oracle=judge_audit,
    cost=Cost.HEAVY,
)

PROBES = (FILES, DURABLE, TAMPER)
