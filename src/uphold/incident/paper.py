# SPDX-License-Identifier: Apache-2.0
"""A draft on paper: PDF/A by the typesetter, with the same words as the text."""

from uphold import typeset
from uphold.incident.draft import Draft


def pdf(draft: Draft) -> bytes:
    """Return a draft as PDF/A-2b; raises as `typeset.pdf`."""
    told: dict[str, typeset.Data] = {
        "title": draft.title,
        "language": draft.language,
        "banner": draft.banner,
        "drafted": draft.drafted,
        "head": [list(pair) for pair in draft.head],
        "missing_title": draft.missing_title,
        "missing": list(draft.missing),
        "plain": draft.to == "people",
        "items": [
            {
                "name": one.name,
                "place": one.place,
                "unsure": one.is_unsure,
                "values": [*one.values, *([draft.blank] if one.lacks else [])],
            }
            for one in draft.items
        ],
        "notes": [line for line in (draft.note, draft.foot, draft.memory) if line],
        "sign": list(draft.sign),
        "foot_line": draft.drafted,
    }
    return typeset.pdf("incident", told, draft.at // 1000)
