# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about incidents: that there is one, since when, and each step; no word of what it was."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "incident.opened",
        "A member of staff opened an incident, from an alert or by hand (alert 0); it was detected at the unix"
        " second given, from which the law's clocks run.",
        {"incident": "number", "alert": "number", "staff": "number", "detected": "number"},
    ),
    Kind(
        "incident.noted",
        "A line was added to an incident; the digest is of its codes and of its sealed words.",
        {"incident": "number", "what": "code", "staff": "number", "line": "digest"},
    ),
    Kind(
        "incident.notified",
        "A member of staff said that a notice of an incident was given; the digest is of its line.",
        {"incident": "number", "notice": "code", "staff": "number", "line": "digest"},
    ),
    Kind(
        "incident.closed",
        "An incident was closed, with what was learnt from it on record.",
        {"incident": "number", "staff": "number"},
    ),
)
