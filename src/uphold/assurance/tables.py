# SPDX-License-Identifier: Apache-2.0
"""The tables of this room: runs of probes, their evidence, what was attested by hand, and alerts."""

from sqlalchemy import Column, LargeBinary, Table, Text

from uphold.database.schema import Number, metadata

# One run of probes. `by` is who began it: a member of staff, 0 for the site itself or the command line.
assurance_run = Table(
    "assurance_run",
    metadata,
    Column("number", Number, primary_key=True),
    Column("began_at", Number, nullable=False),
    # Null while the run is open: only then are its marks good.
    Column("ended_at", Number),
    Column("edition", Number, nullable=False),
    # The digest of the configuration that was examined.
    Column("configuration", Text, nullable=False),
    Column("by", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

# What one probe of a run saw: `note` is the signed note, of which the other columns are copies to search by.
assurance_evidence = Table(
    "assurance_evidence",
    metadata,
    Column("number", Number, primary_key=True),
    Column("run", Number, nullable=False, index=True),
    Column("probe", Text, nullable=False, index=True),
    Column("promise", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("expires_at", Number, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("entry", Number, nullable=False),
)

# The operator's own duty of a clause, attested as done by a member of staff until a moment.
assurance_attestation = Table(
    "assurance_attestation",
    metadata,
    Column("number", Number, primary_key=True),
    Column("clause", Text, nullable=False),
    Column("edition", Number, nullable=False),
    Column("staff", Number, nullable=False),
    Column("at", Number, nullable=False),
    Column("until", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

# A probe that ran by itself and did not find its promise kept; seen when a member of staff says so.
assurance_alert = Table(
    "assurance_alert",
    metadata,
    Column("number", Number, primary_key=True),
    Column("run", Number, nullable=False),
    Column("probe", Text, nullable=False),
    Column("promise", Text, nullable=False),
    Column("raised_at", Number, nullable=False),
    Column("seen_at", Number),
    Column("seen_by", Number),
    Column("entry", Number, nullable=False),
)
