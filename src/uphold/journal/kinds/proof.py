# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about what shows that the promises are kept."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "exercise.began",
        "A run of probes began, with its own marked submissions and accounts; by 0 means by itself or from"
        " the command line.",
        {"run": "number", "by": "number"},
    ),
    Kind(
        "exercise.marked",
        "The record stored just before belongs to a run of probes, and to no person.",
        {"run": "number"},
        ("record",),
    ),
    Kind(
        "exercise.attacked",
        "A drill played an attack, which this alert noticed (0: none did) and which was first refused so (or `none`).",
        {"run": "number", "attack": "code", "alert": "number", "block": "code"},
    ),
    Kind(
        "exercise.ended",
        "A run of probes ended: its records are destroyed and its accounts closed.",
        {"run": "number"},
    ),
    Kind(
        "probe.ran",
        "A probe ran, with this status; the digest is of its signed evidence.",
        {"run": "number", "probe": "name", "status": "code", "evidence": "digest"},
    ),
    Kind(
        "duty.attested",
        "A member of staff attested the operator's own duty of a clause, until the unix second given.",
        {"clause": "clause", "staff": "number", "until": "number"},
    ),
    Kind(
        "alert.raised",
        "A probe that ran by itself did not find its promise kept; or, with run 0, the site at work saw what this"
        " name says.",
        {"run": "number", "probe": "name"},
    ),
    Kind(
        "alert.seen",
        "A member of staff saw an alert.",
        {"staff": "number", "run": "number", "probe": "name"},
    ),
    Kind(
        "statement.made",
        "A statement for people to sign was made by a member of staff: of what, and the digest of what stands in it.",
        {"statement": "number", "of": "code", "document": "digest", "staff": "number"},
    ),
    Kind(
        "statement.signed",
        "A member of staff, who had proved themself just before, signed a statement.",
        {"statement": "number", "staff": "number", "document": "digest"},
    ),
)
