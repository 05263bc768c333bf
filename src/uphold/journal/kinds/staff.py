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
    Kind(
        "staff.passkey-added",
        "A member of staff made a passkey.",
        {"staff": "number", "passkey": "number"},
    ),
    Kind(
        "staff.passkey-blocked",
        "A passkey's counter did not go on, so there is a copy of its key: it is taken no more.",
        {"staff": "number", "passkey": "number"},
    ),
    Kind(
        "staff.passkey-removed",
        "A member of staff's passkey was taken away; by 0 means from the command line.",
        {"staff": "number", "passkey": "number", "by": "number"},
    ),
    Kind("staff.password-set", "A member of staff set a password.", {"staff": "number"}),
    Kind("staff.signed-in", "A member of staff signed in.", {"staff": "number"}),
    Kind(
        "staff.recovered",
        "A member of staff signed in with a recovery code, which is used up.",
        {"staff": "number"},
    ),
    Kind("staff.refused", "Somebody was refused at sign-in, for a reason.", {"reason": "code"}),
    Kind("staff.signed-out", "A member of staff signed out.", {"staff": "number"}),
    Kind(
        "client.made",
        "A machine client was given a token under a role, for these scopes and purposes (or `none`), until the unix"
        " second given; by 0 means from the command line.",
        {
            "staff": "number",
            "role": "code",
            "scopes": "codes",
            "purposes": "codes",
            "until": "number",
            "by": "number",
        },
    ),
    Kind(
        "client.revoked",
        "A machine client's token was ended; by 0 means from the command line, or by an alert.",
        {"staff": "number", "by": "number"},
    ),
    Kind(
        "client.refused",
        "A token of a machine client was shown for the first time after its end, for a reason.",
        {"staff": "number", "reason": "code"},
    ),
    Kind(
        "glass.broken",
        "In an emergency a member of staff whose role may not read a record for a purpose may do so until the unix"
        " second given, for a reason.",
        {
            "glass": "number",
            "staff": "number",
            "purpose": "code",
            "reason": "code",
            "until": "number",
        },
        ("record",),
    ),
    Kind(
        "glass.read",
        "The opening just before was permitted in an emergency alone, and not by the reader's role.",
        {"glass": "number", "staff": "number"},
        ("record",),
    ),
    Kind(
        "glass.ended",
        "An opening in an emergency ended, by a member of staff; staff 0 means that its time was over.",
        {"glass": "number", "staff": "number"},
    ),
    Kind(
        "glass.seen",
        "A member of staff who is not the reader looked at an opening in an emergency.",
        {"glass": "number", "staff": "number"},
    ),
)
