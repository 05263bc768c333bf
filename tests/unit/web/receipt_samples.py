# SPDX-License-Identifier: Apache-2.0
"""Samples of what the page of a receipt shows of withdrawing, and what all samples share."""

from uphold.web import receipt_views, renewal_views

AT = 1_795_349_700_000  # 2026-11-22 12:15 UTC
DAY = 86_400_000
DIGEST = "ca0158533815a6950b5a56e7f1d2c3b4a5968778695a4b3c2d1e0f9a8b7c6d5e"
NUMBER = "ev7c2q4mzx5n8r3wktj6h9pdya"


def say(language: str, english: str, russian: str) -> str:
    return russian if language == "ru" else english


def meaning(language: str) -> receipt_views.Meaning:
    return receipt_views.Meaning(
        data=(
            say(language, "E-mail", "Электронная почта"),
            say(language, "Message", "Сообщение"),
        ),
        until_at=AT + 30 * DAY,
        term="",
        is_left=True,
        is_barred=language == "ru",
        answers=True,
        waiting=2,
        evidence=say(language, "what was agreed to, and when", "на что и когда дано согласие"),
        ground=say(
            language, "duty of the operator under the law", "обязанность оператора по закону"
        ),
        evidence_until_at=0,
        evidence_term=say(language, "3 years after the answer", "3 года после ответа"),
        others=(say(language, "Security of the site", "Защита сайта"),),
    )


def button(language: str) -> receipt_views.Withdrawal:
    return receipt_views.Withdrawal(
        purpose="communication",
        title=say(language, "Answering your message", "Ответ на ваше обращение"),
        action_href=f"/receipt/{NUMBER}/withdraw",
        slip="a-signed-slip",
        meaning=meaning(language),
    )


def again(language: str) -> receipt_views.Again:
    return receipt_views.Again(
        action_href=f"/receipt/{NUMBER}",
        token="a-signed-token",
        box=renewal_views.Renewal(
            name="consent_communication",
            purpose=say(language, "Answering your message", "Ответ на ваше обращение"),
            summary=say(language, "that you answer me", "на то, чтобы вы мне ответили"),
            why=(),
            pieces=(),
            language=language,
            wording_href=f"/wording/{DIGEST}",
        ),
    )
