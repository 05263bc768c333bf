# SPDX-License-Identifier: Apache-2.0
"""No line of the page of mail has a place for a word of a message or for an address."""

import dataclasses

from uphold.web.mail_views import Mail, Message


def test_a_line_holds_codes_numbers_and_times_alone() -> None:
    assert {field.name for field in dataclasses.fields(Message)} == {
        *("number", "kind", "state", "short", "href", "created_at"),
        *("attempts", "next_at", "left_at", "reason"),
    }


def test_a_page_without_trouble_offers_nothing_to_do() -> None:
    page = Mail(relay="mail.example.org:587", waiting=(), trouble=(), left=())
    assert (page.retry_href, page.last, page.since_at, page.more) == ("", "", 0, 0)
