# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about the journal itself, the editions of the policy, keys and backups."""

from uphold.journal.kind import Kind

KINDS = (
    Kind("journal.opened", "The journal of this origin began.", {"origin": "origin"}),
    Kind(
        "journal.read",
        "A member of staff began to read what the journal says of one record (which the commitment names, and"
        " `read` is 0) or of the member of staff `read` (then the commitment is noise).",
        {"staff": "number", "of": "code", "read": "number"},
        ("record",),
    ),
    Kind(
        "egress.refused",
        "Connections to a host that the configuration does not declare were refused, so many times since the last"
        " such entry: by this net, asked for by this module. The digest is of the entry's salt and the host with its"
        " port, so that a suspicion can be confirmed and nothing can be read.",
        {"net": "code", "by": "code", "host": "digest", "times": "number"},
    ),
    Kind(
        "policy.published",
        "An edition of the policy was published; it takes effect at the unix second given.",
        {"edition": "number", "policy": "digest", "effective": "number"},
    ),
    Kind("keys.created", "A new epoch key was made.", {"epoch": "number"}),
    Kind(
        "keys.rotated",
        "Every key that lives was wrapped under this epoch; none is left under an older one.",
        {"epoch": "number"},
    ),
    Kind(
        "keys.burned",
        "The key of an epoch was removed from the key ring and its copy; nothing was wrapped under it.",
        {"epoch": "number"},
    ),
    Kind(
        "policy.in-force",
        "An edition of the policy was seen to have come into force.",
        {"edition": "number"},
    ),
    Kind(
        "policy.approved",
        "A member of staff approved the publishing of an edition; the digest is of the reason they gave.",
        {"edition": "number", "staff": "number", "reason": "digest"},
    ),
    Kind(
        "journal.continued",
        "After a restore this journal goes on, under this origin and a key of its own, from the first `kept` entries"
        " of the one named by `before`, whose last known head had this size and root.",
        {
            "origin": "origin",
            "before": "origin",
            "size": "number",
            "root": "digest",
            "kept": "number",
        },
    ),
    Kind(
        "backup.made",
        "A backup was written and looked at; the digest is of its file, the entries are those of the journal in it.",
        {"backup": "digest", "entries": "number"},
    ),
    Kind(
        "backup.removed",
        "The file of a backup was removed, its days over.",
        {"backup": "digest"},
    ),
    Kind(
        "backup.restored",
        "The store was restored from the backup whose file has this digest; so many of its parts were destroyed since"
        " and were left out.",
        {"backup": "digest", "parts": "number"},
    ),
    Kind(
        "site.moved",
        "The store went from a database of one engine into one of the other or the same, with the first `kept` entries"
        " of this journal.",
        {"from": "code", "to": "code", "kept": "number"},
    ),
    Kind(
        "drill.done",
        "A backup was restored aside and proved, with this outcome.",
        {"backup": "digest", "outcome": "code"},
    ),
)
