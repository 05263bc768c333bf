# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about members of staff, what they read and what they were refused."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "access.denied",
        "The gate refused a member of staff, for a reason.",
        {"staff": "number", "purpose": "code", "reason": "code"},
        ("record",),
    ),
    Kind(
        "staff.invited",
        "A member of staff was invited into a role; by 0 means from the command line.",
        {"staff": "number", "role": "code", "by": "number"},
    ),
    Kind(
        "staff.closed",
        "A member of staff's account was closed for good, by another.",
        {"staff": "number", "by": "number"},
    ),
    Kind(
        "staff.factor-removed",
        "A member of staff's second factor was taken away; by 0 means from the command line.",
        {"staff": "number", "by": "number"},
    ),
    Kind("staff.factor-set", "A member of staff set a second factor.", {"staff": "number"}),
    Kind("staff.password-set", "A member of staff set a password.", {"staff": "number"}),
    Kind("staff.signed-in", "A member of staff signed in.", {"staff": "number"}),
    Kind(
        "staff.recovered",
        "A member of staff signed in with a recovery code, which is used up.",
        {"staff": "number"},
    ),
    Kind("staff.refused", "Somebody was refused at sign-in, for a reason.", {"reason": "code"}),
    Kind("staff.signed-out", "A member of staff signed out.", {"staff": "number"}),
)
