# SPDX-License-Identifier: Apache-2.0
"""The probes of backups: this very site is backed up, brought back aside and held against itself; and one is kept."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from uphold import config, errors
from uphold.access.permission import Role
from uphold.assurance import audit, console, formless
from uphold.assurance.probe import N_, Cost, Kind, Outcome, Probe, judged, not_shown, said
from uphold.assurance.scene import Scene
from uphold.config import Settings
from uphold.continuity import archive, backup, drill
from uphold.continuity.backup import Made
from uphold.continuity.drill import Drilled
from uphold.database.engine import Database
from uphold.journal import note, store
from uphold.submission.form import HONEYPOT
from uphold.vault import age, remains

_DONE = 303
HOUR_MS = 60 * 60 * 1000
# A backup that is made while the site goes on takes its time; where none is made by itself, people do by the week.
_BY_HAND_HOURS = 7 * 24
_BEGIN_SECONDS = 20.0
_PAUSE = 0.25
_HEAD = 1 << 20
FORGED = "forged.age"


@dataclass(frozen=True, slots=True)
class Aside:
    """What came of a backup of this site.

    `status` answered the discarding of a submission after the backup; `why` says what a drill found wrong (empty
    when it was well). `back` parts of that submission came back, `stays` of `parts` of another one; `same` whether
    the journal is the same. `plain`: the file shows the site's name; `keys`: it holds the key ring, or the list of
    destroyed parts; `forged`: one that a stranger put together was taken for ours.
    """

    status: int
    why: str
    back: int
    stays: int
    parts: int
    same: bool
    plain: bool
    keys: bool
    forged: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest backup in the folder: its age, and what that may be, in hours; whether its file is there and whole.

    `drilled` is what the last drill found, empty when there was none.
    """

    is_set_up: bool
    hours: int | None
    limit: int
    is_there: bool
    is_whole: bool
    drilled: str


def _try(scene: Scene) -> Aside:
    goes, stays = scene.submitted(changed={HONEYPOT: "exercise"}), scene.submission()
    with scene.read() as connection:
        parts = len(remains.live(connection, stays.record))
    with tempfile.TemporaryDirectory(prefix="uphold-proof-") as name:
        root = Path(name)
        secret, recipient = age.new_identity()
        identity = root / "identity"
        identity.write_text(secret)
        own = msgspec.structs.replace(scene.settings.backup, recipient=recipient)
        settings = msgspec.structs.replace(scene.settings, backup=own)
        premises = scene.premises
        maker = backup.Maker(settings, scene.ring, premises.database, premises.writer)
        made = maker.aside(root / "backup.age", identity)
        status = console.Desk(scene, Role.OWNER).move(goes.record, "discarded").status
        found = _drill(settings, root / "backup.age", root, "site")
        back = kept = 0
        same = False
        if (root / "site").exists():
            last = made.entries - 1
            database = Database(config.load(root / "site").database_url)
            with database.read() as connection, scene.read() as here:
                back = len(remains.live(connection, goes.record))
                kept = len(remains.live(connection, stays.record))
                same = store.entry(connection, last) == store.entry(here, last)
            database.dispose()
        keys = _forge(scene, root / "backup.age", identity, recipient)
        forged = _drill(settings, root / FORGED, root, "forged").outcome == drill.WELL
        return Aside(
            status=status,
            why=found.why,
            back=back,
            stays=kept,
            parts=parts,
            same=same,
            plain=_begins_with(root / "backup.age", scene.log.origin),
            keys=keys,
            forged=forged,
        )


def _drill(settings: Settings, file: Path, root: Path, name: str) -> Drilled:
    return drill.attempt(settings, file, root / "identity", root / name, audit.run)


def _forge(scene: Scene, file: Path, identity: Path, recipient: str) -> bool:
    """Put the same together beside it, as somebody would who knows the recipient and not the site's key.

    Tells of the content on the way whether the key ring, or the list of destroyed parts, is in it.
    """
    thief = note.Signer("thief.example", bytes(range(32)))
    never = [path.read_bytes() for path in (scene.files.ring, scene.files.destroyed)]
    found: list[bool] = []

    def passing() -> Iterator[archive.Member]:
        for member in archive.read(opened.take, lambda _: [scene.log.verifier], archive.Count()):
            if isinstance(member, archive.File):
                found.append(any(secret in member.body for secret in never))
            yield member

    with file.open("rb") as raw, file.with_name(FORGED).open("wb") as into:
        opened = age.Opened(raw, age.identities(identity))
        try:
            pieces = archive.write(passing(), thief.sign, archive.Count())
            age.encrypt(pieces, into, age.recipient(recipient))
        finally:
            opened.close()
    return any(found)


def _begins_with(file: Path, text: str) -> bool:
    """Tell whether a text stands in the open in the first part of a file, where the backup names the site."""
    with file.open("rb") as raw:
        return text.encode() in raw.read(_HEAD)


