# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about the person: their own page and what they ask for."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "subject.entered",
        "Somebody proved control of an address by a mailed link and began to look at what is held about them.",
        {"session": "number"},
    ),
    Kind(
        "subject.opened",
        "A person who proved control of an address that the record names read the named fields of it themself.",
        {"purpose": "code", "fields": "codes"},
        ("record",),
    ),
    Kind(
        "request.received",
        "A person's request came in: what right it exercises, on which way, under which laws, and the unix second"
        " at which the first of its terms ends (0: no law gives one). About no record the commitment is noise.",
        {
            "request": "number",
            "kind": "code",
            "channel": "code",
            "due": "number",
            "profiles": "codes",
        },
        ("record...",),
    ),
    Kind(
        "request.moved",
        "A request went from one state to another; staff 0 is the person themself, through the software; the"
        " ground is that of a refusal, or the law of an extension, or `none`.",
        {"request": "number", "from": "code", "to": "code", "staff": "number", "ground": "code"},
        ("record...",),
    ),
    Kind(
        "request.proved",
        "What fulfilled a request: the digests are of what was held before it and after it.",
        {"request": "number", "before": "digest", "after": "digest"},
        ("record...",),
    ),
    Kind(
        "recipient.told",
        "A member of staff told the recipient of a disclosure, on this way, that what it received was corrected or"
        " erased since.",
        {
            "notice": "number",
            "disclosure": "number",
            "cause": "code",
            "staff": "number",
            "channel": "code",
        },
    ),
    Kind(
        "recipient.answered",
        "What the recipient answered to such a notice, or that no answer came.",
        {"notice": "number", "staff": "number", "outcome": "code"},
    ),
)
