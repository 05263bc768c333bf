# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about figures: how they are made, and every act of making, showing and using them."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "statistics.fixed",
        "The recipe with this digest was fixed, by a member of staff or by the site itself (0): figures that are"
        " made from now on follow it.",
        {"recipe": "number", "digest": "digest", "staff": "number"},
    ),
    Kind(
        "statistics.closed",
        "The events of a day (such as 20261122) were brought to a form that knows no visitor.",
        {"day": "number", "events": "number"},
    ),
    Kind(
        "statistics.released",
        "The figures of a day, week or month were counted by this recipe, withstood the attacks, and may be shown;"
        " the digests are of the figures and of the report on what was measured.",
        {
            "atom": "code",
            "recipe": "number",
            "label": "code",
            "hidden": "number",
            "output": "digest",
            "report": "digest",
        },
    ),
    Kind(
        "statistics.refused",
        "The figures of a day, week or month did not withstand the attacks, and are not shown; the digest is of the"
        " report.",
        {"atom": "code", "recipe": "number", "report": "digest"},
    ),
    Kind(
        "statistics.ran",
        "The work on figures ended: so many days, weeks and months were released and refused.",
        {"released": "number", "refused": "number"},
    ),
    Kind(
        "statistics.used",
        "A member of staff (0 on the command line) looked at a page of figures of this label.",
        {"staff": "number", "page": "code", "label": "code"},
    ),
    Kind(
        "statistics.exported",
        "A member of staff (0 on the command line) took figures of this label as a file with this digest.",
        {"staff": "number", "page": "code", "label": "code", "output": "digest"},
    ),
    Kind(
        "statistics.dropped",
        "The events of a day were removed, as their term is over; the figures made of them stay.",
        {"day": "number"},
    ),
)
