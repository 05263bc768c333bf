# SPDX-License-Identifier: Apache-2.0
"""An answer as fields to seal; an answer or a notice as a message to send. Pure.

The subject of the mail is neutral, because subjects travel and are shown everywhere; what the staff wrote
as subject is the first line of the body. A message is text, and HTML that says the same, without an image or a
mark that would tell when it is read. An answer has no `Auto-Submitted` field: a person wrote it (RFC 3834,
section 5); a notice has.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from enum import StrEnum
from typing import Any

from uphold import errors
from uphold.mail import markup

TO = "answer-to"
SUBJECT = "answer-subject"
TEXT = "answer-text"
FIELDS = frozenset({TO, SUBJECT, TEXT})

LONGEST_SUBJECT = 200
LONGEST_TEXT = 100_000
SHORT = 8

_OTHER_LETTERS = re.compile(r"[^\x00-\x7f]")
_SUBJECTS = {"en": "Your enquiry {}", "ru": "Ваше обращение {}"}
# Seven bits survive every relay, and no line grows past the 998 octets of RFC 5322, section 2.1.1.
_POLICY = SMTP.clone(cte_type="7bit")
# For an address in other letters, headers have to be UTF-8 (RFC 6532).
_WIDE_POLICY = _POLICY.clone(utf8=True)


@dataclass(frozen=True, slots=True)
class Letter:
    """An answer in plaintext: it exists between its writing and its sealing, and while it is being sent."""

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says: a subject without personal data, the text, and HTML that says the same."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a message says of itself, without personal data. `at` is unix ms; `receipt` the receipt's id."""

    sender: str
    message: str
    receipt: str
    language: str
    at: int


class Fault(StrEnum):
    """What is wrong with the words of an answer."""

    EMPTY = "answer-empty"
    TEXT_LONG = "answer-text-too-long"
    SUBJECT_LONG = "answer-subject-too-long"


def fault(subject: str, text: str) -> Fault | None:
    """Say what is wrong with an answer's words, or None when it can be sent."""
    if not text.strip():
        return Fault.EMPTY
    if len(text) > LONGEST_TEXT:
        return Fault.TEXT_LONG
    return Fault.SUBJECT_LONG if len(subject) > LONGEST_SUBJECT else None


def check_words(subject: str, text: str) -> None:
    """Raise `errors.Invalid` for an answer that is empty or too long."""
    found = fault(subject, text)
    if found == Fault.EMPTY:
        raise errors.Invalid("The answer is empty.", "Write the answer.")
    if found is not None:
        raise errors.Invalid("The answer is too long.", "Shorten it, or send it in two.")


def check(letter: Letter) -> None:
    """Raise `errors.Invalid` when a letter cannot be sent as it is; the message quotes nothing of it."""
    check_words(letter.subject, letter.text)
    if mailbox(letter.to) is None:
        raise _unsendable()


def check_sender(sender: str) -> None:
    """Raise `errors.Invalid` unless `sender` can stand in From, such as `Example <office@example.org>`."""
    if mailbox(parseaddr(sender)[1]) is None:
        raise errors.Invalid(
            "[mail] sender is not an address that answers can come from.",
            'Write sender = "Example <office@example.org>".',
        )


def seal(letter: Letter) -> dict[str, str]:
    """The letter as the fields of a part."""
    return {TO: letter.to, SUBJECT: letter.subject, TEXT: letter.text}


def unseal(fields: Mapping[str, Any]) -> Letter:
    """The letter of a part's fields."""
    return Letter(str(fields[TO]), str(fields[SUBJECT]), str(fields[TEXT]))


def compose(letter: Letter, envelope: Envelope) -> EmailMessage:
    """The message of an answer: the same `Message-ID` and `Date` at every attempt.

    Raises `errors.Invalid` when the address is none.
    """
    check(letter)
    text = "\n\n".join(part for part in (letter.subject.strip(), letter.text.strip()) if part)
    subject = _subject(envelope)
    html = markup.page(text, language=envelope.language, title=subject)
    return _message(letter.to, Words(subject, text, html), envelope)


def notice(to: str, words: Words, envelope: Envelope) -> EmailMessage:
    """The message of a notice, marked as written by no person (RFC 3834, section 5), so that none answers by itself.

    Raises `errors.Invalid` when the address is none.
    """
    if mailbox(to) is None:
        raise _unsendable()
    message = _message(to, words, envelope)
    message["Auto-Submitted"] = "auto-generated"
    return message


def _message(to: str, words: Words, envelope: Envelope) -> EmailMessage:
    recipient = mailbox(to)
    name, address = parseaddr(envelope.sender)
    message = EmailMessage(policy=_POLICY if str(recipient).isascii() else _WIDE_POLICY)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = recipient
    message["Subject"] = words.subject
    message["Date"] = datetime.fromtimestamp(envelope.at // 1000, UTC)
    message["Message-ID"] = f"<{envelope.message}@{domain(envelope.sender)}>"
    message.set_content(words.text.rstrip() + "\n", charset="utf-8")
    message.add_alternative(words.html, subtype="html", charset="utf-8")
    # Said last: with the second side, what is said of content goes to the first.
    message["Content-Language"] = envelope.language
    # The library draws one at random, and an attempt is to be like the one before.
    message.set_boundary(f"uphold-{envelope.message}")
    return message


def mailbox(text: str) -> Address | None:
    """The address in `text` with its domain in ASCII (RFC 3490), or None when it is none.

    Whatever could end a header line or add a second address is no address.
    """
    local, at, host = text.strip().rpartition("@")
    if not at or any(not character.isprintable() for character in text.strip()):
        return None
    try:
        host = host.encode("idna").decode()
        # The library checks the form of ASCII addresses only; other letters are allowed where an `a` is.
        Address(addr_spec=f"{_OTHER_LETTERS.sub('a', local)}@{host}")
    except (ValueError, HeaderParseError, IndexError):
        return None
    return Address(username=local, domain=host) if "." in host else None


def return_path(message: EmailMessage, returns: str) -> str:
    """The address that reports about a message come to: `returns` with its public id; empty without `returns`."""
    local, at, host = returns.rpartition("@")
    public = str(message["Message-ID"]).strip("<>").partition("@")[0]
    return f"{local}+{public}@{host}" if at else ""


def domain(sender: str) -> str:
    """The domain of the sender's address."""
    return parseaddr(sender)[1].rpartition("@")[2]


def short(receipt: str) -> str:
    """The short form of a receipt's id: enough for people to tell enquiries apart, too little to open one."""
    return receipt[:SHORT]


def _unsendable() -> errors.Invalid:
    return errors.Invalid(
        "The enquiry has no e-mail address that mail can be sent to.",
        "Answer in another way, and move the enquiry by hand.",
    )


def _subject(envelope: Envelope) -> str:
    template = _SUBJECTS.get(envelope.language, _SUBJECTS["en"])
    return template.format(short(envelope.receipt))
