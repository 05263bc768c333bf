# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about looking for people, opening several records at once and copying them out."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "search.made",
        "A member of staff looked for an address, for a purpose, and was shown so many enquiries that may be opened"
        " for it. Without any the commitment is noise.",
        {"staff": "number", "purpose": "code", "hits": "number"},
        ("record...",),
    ),
    Kind(
        "copy.refused",
        "A member of staff was refused a search, an opening of several records or an export, for a reason.",
        {"staff": "number", "what": "code", "purpose": "code", "reason": "code"},
    ),
    Kind(
        "copy.opened",
        "A member of staff opened several records at once for a purpose; each opening and each refusal stands in an"
        " entry of its own.",
        {"staff": "number", "purpose": "code", "records": "number", "denied": "number"},
    ),
    Kind(
        "export.made",
        "A member of staff chose so many records of a purpose for an export, for a reason; nobody can take it after"
        " the unix second given.",
        {
            "export": "number",
            "staff": "number",
            "purpose": "code",
            "reason": "code",
            "records": "number",
            "ends": "number",
        },
    ),
    Kind(
        "export.taken",
        "The member of staff who made an export took it as a file; each opening and each refusal stands in an entry of"
        " its own after this one.",
        {"export": "number", "staff": "number", "records": "number"},
    ),
    Kind(
        "export.ended",
        "An export was ended before its time by the member of staff who made it.",
        {"export": "number", "staff": "number"},
    ),
    Kind(
        "canary.seen",
        "The address that stands in one export alone, made by this member of staff, came back to the site.",
        {"export": "number", "staff": "number", "place": "code"},
    ),
)
