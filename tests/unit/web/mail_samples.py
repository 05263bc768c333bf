# SPDX-License-Identifier: Apache-2.0
"""Samples of the console's page of mail: down, well, without a relay, empty."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.web.mail_views import Mail, Message


def message(number: int, kind: str, state: str, reason: str = "", **more: int) -> Message:
    is_ours = kind in {"due-soon", "bounced"}
    return Message(
        number=number,
        kind=kind,
        state=state,
        short="" if is_ours else samples.NUMBER[:8],
        href="" if is_ours else f"/console/enquiry/{samples.NUMBER}",
        created_at=samples.AT - number * 3_600_000,
        attempts=more.get("attempts", 0),
        next_at=samples.AT + 900_000,
        left_at=more.get("left_at", 0),
        reason=reason,
    )


def down() -> Mail:
    """The relay is away, and two letters did not reach their reader."""
    return Mail(
        relay="mail.example.org:587",
        waiting=(
            message(12, "answer", "queued", "relay-unreachable", attempts=3),
            message(13, "my-link", "queued", "relay-unreachable", attempts=1),
            message(14, "due-soon", "queued"),
        ),
        trouble=(
            message(9, "request-done", "bounced", "mailbox-unknown", left_at=samples.AT - 60_000),
            message(8, "answer", "failed", "address-refused", attempts=1),
        ),
        left=(message(7, "withdrawn", "sent", left_at=samples.AT - samples.DAY),),
        since_at=samples.AT - 14 * 3_600_000,
        last="relay-unreachable",
        retry_href="/console/mail/retry",
        more=2,
    )


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    around = samples.frame(language, person=True)
    well = replace(down(), waiting=(), trouble=(), last="", since_at=0, retry_href="", more=0)
    return {
        "mail-down": (down(), around),
        "mail-well": (well, around),
        "mail-export": (replace(well, relay="", waiting=down().waiting[2:]), around),
        "mail-none": (replace(well, left=()), around),
    }
