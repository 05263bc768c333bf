# SPDX-License-Identifier: Apache-2.0
"""What the journal says of a run, each entry proven to be in it by the public key alone.

before = trail.size(scene)
...
trail.about(scene, record, before)      the entries since then that speak of a record
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from uphold import errors
from uphold.access.permission import Role
from uphold.assurance.scene import Scene
from uphold.assurance.tables import assurance_run
from uphold.journal import entry, proof
from uphold.journal.entry import Entry
from uphold.vault import commitment


@dataclass(frozen=True, slots=True)
class Told:
    """One entry: its place, kind and codes; `proven` says whether a signed head of the journal contains it."""

    index: int
    kind: str
    codes: Mapping[str, str | int]
    proven: bool


def size(scene: Scene) -> int:
    """How many entries the journal has."""
    with scene.read() as connection:
        return scene.log.head(connection).size


def began(scene: Scene) -> int:
    """The index of the entry that began this run."""
    query = select(assurance_run.c.entry).where(assurance_run.c.number == scene.run)
    with scene.read() as connection:
        return int(connection.execute(query).scalar_one())


def since(scene: Scene, start: int, *kinds: str) -> tuple[Told, ...]:
    """The entries from an index on, of these kinds; of any, if none is named. Raises `errors.Broken` on damage."""
    with scene.read() as connection:
        return tuple(
            Told(index, found.kind, found.codes, _is_proven(scene, connection, index, raw))
            for index, raw, found in _decoded(scene, connection, start)
            if not kinds or found.kind in kinds
        )


def about(scene: Scene, record: int, start: int, *kinds: str) -> tuple[Told, ...]:
    """Those of `since` that commit to a record; none once its keys are destroyed, as nobody can tell then."""
    with scene.read() as connection:
        return tuple(
            Told(index, found.kind, found.codes, _is_proven(scene, connection, index, raw))
            for index, raw, found in _decoded(scene, connection, start)
            if (not kinds or found.kind in kinds) and _speaks_of(scene, connection, record, found)
        )


def raw(scene: Scene, start: int) -> tuple[tuple[int, bytes], ...]:
    """The bytes of the entries from an index on."""
    with scene.read() as connection:
        return tuple(scene.log.entries(connection, start))


def reader(scene: Scene, purpose: str) -> Role | None:
    """The role that reads for a purpose at the console, the one with the least power first."""
    roles = scene.edition.policy.purposes[purpose].roles
    return next((role for role in (Role.CLERK, Role.OFFICER, Role.OWNER) if role in roles), None)


def readable(scene: Scene, role: Role) -> str:
    """A purpose of the first form that a role may read for; raises `errors.Missing` where there is none."""
    purposes = scene.edition.policy.purposes
    for purpose in scene.form().purposes:
        if role in purposes[purpose].roles:
            return purpose
    raise errors.Missing(
        f"The policy lets no {role} read the fields of the form.", "See `roles` in policy.toml."
    )


def served(scene: Scene, role: Role) -> str:
    """As `readable`, but "" where there is none."""
    purposes = scene.edition.policy.purposes
    return next((one for one in scene.form().purposes if role in purposes[one].roles), "")


def unreadable(scene: Scene, role: Role) -> list[str]:
    """The declared purposes that a role may not read for."""
    return [p.id for p in scene.edition.policy.purposes.values() if role not in p.roles]


def _decoded(scene: Scene, connection: Connection, start: int) -> list[tuple[int, bytes, Entry]]:
    found = []
    for index, raw_ in scene.log.entries(connection, start):
        try:
            found.append((index, raw_, entry.decode(raw_)))
        except errors.Invalid:
            continue  # an entry that cannot be read speaks of nothing; another probe tells of it
    return found


def _speaks_of(scene: Scene, connection: Connection, record: int, found: Entry) -> bool:
    return bool(
        found.commitments
        and commitment.openings(scene.ring, connection, record, found.salt, found.commitments)
    )


def _is_proven(scene: Scene, connection: Connection, index: int, raw_: bytes) -> bool:
    try:
        proof.check(scene.log.proof(connection, index), raw_, scene.log.verifier)
    except errors.UpholdError:
        return False
    return True
