# SPDX-License-Identifier: Apache-2.0
"""What the page of a receipt shows, and what withdrawing a consent means. See `views` for the conventions."""

from dataclasses import dataclass
from typing import ClassVar

from uphold.web.renewal_views import Renewal, Renewals


@dataclass(frozen=True, slots=True)
class PurposeNotice:
    """A purpose without a box, as it rests on another ground. `term` says when its data are destroyed."""

    title: str
    ground: str
    term: str = ""
    wording_href: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a withdrawal means.

    `data` are the labels of what was written for the purpose, `until_at` when that is destroyed at the latest
    (0 where the policy's own term stands, then `term` says it), `is_left` false once it is, `is_barred` that an
    order under law keeps it longer. `answers` says that answers go out under this purpose, `waiting` how many are
    written and not sent, `fills` that forms come filled in under it. `evidence` is what is kept as proof of
    consent, `ground` why, `evidence_until_at` until when (0: `evidence_term`). `others` are the other purposes that
    data of this record are kept for.
    """

    data: tuple[str, ...]
    until_at: int
    term: str
    is_left: bool
    is_barred: bool
    answers: bool
    waiting: int
    evidence: str
    ground: str
    evidence_until_at: int
    evidence_term: str
    others: tuple[str, ...] = ()
    fills: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The one button of a consent that stands: where it posts, and with what."""

    purpose: str
    title: str
    action_href: str
    slip: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Again:
    """A withdrawn consent that may be given again: its box, always unticked, and the token of what was shown."""

    action_href: str
    token: str
    box: Renewal


@dataclass(frozen=True, slots=True)
class Asked:
    """One request about this record. `kind` and `state` are codes; `due_at` is 0 once it has ended or without a term.

    `is_blocking` says that a law has the data blocked until it ends.
    """

    number: int
    kind: str
    state: str
    received_at: int
    due_at: int
    is_blocking: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """What may be asked with the number alone, by code, and what was asked, newest first."""

    action_href: str
    slip: str
    kinds: tuple[str, ...]
    made: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Opinions:
    """The question whether an answer helped: where it is posted, and the codes of what can be said."""

    action_href: str
    slip: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One consent as the ledger holds it. `language` is the code of the language of the wording shown.

    `replaced_at` is when it was given anew on a later wording, 0 for never. `proof_href` is its own proof,
    empty for a consent that the receipt's proof covers; `withdrawn_proof_href` that of its withdrawal. `id` is the
    purpose's id, `entry` and `ended_entry` are the indices of its own entry and of what ended it.
    What its holder can do stands in `withdraw` (it stands), `gone` (it was withdrawn: what that means) and
    `again` (it may be given again); None elsewhere.
    """

    purpose: str
    wording_href: str
    wording_digest: str
    edition: int
    policy_href: str
    given_at: int
    language: str
    withdrawn_at: int = 0
    replaced_at: int = 0
    proof_href: str = ""
    withdrawn_proof_href: str = ""
    id: str = ""
    entry: int = 0
    ended_entry: int = 0
    withdraw: Withdrawal | None = None
    gone: Meaning | None = None
    again: Again | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Where the entry stands in the journal, and how to check it.

    `address` is the absolute address of the `.tlog-proof` file, for the commands to copy; `script` that
    of the shell script; `key` the verifier key of the journal.
    """

    index: int
    size: int
    origin: str
    key: str
    address: str
    script: str
    file: str
    proof_href: str
    record_href: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """`/receipt/{id}`: what was agreed to and how to prove it. Never any field's value.

    `withdraw` is how to withdraw, paragraph by paragraph, as the wording says it. `back_href` is the
    page that the form leads on to, or empty. `asking` is None where nothing can be asked here, `opinions` where the
    question after an answer is not. `problem` is why a post was not taken, or empty.
    """

    template: ClassVar[str] = "receipt.html"
    number: str
    received_at: int
    form_title: str
    edition: int
    policy_href: str
    agreements: tuple[Agreement, ...]
    notices: tuple[PurposeNotice, ...]
    withdraw: tuple[str, ...]
    contact: str
    proof: Proof
    back_href: str = ""
    renewals: Renewals | None = None
    problem: str = ""
    asking: Asking | None = None
    opinions: Opinions | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """410: the data of this receipt were destroyed."""

    template: ClassVar[str] = "gone.html"
    number: str
    destroyed_at: int
