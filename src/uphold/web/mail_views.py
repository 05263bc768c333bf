# SPDX-License-Identifier: Apache-2.0
"""What the console's page of mail shows: which messages wait, did not leave or came back, without their words."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `kind` is `answer` or the kind of a notice, `state` that of the outbox.

    `short` names the enquiry it is about, empty for the operator's own; `reason` is the code of the last trouble.
    """

    number: int
    kind: str
    state: str
    short: str
    href: str
    created_at: int
    attempts: int
    next_at: int
    left_at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Mail:
    """`/console/mail`. Posts nothing but the token to `retry_href`, which is empty where there is no relay.

    `relay` is its host and port, empty without one. `waiting` are queued, `trouble` failed or came back, `left` the
    latest that were sent or written to files. `since_at` is when the oldest that waits was queued, `last` the code of
    the latest trouble of those, `more` how many in trouble are not listed.
    """

    template: ClassVar[str] = "console/mail.html"
    relay: str
    waiting: tuple[Message, ...]
    trouble: tuple[Message, ...]
    left: tuple[Message, ...]
    since_at: int = 0
    last: str = ""
    retry_href: str = ""
    more: int = 0
