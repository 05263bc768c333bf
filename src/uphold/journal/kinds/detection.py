# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about rules of detection, what they noticed, and who judged it."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "detection.rules",
        "The rules in force became those with this digest: so many act, so many only say what they would do, so many"
        " are off.",
        {"rules": "digest", "on": "number", "dry": "number", "off": "number"},
    ),
    Kind(
        "detection.alerted",
        "A rule noticed something of a member of staff (0: of nobody's): what became of each of its responses, and"
        " whether it acts or is only tried; run 0 means no exercise. The digest is of the ids of the events.",
        {
            "alert": "number",
            "rule": "code",
            "staff": "number",
            "response": "codes",
            "mode": "code",
            "run": "number",
            "events": "digest",
        },
    ),
    Kind(
        "detection.seen",
        "A member of staff judged an alert: true, false, or a drill.",
        {"alert": "number", "staff": "number", "verdict": "code"},
    ),
)
