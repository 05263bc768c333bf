# SPDX-License-Identifier: Apache-2.0
"""Hand one message to the relay, over a connection that `egress` opened.

The relay is the one that the configuration declares, over TLS unless it is on this machine. What the
relay says is turned into a code: its text may quote the recipient's address and is kept nowhere.
"""

import asyncio
import ipaddress
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from typing import Literal

import aiosmtplib
from aiosmtplib import errors as smtp

from uphold import egress, errors
from uphold.config import Settings
from uphold.mail import letter

SECONDS_PER_STEP = 30.0
SECONDS_IN_ALL = 180.0


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail goes. `sender` is the From of every message, such as `Example <office@example.org>`.

    `returns` is where reports of failed delivery come, with the message's id after a plus sign (RFC 5233); empty:
    they come to the sender.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    username: str = ""
    password: str = field(default="", repr=False)
    returns: str = ""


class Trouble(StrEnum):
    """Why the relay did not take a message."""

    UNREACHABLE = "relay-unreachable"
    TIMEOUT = "relay-timeout"
    CLOSED = "relay-closed"
    # Its certificate is not to be trusted.
    TLS = "relay-tls"
    # It offers no STARTTLS, or no log-in, although the configuration demands them.
    UNFIT = "relay-unfit"
    LOGIN = "relay-login"
    LATER = "relay-later"
    ADDRESS = "address-refused"
    # Never asked of a relay: what was found is no address, or the message could not be made.
    NO_ADDRESS = "no-address"
    BROKEN = "message-broken"
    REFUSED = "message-refused"


@dataclass(frozen=True, slots=True)
class Failure:
    """The relay did not take the message; `permanent` when asking again would change nothing."""

    trouble: Trouble
    permanent: bool


def relay(settings: Settings) -> Relay | None:
    """The relay that the configuration declares, None without one.

    Raises `errors.Invalid` for a relay without sender, or one beyond this machine without TLS.
    """
    mail = settings.mail
    if not mail.host:
        return None
    letter.check_sender(mail.sender)
    if mail.returns and letter.mailbox(mail.returns) is None:
        raise errors.Invalid(
            "[mail] returns is not an address that reports can come to.",
            'Write returns = "bounces@example.org".',
        )
    if mail.security == "none" and not _on_this_machine(mail.host):
        raise errors.Invalid(
            "[mail] security = none would send answers in the clear.",
            'Use "starttls" or "tls"; "none" is for a relay on this machine.',
        )
    return Relay(
        mail.host,
        mail.port,
        mail.security,
        mail.sender,
        mail.username,
        settings.mail_password() if mail.username else "",
        mail.returns,
    )


async def send(relay: Relay, message: EmailMessage) -> Failure | None:
    """Hand `message` to the relay; None means that it took responsibility (RFC 5321, section 4.2.5)."""
    try:
        async with asyncio.timeout(SECONDS_IN_ALL):
            connection = await asyncio.to_thread(_connect, relay)
            async with _client(relay, connection) as client:
                await client.send_message(
                    message, sender=letter.return_path(message, relay.returns) or None
                )
    except smtp.SMTPRecipientsRefused as refused:
        return _by_code(refused.recipients[0].code, Trouble.ADDRESS)
    except smtp.SMTPNotSupported:
        # The relay lacks SMTPUTF8 (RFC 6531), which this address needs.
        return Failure(Trouble.ADDRESS, permanent=True)
    except (smtp.SMTPException, OSError) as error:
        return _judge(error)
    return None


def _connect(relay: Relay) -> egress.Socket:
    # To be a relay is to be declared: `relay` makes one of the configuration. While the site serves, `egress`
    # compares with the configuration once more.
    place = frozenset({(relay.host.lower(), relay.port)})
    return egress.connect(place, relay.host, relay.port, SECONDS_PER_STEP)


def _client(relay: Relay, connection: egress.Socket) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        # Whom the certificate must name.
        hostname=relay.host,
        sock=connection,
        use_tls=relay.security == "tls",
        # None would mean "if offered", which whoever sits in between can take away.
        start_tls=relay.security == "starttls",
        validate_certs=True,
        username=relay.username or None,
        password=relay.password or None,
        timeout=SECONDS_PER_STEP,
        # Said in EHLO; without it the host's own name would be looked up and told.
        local_hostname=letter.domain(relay.sender),
    )


def _judge(error: Exception) -> Failure:
    """Name what went wrong. Only the relay's own word about the message itself is final."""
    match error:
        case smtp.SMTPAuthenticationError():
            # The operator's to mend, not the message's fault: it stays queued.
            return Failure(Trouble.LOGIN, permanent=False)
        case smtp.SMTPConnectResponseError() | smtp.SMTPHeloError():
            return Failure(Trouble.UNREACHABLE, permanent=False)
        case smtp.SMTPResponseException():
            return _by_code(error.code, Trouble.REFUSED)
        case TimeoutError():
            return Failure(Trouble.TIMEOUT, permanent=False)
        case smtp.SMTPServerDisconnected():
            return Failure(Trouble.CLOSED, permanent=False)
    if type(error) is smtp.SMTPException:
        return Failure(Trouble.UNFIT, permanent=False)
    cause = error.__cause__ or error
    trouble = Trouble.TLS if isinstance(cause, ssl.SSLError) else Trouble.UNREACHABLE
    return Failure(trouble, permanent=False)


def _by_code(code: int, trouble: Trouble) -> Failure:
    """A reply of 5xx is final (RFC 5321, section 4.2.1); any other says to come again."""
    if code >= 500:
        return Failure(trouble, permanent=True)
    return Failure(Trouble.LATER, permanent=False)


def _on_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
