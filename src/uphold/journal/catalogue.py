# SPDX-License-Identifier: Apache-2.0
"""The closed catalogue of what the journal may say. Reading this file is the privacy review of the journal.

There is no free text: every code has one of the SHAPES. Of the commitments, `record` is salted from a part's
key and dies with it; `sealed` is the plain digest of a part's ciphertext, which nobody can guess, as its key
and nonce are random: with the ciphertext gone it is noise.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_SLUG = "[a-z0-9-]{1,40}"

SHAPES: Mapping[str, str] = MappingProxyType(
    {
        "digest": "64 lower-case hex digits",
        "digests": "digests joined by +",
        "number": "an integer from 0 to 2^63-1",
        "code": "1 to 40 of a-z, 0-9 and hyphen",
        "codes": "codes joined by +",
        "language": "a language tag such as ru or en-GB",
        "origin": "a host name, with an optional port and path",
        "name": "two or three codes joined by dots",
        "clause": "the id of a clause, such as 2.2.1, preamble.1 or date",
    }
)

PATTERNS: Mapping[str, re.Pattern[str]] = {
    "digest": re.compile("[0-9a-f]{64}"),
    "digests": re.compile(r"[0-9a-f]{64}(?:\+[0-9a-f]{64}){0,31}"),
    "code": re.compile(_SLUG),
    "codes": re.compile(rf"{_SLUG}(?:\+{_SLUG}){{0,255}}"),
    "language": re.compile("[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}"),
    "origin": re.compile(r"[a-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]{1,64}){0,4}"),
    "name": re.compile(rf"{_SLUG}(?:\.{_SLUG}){{1,2}}"),
    "clause": re.compile(
        r"title|date|preamble\.[1-9][0-9]{0,3}|[1-9][0-9]{0,2}(?:\.[1-9][0-9]{0,2}){0,9}"
    ),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry: its name, one sentence of meaning, its codes by shape, its commitments by name.

    A last commitment that ends in `...` stands for one or more.
    """

    name: str
    meaning: str
    codes: Mapping[str, str] = field(default_factory=dict)
    commitments: tuple[str, ...] = ()

    @property
    def repeats(self) -> bool:
        """Whether the last commitment may stand several times."""
        return bool(self.commitments) and self.commitments[-1].endswith("...")


_KINDS = (
    Kind("journal.opened", "The journal of this origin began.", {"origin": "origin"}),
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
        "access.denied",
        "The gate refused a member of staff, for a reason.",
        {"staff": "number", "purpose": "code", "reason": "code"},
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
        "part.destroyed",
        "The key of one part was destroyed, for a reason.",
        {"purpose": "code", "reason": "code"},
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
    Kind(
        "subject.entered",
        "Somebody proved control of an address by a mailed link and began to look at what is held about them.",
        {"session": "number"},
    ),
    Kind(
        "exercise.began",
        "A run of probes began, with its own marked submissions and accounts; by 0 means by itself or from"
        " the command line.",
        {"run": "number", "by": "number"},
    ),
    Kind(
        "exercise.marked",
        "The record stored just before belongs to a run of probes, and to no person.",
        {"run": "number"},
        ("record",),
    ),
    Kind(
        "exercise.ended",
        "A run of probes ended: its records are destroyed and its accounts closed.",
        {"run": "number"},
    ),
    Kind(
        "probe.ran",
        "A probe ran, with this status; the digest is of its signed evidence.",
        {"run": "number", "probe": "name", "status": "code", "evidence": "digest"},
    ),
    Kind(
        "duty.attested",
        "A member of staff (0 on the command line) attested the operator's own duty of a clause, until the"
        " unix second given.",
        {"clause": "clause", "staff": "number", "until": "number"},
    ),
    Kind(
        "alert.raised",
        "A probe that ran by itself did not find its promise kept.",
        {"run": "number", "probe": "name"},
    ),
    Kind(
        "alert.seen",
        "A member of staff saw an alert.",
        {"staff": "number", "run": "number", "probe": "name"},
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
        "subject.opened",
        "A person who proved control of an address that the record names read the named fields of it themself.",
        {"purpose": "code", "fields": "codes"},
        ("record",),
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
    Kind(
        "request.received",
        "A person's request came in: what right it exercises, on which way, under which laws, and the unix second"
        " at which the first of its terms ends (0: no law gives one). About no record the commitment is noise.",
        {
            "request": "number",
            "kind": "code",
            "channel": "code",
            "due": "number",
            "profiles": "codes",
        },
        ("record...",),
    ),
    Kind(
        "request.moved",
        "A request went from one state to another; staff 0 is the person themself, through the software; the"
        " ground is that of a refusal, or the law of an extension, or `none`.",
        {"request": "number", "from": "code", "to": "code", "staff": "number", "ground": "code"},
        ("record...",),
    ),
    Kind(
        "request.proved",
        "What fulfilled a request: the digests are of what was held before it and after it.",
        {"request": "number", "before": "digest", "after": "digest"},
        ("record...",),
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
        "drill.done",
        "A backup was restored aside and proved, with this outcome.",
        {"backup": "digest", "outcome": "code"},
    ),
)

CATALOGUE: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _KINDS})
