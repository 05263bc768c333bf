# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about threats: that the site changed, that what threatens it changed, who answers for it."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "threats.modelled",
        "The site was found to be another than it was: the digest is of the model that threats are judged on.",
        {"model": "digest", "elements": "number"},
    ),
    Kind(
        "threat.changed",
        "How it stands with a finding changed, or its severity did: the digest is of its name, the cause the entry"
        " of the journal that brought it about.",
        {
            "finding": "digest",
            "rule": "code",
            "from": "code",
            "to": "code",
            "severity": "number",
            "cause": "number",
        },
    ),
    Kind(
        "threat.accepted",
        "A member of staff answers for an open threat until the unix second given; the digest is of the finding's"
        " name.",
        {"finding": "digest", "rule": "code", "staff": "number", "until": "number"},
    ),
    Kind(
        "measure.attested",
        "A member of staff attested what only people can do as done, until the unix second given.",
        {"duty": "code", "staff": "number", "until": "number"},
    ),
)
