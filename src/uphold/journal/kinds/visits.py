# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about visits: that some were stored, that some may be missing, and how salts end."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "visits.stored",
        "So many visits, as they came within a second, were stored as one sealed part for a purpose.",
        {"visits": "number", "edition": "number", "purpose": "code"},
        ("record", "sealed"),
    ),
    Kind(
        "visits.interrupted",
        "A process of the site ended without storing what it had: visits of up to a second may be missing between"
        " these unix seconds, the last at which it lived for sure and the one at which that was found.",
        {"since": "number", "until": "number"},
    ),
    Kind(
        "visits.imported",
        "Views of so many days, the first and the last of them such as 20261122, were read from logs of a web server"
        " on the command line; each of the days is closed.",
        {"first": "number", "last": "number", "days": "number", "views": "number"},
    ),
    Kind(
        "salt.made",
        "A random salt was made, by which visitors of one day are told apart and no other day's; the digest is of"
        " its random name, and the day is that of the site's zone, such as 20261122.",
        {"day": "number", "name": "digest"},
    ),
    Kind(
        "salt.destroyed",
        "A day's salt was overwritten and removed: nobody can tell any more which visitor had which number.",
        {"day": "number", "name": "digest"},
    ),
)