def judge_aside(found: Aside) -> Outcome:
    """Judge: it comes back whole, what was destroyed does not, and nobody else reads or makes one."""
    if found.status != _DONE:
        text = N_("A submission could not be discarded (status %(status)s).")
        return not_shown(said(text, status=found.status))
    faults = []
    if found.why:
        faults.append(said(N_("The backup does not give a whole site: %(why)s"), why=found.why))
    if found.back:
        text = N_("Parts that were destroyed after the backup and came back: %(count)s.")
        faults.append(said(text, count=found.back))
    if not found.why and found.stays < found.parts:
        text = N_("Of %(parts)s parts of a submission %(count)s came back.")
        faults.append(said(text, parts=found.parts, count=found.stays))
    if not found.why and not found.same:
        faults.append(said(N_("The journal that came back is another one.")))
    if found.plain:
        faults.append(said(N_("The backup can be read without its identity.")))
    if found.keys:
        text = N_("The key ring, or the list of what was destroyed, lies in the backup.")
        faults.append(said(text))
    if found.forged:
        faults.append(said(N_("A backup that the site did not make was taken for one of its own.")))
    seen = N_(
        "This site was backed up and brought back aside: the audit found it whole, %(parts)s parts of a submission came"
        " back, nothing that was destroyed since, and a forged backup was refused."
    )
    return judged(faults, said(seen, parts=found.parts))


def _look(scene: Scene) -> Kept:
    began = time.monotonic()
    while True:
        found = _kept(scene)
        # A site that has only just begun makes its first one by itself.
        begins = found.is_set_up and found.hours is None and bool(scene.settings.backup.every_hours)
        if not begins or time.monotonic() - began > _BEGIN_SECONDS:
            return found
        time.sleep(_PAUSE)


def _kept(scene: Scene) -> Kept:
    own = scene.settings.backup
    with scene.read() as connection:
        made, drilled = backup.remembered(connection), drill.newest(connection)
    found, file = newest(scene.settings, made)
    return Kept(
        is_set_up=bool(own.recipient and own.folder),
        hours=None if found is None else (scene.now - found.made_at) // HOUR_MS,
        limit=2 * own.every_hours or _BY_HAND_HOURS,
        is_there=file is not None,
        is_whole=file is not None and found is not None and _is(file, found.digest),
        drilled="" if drilled is None else drilled.outcome,
    )


def newest(settings: Settings, made: Sequence[Made]) -> tuple[Made | None, Path | None]:
    """Return the newest backup that lies in the folder, and its file; where none does, the newest without one.

    Of `made`, newest first. One that was made to another place, such as a stick, is not looked for: it says nothing
    of the folder, which has to hold one that is young enough and whole whatever was taken along.
    """
    if settings.backup.folder:
        folder = settings.path(settings.backup.folder)
        for one in made:
            file = folder / backup.name(settings, one.number)
            if file.is_file():
                return one, file
    return next(iter(made), None), None


def _is(file: Path, digest: str) -> bool:
    try:
        return backup.digest(file) == digest
    except (OSError, errors.UpholdError):
        return False


def judge_kept(found: Kept) -> Outcome:
    """Judge: the newest is young enough and lies there as it was written, and no drill found it wanting."""
    if not found.is_set_up:
        return not_shown(said(N_("No backup is set up: [backup] names no recipient or no folder.")))
    faults = []
    if found.hours is None:
        faults.append(said(N_("No backup was ever made.")))
    elif found.hours > found.limit:
        text = N_("The newest backup is %(hours)s hours old; it may be %(limit)s.")
        faults.append(said(text, hours=found.hours, limit=found.limit))
    if found.hours is not None and not found.is_there:
        faults.append(said(N_("The file of the newest backup is not there.")))
    elif found.hours is not None and not found.is_whole:
        faults.append(said(N_("The file of the newest backup is not as it was written.")))
    if found.drilled not in {"", drill.WELL}:
        text = N_("The last drill did not give a whole site (%(outcome)s).")
        faults.append(said(text, outcome=found.drilled))
    seen = N_("The newest backup is %(hours)s hours old, and its file is as it was written.")
    return judged(faults, said(seen, hours=found.hours or 0))


ASIDE = Probe(
    id="backups.restorable.aside",
    promise="backups.restorable",
    kind=Kind.ATTACK,
    does=N_(
        "Backs this site up, destroys a submission, brings the backup back aside, and puts a forged one in its place."
    ),
    act=formless.spared(_try),
    oracle=formless.judged(judge_aside),
    ttl_hours=7 * 24,
    cost=Cost.HEAVY,
)

KEPT = Probe(
    id="backups.restorable.kept",
    promise="backups.restorable",
    kind=Kind.EXAMINE,
    does=N_(
        "Looks for the newest backup, how old it is, and whether its file is as it was written."
    ),
    act=_look,
    oracle=judge_kept,
)

PROBES = (ASIDE, KEPT)
