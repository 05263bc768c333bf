# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about data that go to somebody outside. Who asked, and by which paper, stays out of it."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "disclosure.prepared",
        "A disclosure of these fields of records, held for a purpose, to a recipient of the policy on a ground of law"
        " was prepared; the people may not be told before the unix second given (0: they may at once).",
        {
            "disclosure": "number",
            "staff": "number",
            "recipient": "code",
            "ground": "code",
            "purpose": "code",
            "fields": "codes",
            "until": "number",
        },
        ("record...",),
    ),
    Kind(
        "disclosure.approved",
        "A member of staff other than who prepared it approved a disclosure as they had seen it.",
        {"disclosure": "number", "staff": "number"},
    ),
    Kind(
        "disclosure.refused",
        "A disclosure was refused, for a reason: before or after it was approved, or without being prepared at all.",
        {"disclosure": "number", "staff": "number", "reason": "code"},
    ),
    Kind(
        "disclosure.opened",
        "The gate permitted a member of staff to open the named fields of a record for a disclosure, to look at what"
        " would leave or to make the file.",
        {"disclosure": "number", "staff": "number", "purpose": "code", "fields": "codes"},
        ("record",),
    ),
    Kind(
        "disclosure.sent",
        "The file of a disclosure, encrypted to the recipient, was made and handed out; the digest is of the file.",
        {"disclosure": "number", "staff": "number", "file": "digest"},
        ("record...",),
    ),
    Kind(
        "disclosure.closed",
        "How a disclosure that was sent ended.",
        {"disclosure": "number", "staff": "number", "outcome": "code"},
    ),
)
