# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about what an alert has put upon an account or a source for a while."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "restraint.placed",
        "An alert bound a member of staff or a machine client until the unix second given: delay, step-up, export or"
        " lock; staff 0 means a source of requests, or everybody's exports.",
        {
            "restraint": "number",
            "what": "code",
            "staff": "number",
            "alert": "number",
            "until": "number",
        },
    ),
    Kind(
        "restraint.lifted",
        "A restraint was ended before its time, by a member of staff; staff 0 means by the end of an exercise.",
        {"restraint": "number", "staff": "number"},
    ),
    Kind(
        "restraint.spared",
        "An alert did not do to a member of staff what its rule says, for a reason.",
        {"alert": "number", "staff": "number", "what": "code", "reason": "code"},
    ),
)
