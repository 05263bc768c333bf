# SPDX-License-Identifier: Apache-2.0
"""What threatens a site: its model, judged by the rules and by what evidence says of the measures, and looked at.

judged = threatened.judge(connection, site, verifier, now)       a reading alone
threatened.look(database, writer, site, verifier, now)           and what changed is stored in the register
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from uphold.assurance import archive, configuration, measures, modelled
from uphold.assurance.modelled import Site
from uphold.assurance.verdict import Present
from uphold.database.engine import Database
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import note
from uphold.threats import acceptance, attestation, judge as rules, measure, register, rule, stored
from uphold.threats.element import Model
from uphold.threats.judge import NOTHING, Finding, Measured
from uphold.threats.register import Looked
from uphold.threats.report import Report


@dataclass(frozen=True, slots=True)
class Judged:
    """A site as it is: its model, what was found on it, and what is known of every measure by its id."""

    model: Model
    findings: tuple[Finding, ...]
    states: Mapping[str, Measured]


def judge(connection: Connection, site: Site, verifier: note.Verifier, now: int) -> Judged:
    """Judge a site as it is at `now` (unix ms); threats that somebody answers for are accepted.

    Before there is a policy in force, nothing is shown of any measure.
    """
    model = modelled.derive(connection, site, now)
    known = states(connection, site, verifier, now)
    found = rules.judge(model, rule.catalogue().values(), known)
    return Judged(model, acceptance.applied(acceptance.newest(connection), found, now), known)


def report(
    connection: Connection, site: Site, verifier: note.Verifier, now: int, after: int = -1
) -> Report:
    """Tell of a site as it is at `now` (unix ms), with what changed after an entry of the journal."""
    judged = judge(connection, site, verifier, now)
    changes = stored.changes(connection, after)
    return Report(now, judged.model, judged.findings, changes, site.edition)


def states(
    connection: Connection, site: Site, verifier: note.Verifier, now: int
) -> Mapping[str, Measured]:
    """Say what is known of every measure at `now` (unix ms)."""
    catalogue = measure.catalogue()
    if site.edition is None:
        return dict.fromkeys(catalogue, NOTHING)
    digest = configuration.digest(site.settings, site.edition)
    present = Present(now, site.edition.number, digest)
    shown, attested = archive.newest(connection, verifier), attestation.newest(connection)
    return measures.states(catalogue.values(), shown, attested, present)


def look(
    database: Database, writer: Writer, site: Site, verifier: note.Verifier, now: int
) -> Looked:
    """Look at a site and store what changed; writes nothing where nothing did."""
    names = rule.catalogue().keys()
    with database.read() as connection:
        judged = judge(connection, site, verifier, now)
        if not register.differs(connection, judged.model, judged.findings, names, now):
            return Looked(-1, ())

    def store(tx: Transaction) -> Looked:
        return register.look(tx, judged.model, judged.findings, names)

    return writer.run(store)
