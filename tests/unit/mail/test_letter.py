# SPDX-License-Identifier: Apache-2.0
"""What a message says, and what it never says."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given, strategies as st

from tests import cast, relay as relays
from uphold import errors
from uphold.mail import letter
from uphold.mail.letter import Envelope, Letter

RECEIPT = "abcdefghijklmnopqrstuvwxyz"
ENVELOPE = Envelope(
    sender="Контора <office@example.org>",
    message="m3ss4g3",
    receipt=RECEIPT,
    language="ru",
    at=1_767_323_045_678,
)
LETTER = Letter(cast.subject.email, "О доставке", "Здравствуйте!\n\nДоставят завтра.")


def read(raw: bytes) -> dict[str, str]:
    message = message_from_bytes(raw, policy=default)
    return {name: str(value) for name, value in message.items()}


def test_a_cyrillic_letter_arrives_as_written() -> None:
    raw = letter.compose(LETTER, ENVELOPE).as_bytes()
    assert raw.isascii()
    message = message_from_bytes(raw, policy=default)
    assert message["From"] == "Контора <office@example.org>"
    assert message["To"] == "Agnia.Zvezdochyot@subject.example"
    assert message["Subject"] == "Ваше обращение abcdefgh"
    assert message["Message-ID"] == "<m3ss4g3@example.org>"
    assert message["Date"] == "Fri, 02 Jan 2026 03:04:05 +0000"
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert [one.get_content_type() for one in (plain, html)] == ["text/plain", "text/html"]
    assert plain.get_content_charset() == html.get_content_charset() == "utf-8"
    # Lines of text end in CRLF (RFC 2045, section 2.8).
    text = plain.get_content().replace("\r\n", "\n")
    assert text == "О доставке\n\nЗдравствуйте!\n\nДоставят завтра.\n"


def test_it_is_the_same_bytes_at_every_attempt() -> None:
    first, second = (letter.compose(LETTER, ENVELOPE).as_bytes() for _ in range(2))
    assert first == second


def test_the_headers_are_these_and_no_others() -> None:
    assert set(read(letter.compose(LETTER, ENVELOPE).as_bytes())) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Content-Language"),
        *("Content-Type", "MIME-Version"),
    }


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("ru", "Ваше обращение abcdefgh"),
        ("en", "Your enquiry abcdefgh"),
        ("de", "Your enquiry abcdefgh"),
    ],
)
def test_the_subject_is_neutral(language: str, subject: str) -> None:
    headers = read(letter.compose(LETTER, replace(ENVELOPE, language=language)).as_bytes())
    assert headers["Subject"] == subject
    assert RECEIPT not in str(headers)


def test_without_a_subject_the_text_stands_alone() -> None:
    message = letter.compose(replace(LETTER, subject="  "), ENVELOPE)
    assert relays.text(message).startswith("Здравствуйте!")


@pytest.mark.parametrize(
    "to",
    [
        "",
        "nobody",
        "@example.org",
        "a@",
        "a@b",
        "two words@example.org",
        "a@example.org, b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\nX: y",
        "a@exa\u2028mple.org",
        "A <a@example.org>",
        "a@" + "x" * 300 + ".org",
    ],
)
def test_what_is_no_address_is_refused_without_being_quoted(to: str) -> None:
    with pytest.raises(errors.Invalid) as caught:
        letter.compose(replace(LETTER, to=to), ENVELOPE)
    assert not to or to not in str(caught.value)


def test_a_domain_of_other_letters_is_written_in_ascii() -> None:
    message = letter.compose(replace(LETTER, to="anna@пример.рф"), ENVELOPE)
    assert message["To"] == "anna@xn--e1afmkfd.xn--p1ai"


def test_a_mailbox_of_other_letters_is_kept() -> None:
    found = letter.mailbox("анна@пример.рф")
    assert found is not None
    assert found.addr_spec == "анна@xn--e1afmkfd.xn--p1ai"


def test_a_mailbox_of_other_letters_is_written_as_it_is() -> None:
    message = letter.compose(replace(LETTER, to="анна@пример.рф"), ENVELOPE)
    assert "To: анна@xn--e1afmkfd.xn--p1ai".encode() in message.as_bytes()


@given(st.text())
def test_a_mailbox_never_breaks_a_line(text: str) -> None:
    found = letter.mailbox(text)
    assert found is None or not {"\r", "\n", "\0"} & set(found.addr_spec)


@given(st.text(min_size=1).filter(str.strip), st.text())
def test_any_words_can_be_sent(text: str, subject: str) -> None:
    written = Letter("a@example.org", subject[:200], text)
    raw = letter.compose(written, ENVELOPE).as_bytes()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert set(read(raw)) >= {"From", "To", "Message-ID"}
    assert read(raw)["To"] == "a@example.org"


@pytest.mark.parametrize(
    ("subject", "text"), [("s", ""), ("s", " \n"), ("s", "x" * 100_001), ("x" * 201, "text")]
)
def test_an_answer_has_words_and_a_limit(subject: str, text: str) -> None:
    with pytest.raises(errors.Invalid):
        letter.check_words(subject, text)


def test_sealing_and_unsealing_are_inverse() -> None:
    fields = letter.seal(LETTER)
    assert set(fields) == letter.FIELDS
    assert letter.unseal(fields) == LETTER


def test_a_letter_shows_nothing_of_itself() -> None:
    assert repr(LETTER) == "Letter()"
