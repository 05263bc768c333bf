# SPDX-License-Identifier: Apache-2.0
"""The cookie of a visitor who agreed to one: made here, marked, and telling nothing to who looks at it."""

from uphold.web import visit_cookie
from uphold.web.visit_cookie import Cookie

KEY = b"k" * 32


def test_what_was_made_is_read_again() -> None:
    made = visit_cookie.make()
    header = f"other=1; {visit_cookie.NAME}={made.text(KEY)}; more=2".encode()
    assert visit_cookie.read(KEY, header) == made
    assert visit_cookie.number(KEY, header) == made.number


def test_what_others_made_is_not() -> None:
    made = visit_cookie.make()
    text = made.text(KEY)
    for header in (
        f"{visit_cookie.NAME}={made.text(b'x' * 32)}",
        f"{visit_cookie.NAME}={text[:-1]}{'0' if text[-1] != '0' else '1'}",
        f"{visit_cookie.NAME}={visit_cookie.make().number}{text[22:]}",
        f"x{visit_cookie.NAME}={text}",
        f"{visit_cookie.NAME}=",
        "",
    ):
        assert visit_cookie.read(KEY, header.encode()) is None


def test_nothing_leads_from_the_journal_to_the_visits() -> None:
    made = Cookie("n" * 22, "p" * 22)
    assert made.digest == Cookie("m" * 22, "p" * 22).digest
    assert "n" * 22 not in repr(made)
