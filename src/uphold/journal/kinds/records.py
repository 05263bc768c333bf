# SPDX-License-Identifier: Apache-2.0
"""What the journal may say about what was handed in: its consents, parts, answers, holds and destruction."""

from uphold.journal.kind import Kind

KINDS = (
    Kind(
        "record.stored",
        "A submission was stored, one sealed part per purpose, after these consents (or `none`) on these"
        " wordings; suspicious ones are set aside.",
        {
            "form": "code",
            "edition": "number",
            "parts": "codes",
            "consents": "codes",
            "wordings": "digests",
            "state": "code",
        },
        ("record", "sealed..."),
    ),
    Kind(
        "consent.given",
        "A subject consented to one purpose on one wording.",
        {
            "purpose": "code",
            "wording": "digest",
            "form": "digest",
            "edition": "number",
            "language": "language",
        },
        ("record",),
    ),
    Kind(
        "consent.withdrawn",
        "A subject withdrew their consent to one purpose, given on this wording: by their receipt, on their own"
        " page, or through a member of staff; request 0 means without one.",
        {
            "purpose": "code",
            "wording": "digest",
            "form": "digest",
            "edition": "number",
            "language": "language",
            "by": "code",
            "request": "number",
        },
        ("record",),
    ),
    Kind(
        "record.opened",
        "The gate, or a person's request to see their data, permitted a member of staff to read the named fields"
        " for a purpose.",
        {"staff": "number", "purpose": "code", "fields": "codes"},
        ("record",),
    ),
    Kind(
        "answer.sealed",
        "An answer to an enquiry was written and sealed.",
        {"staff": "number", "purpose": "code"},
        ("record", "sealed"),
    ),
    Kind(
        "mail.sent",
        "A message was opened and handed to the mail relay.",
        {"attempt": "number"},
        ("record",),
    ),
    Kind(
        "mail.failed",
        "The mail relay did not take a message, for a reason.",
        {"attempt": "number", "reason": "code"},
        ("record",),
    ),
    Kind(
        "mail.bounced",
        "A report came that a message which the relay had taken could not be delivered, for a reason.",
        {"attempt": "number", "reason": "code"},
        ("record",),
    ),
    Kind(
        "notice.queued",
        "A letter of the site's own, of this kind, was queued; it has no words until it is sent.",
        {"notice": "code"},
    ),
    Kind("mail.exported", "A message was opened and written to the spool folder.", {}, ("record",)),
    Kind(
        "enquiry.moved",
        "A member of staff moved an enquiry from one state to another.",
        {"staff": "number", "from": "code", "to": "code"},
        ("record",),
    ),
    Kind(
        "opinion.given",
        "Somebody said whether the answer to their enquiry helped: neither who nor what is told.",
        {},
    ),
    Kind(
        "hold.placed",
        "Reading was suspended until the unix second given (0: until it is lifted): of one record or every one"
        " (then the commitment is noise), for a purpose or `all`, for one member of staff or 0 for everybody; by"
        " 0 means by the person or by a rule.",
        {
            "hold": "number",
            "of": "code",
            "held": "number",
            "purpose": "code",
            "reason": "code",
            "until": "number",
            "by": "number",
        },
        ("record",),
    ),
    Kind(
        "hold.lifted",
        "A suspension of reading was ended before its time.",
        {"hold": "number", "staff": "number"},
    ),
    Kind(
        "hold.lift-asked",
        "A member of staff asked to lift a suspension of all reading, which another must do.",
        {"hold": "number", "staff": "number"},
    ),
    Kind(
        "part.destroyed",
        "The key of one part was destroyed, for a reason.",
        {"purpose": "code", "reason": "code"},
        ("record",),
    ),
    Kind(
        "consent.asked",
        "A subject was asked anew to consent to one purpose on the wording of an edition.",
        {"purpose": "code", "edition": "number", "wording": "digest"},
        ("record",),
    ),
    Kind(
        "destruction.requested",
        "An act of destruction was opened: parts of a purpose, given under an edition, are destroyed for a reason.",
        {"act": "number", "purpose": "code", "edition": "number", "reason": "code"},
    ),
    Kind(
        "destruction.done",
        "Every part of an act of destruction is destroyed and overwritten; the digest is of the act's lines.",
        {"act": "number", "parts": "number", "lines": "digest"},
    ),
    Kind(
        "order.placed",
        "A legal bar to destruction was set for a purpose or `all`, until the unix second given (0: until it is"
        " lifted); the digest is of its salted terms.",
        {
            "order": "number",
            "purpose": "code",
            "staff": "number",
            "until": "number",
            "terms": "digest",
        },
    ),
    Kind(
        "order.lifted",
        "A legal bar to destruction was lifted before its time.",
        {"order": "number", "staff": "number"},
    ),
    Kind(
        "record.corrected",
        "Fields that serve a purpose were corrected by a later part, for a request (0: none) by a member of staff"
        " (0: the person); the digests are of what was held before it and after it.",
        {
            "purpose": "code",
            "fields": "codes",
            "request": "number",
            "staff": "number",
            "before": "digest",
            "after": "digest",
        },
        ("record", "sealed"),
    ),
    Kind(
        "record.erased",
        "At a person's request (0: none) a record is destroyed for so many purposes; for others preservation"
        " orders keep it.",
        {"request": "number", "staff": "number", "purposes": "number", "kept": "number"},
        ("record",),
    ),
)
