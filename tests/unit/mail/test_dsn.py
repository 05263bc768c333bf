# SPDX-License-Identifier: Apache-2.0
"""Reports of failed delivery, as mail servers write them, and as nobody should."""

from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given, settings, strategies as st

from uphold.mail import dsn
from uphold.mail.dsn import Reason

ID = "ev7c2q4mzx5n8r3wktj6h9pdya".replace("8", "b").replace("9", "c").replace("1", "d")
POSTFIX = f"""\
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: bounces+{ID}@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

<nobody@subject.example>: host mx said: 550 5.1.1 No such user

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4F1

Final-Recipient: rfc822; nobody@subject.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user

--B
Content-Type: message/rfc822

Message-ID: <{ID}@example.org>
Subject: x
To: nobody@subject.example

body

--B--
"""


def report(*, status: str = "5.1.1", action: str = "failed", headers: str = "") -> bytes:
    made = MIMEMultipart("report")
    made["To"] = "office@example.org"
    made.attach(MIMEText("It failed."))
    told = Message()
    told.set_type("message/delivery-status")
    first, second = Message(), Message()
    first["Reporting-MTA"] = "dns; mx"
    second["Action"], second["Status"] = action, status
    told.set_payload([first, second])
    made.attach(told)
    if headers:
        part = MIMEText(headers, "rfc822-headers")
        made.attach(part)
    return made.as_bytes()


def test_a_report_of_postfix() -> None:
    found = dsn.read(POSTFIX.encode())
    assert found is not None
    assert found == dsn.Report((ID,), Reason.NO_MAILBOX)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_headers_alone_are_enough(line_end: str) -> None:
    headers = line_end.join(["Subject: x", f"Message-Id: <{ID}@example.org>", ""])
    found = dsn.read(report(headers=headers))
    assert found is not None
    assert found.messages == (ID,)


def test_an_address_that_the_relay_changed_to_capitals_is_known() -> None:
    raw = POSTFIX.replace(f"bounces+{ID}", f"BOUNCES+{ID.upper()}").replace(f"<{ID}@", "<lost@")
    found = dsn.read(raw.encode())
    assert found is not None
    assert found.messages == (ID,)


@pytest.mark.parametrize(
    ("status", "action", "reason"),
    [
        ("5.1.1", "failed", Reason.NO_MAILBOX),
        ("5.2.2", "failed", Reason.FULL),
        ("5.2.1", "failed", Reason.NOT_TAKEN),
        ("5.7.1", "Failed", Reason.REFUSED),
        ("5.4.7", "failed", Reason.EXPIRED),
        ("4.4.1", "failed", Reason.EXPIRED),
        ("5.9.9", "failed", Reason.OTHER),
        ("nonsense", "failed", Reason.OTHER),
        ("5.1.1 (no such user)", "", Reason.NO_MAILBOX),
    ],
)
def test_why_it_came_back(status: str, action: str, reason: Reason) -> None:
    found = dsn.read(report(status=status, action=action))
    assert found is not None
    assert found.reason == reason


@pytest.mark.parametrize(
    ("status", "action"),
    [("4.4.1", "delayed"), ("2.0.0", "delivered"), ("2.0.0", "relayed"), ("4.0.0", ""), ("x", "")],
)
def test_what_is_no_final_failure_is_none(status: str, action: str) -> None:
    assert dsn.read(report(status=status, action=action)) is None


def test_other_mail_is_none() -> None:
    mail = EmailMessage()
    mail["To"] = f"bounces+{ID}@example.org"
    mail["Subject"] = "I am on holiday"
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(f"Message-ID: <{ID}@example.org> Action: failed")
    assert dsn.read(mail.as_bytes()) is None
    assert dsn.read(MIMEMessage(mail).as_bytes()) is None


@given(st.binary(max_size=2000))
@settings(max_examples=150, deadline=None)
def test_no_bytes_break_it(raw: bytes) -> None:
    assert dsn.read(raw) is None or b"elivery-status" in raw


@given(
    st.integers(0, len(POSTFIX) - 1),
    st.integers(0, len(POSTFIX) - 1),
    st.binary(max_size=40),
)
@settings(max_examples=250, deadline=None)
def test_no_damage_to_a_report_breaks_it(one: int, two: int, put: bytes) -> None:
    raw, (start, end) = POSTFIX.encode(), sorted((one, two))
    found = dsn.read(raw[:start] + put + raw[end:])
    assert found is None or all(len(public) == 26 for public in found.messages)


def test_nesting_without_end_is_given_up() -> None:
    raw = b"Content-Type: message/rfc822\n\n" * 2000 + b"Subject: x\n\n"
    assert dsn.read(raw) is None


def test_many_ids_are_not_all_looked_up() -> None:
    many = "".join(f"To: a+{ID[:-3]}{a}{b}a@x\n" for a in "bcdefghi" for b in "bcdefghi")
    found = dsn.read(many.encode() + POSTFIX.encode())
    assert found is not None
    assert len(found.messages) == 20
