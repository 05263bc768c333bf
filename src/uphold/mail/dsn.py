# SPDX-License-Identifier: Apache-2.0
"""Read a report that a message could not be delivered (RFC 3464). Pure; whatever comes in, nothing is raised.

Whoever sends mail to the operator can send a report, so only two things are taken from one: which message it speaks
of, by the keyed public id that stands in our `Message-ID` and in the address that it was sent from, and a code.
What the report quotes, the recipient's address first of all, is looked at and kept nowhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message
from enum import StrEnum
from typing import Any

LARGEST = 1 << 20
"""Bytes of a report that are looked at."""

# A public id as `vault.identifier` writes one, whole.
_ID = re.compile(r"(?<![a-z0-9])[a-z2-7]{25}[aeimquy4](?![a-z0-9])")
_STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})")
# Where a relay writes the address that a report came to.
_RECIPIENTS = ("to", "delivered-to", "x-original-to", "envelope-to")
_MOST_IDS = 20


class Reason(StrEnum):
    """Why a message came back, by its enhanced status code (RFC 3463)."""

    NO_MAILBOX = "mailbox-unknown"
    FULL = "mailbox-full"
    NOT_TAKEN = "mailbox-closed"
    REFUSED = "delivery-refused"
    EXPIRED = "delivery-expired"
    OTHER = "not-delivered"


@dataclass(frozen=True, slots=True)
class Report:
    """A final failure: the public ids that the message may have, the likeliest first, and the reason."""

    messages: tuple[str, ...]
    reason: Reason


def read(raw: bytes) -> Report | None:
    """Read a report of a final failure; None for anything else, a delay or a success included."""
    try:
        report = message_from_bytes(raw[:LARGEST], policy=policy.compat32)
        return _read(report)
    except (MessageError, LookupError, TypeError, ValueError, RecursionError):
        # The library's parser gives up on some of what is no mail at all.
        return None


def _read(report: Message) -> Report | None:
    parts = list(report.walk())
    failed = [status for status in _statuses(parts) if status is not None]
    if not failed:
        return None
    ids = dict.fromkeys(found for text in _places(report, parts) for found in _ID.findall(text))
    return Report(tuple(ids)[:_MOST_IDS], failed[0])


def _statuses(parts: list[Message]) -> Iterator[Reason | None]:
    """What the report says of each recipient; None for what is no final failure."""
    for part in parts:
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            for block in _blocks(part):
                if block["action"] is not None or block["status"] is not None:
                    yield _reason(_text(block["action"]), _text(block["status"]))


def _reason(action: str, status: str) -> Reason | None:
    found = _STATUS.match(status)
    final = found is None or found[1] == "5"
    # Whoever gives up after days of trying may name the last delay: 4.x.x with the action failed.
    if action.strip().lower() != "failed" and not (not action and found and final):
        return None
    if found is None:
        return Reason.OTHER
    subject, detail = found[2], found[3]
    if (subject, detail) == ("2", "2"):
        return Reason.FULL
    if (subject, detail) == ("4", "7") or not final:
        return Reason.EXPIRED
    named = {"1": Reason.NO_MAILBOX, "2": Reason.NOT_TAKEN, "7": Reason.REFUSED}
    return named.get(subject, Reason.OTHER)


def _places(report: Message, parts: list[Message]) -> Iterator[str]:
    """Where the message's public id may stand: what was sent back of it, and where the report was sent to."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            yield from (_text(inner["message-id"]) for inner in _blocks(part))
        if kind == "text/rfc822-headers":
            headers = part.get_payload(decode=True)
            if isinstance(headers, bytes):
                yield _text(message_from_bytes(headers, policy=policy.compat32)["message-id"])
        if kind == "message/delivery-status" and part.is_multipart():
            yield from (_text(block["original-envelope-id"]) for block in _blocks(part))
    for name in _RECIPIENTS:
        yield from (_text(value) for value in report.get_all(name, []))


def _blocks(part: Message) -> list[Message]:
    payload: Any = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _text(value: object) -> str:
    """A header's value in lower case, as relays may fold addresses; what is no text is empty."""
    return "" if value is None else str(value)[:1000].lower()
