# SPDX-License-Identifier: Apache-2.0
"""The tables of this room: models as they were, findings as they stand, what changed, and what people said of them."""

from sqlalchemy import Column, LargeBinary, Table, Text

from uphold.database.schema import Number, metadata

# Each model that differed from the one before it. `body` is its canonical bytes.
threats_model = Table(
    "threats_model",
    metadata,
    Column("number", Number, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

# Every finding there has ever been, as it stands. Rows are changed, never deleted.
threats_finding = Table(
    "threats_finding",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("severity", Number, nullable=False),
    Column("first_at", Number, nullable=False),
    # Since when it stands as it stands.
    Column("since", Number, nullable=False),
)

# What changed, and what caused it: `cause` is the index of an entry of the journal. Rows are only added.
threats_change = Table(
    "threats_change",
    metadata,
    Column("number", Number, primary_key=True),
    Column("uid", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("severity_before", Number, nullable=False),
    Column("severity", Number, nullable=False),
    # The facts that it rested on when it changed.
    Column("because", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False, index=True),
    Column("cause", Number, nullable=False),
)

# Who answers for a threat's being open, up to which severity and until when. Rows are only added.
threats_acceptance = Table(
    "threats_acceptance",
    metadata,
    Column("number", Number, primary_key=True),
    Column("uid", Text, nullable=False, index=True),
    Column("staff", Number, nullable=False),
    # Words of a member of staff; the journal has none of them.
    Column("why", Text, nullable=False),
    Column("severity", Number, nullable=False),
    Column("at", Number, nullable=False),
    Column("until", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

# What only people can do and one of them said to be done, until when. Rows are only added.
threats_attestation = Table(
    "threats_attestation",
    metadata,
    Column("number", Number, primary_key=True),
    Column("duty", Text, nullable=False),
    Column("staff", Number, nullable=False),
    Column("at", Number, nullable=False),
    Column("until", Number, nullable=False),
    Column("entry", Number, nullable=False),
)
