# SPDX-License-Identifier: Apache-2.0
"""The tables of this room: requests, the clocks stamped when each came in, its steps, the records it is about.

None says who asked: `subject` is a keyed number (`vault.pseudonym`), and what somebody wrote is not kept here.
"""

from sqlalchemy import Column, Index, LargeBinary, Table, Text

from uphold.database.schema import Number, metadata

rights_request = Table(
    "rights_request",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    # Codes joined by `+`, here and below; no purpose means all of them.
    Column("profiles", Text, nullable=False),
    Column("purposes", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("channel", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("representative", Text, nullable=False),
    Column("language", Text, nullable=False),
    # Who entered it; 0 is the person.
    Column("staff", Number, nullable=False),
    Column("received_at", Number, nullable=False),
    Column("state", Text, nullable=False),
    Column("moved_at", Number, nullable=False),
    Column("blocks", Number, nullable=False),
    Column("ground", Text, nullable=False),
    # The open request that answers this one too.
    Column("joined", Number),
    # While it is open: when its first clock ends, and when somebody is to be told; null without a clock.
    Column("due_at", Number),
    Column("soon_at", Number),
    # 1: made by a run of probes, and by no person.
    Column("exercise", Number, nullable=False),
    Column("entry", Number, nullable=False),
    Index("rights_request_state", "state", "number"),
)

rights_clock = Table(
    "rights_clock",
    metadata,
    Column("number", Number, primary_key=True),
    Column("request", Number, nullable=False, index=True),
    Column("profile", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("started_at", Number, nullable=False),
    Column("due_at", Number, nullable=False),
    Column("zone", Text, nullable=False),
    Column("certain", Number, nullable=False),
    Column("extended", Number, nullable=False),
)

rights_move = Table(
    "rights_move",
    metadata,
    Column("number", Number, primary_key=True),
    Column("request", Number, nullable=False, index=True),
    Column("step", Text, nullable=False),
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    Column("staff", Number, nullable=False),
    # Of a refusal its ground, of an extension the law.
    Column("ground", Text, nullable=False),
    # Of what the person's data were before it and are after it.
    Column("before", LargeBinary),
    Column("after", LargeBinary),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

rights_record = Table(
    "rights_record",
    metadata,
    Column("request", Number, primary_key=True, autoincrement=False),
    Column("record", Number, primary_key=True, autoincrement=False, index=True),
    # The hold that blocks the record while the request is open.
    Column("hold", Number),
)
