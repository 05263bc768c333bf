# SPDX-License-Identifier: Apache-2.0
"""The package to be read: the same in HTML and PDF, and a person's own text is never markup."""

import pytest

from tests import cast
from tests.office import Office
from tests.unit.rights import packages
from uphold.rights import points, printed
from uphold.rights.printed import Printed


def made(office: Office, language: str = "en") -> Printed:
    office.submit()
    return printed.of(packages.of(office, language=language))


@pytest.mark.parametrize("language", points.LANGUAGES)
def test_everything_is_on_the_page(sqlite_office: Office, language: str) -> None:
    found = made(sqlite_office, language)
    text = printed.page(found).decode()
    assert f'lang="{language}"' in text
    for value in (cast.subject.name, cast.subject.phone, "192.0.2.7"):
        assert value in text
    assert "<b>когда</b>" not in text
    assert "&lt;b&gt;когда&lt;/b&gt;" in text
    assert text.count("<h2>") == 4
    assert text.count("<h3>") == 3
    # The evidence says when, in a person's words.
    assert text.count(" UTC</p>") >= 3
    assert "<script" not in text
    assert "http-equiv" not in text


def test_the_operators_own_law_is_named(sqlite_office: Office) -> None:
    places = [row.place for row in made(sqlite_office, "ru").sections[0].rows]
    assert places[0] == "152-ФЗ, ст. 14 ч. 7 п. 1"
    assert places[-1] == "GDPR, ст. 15(3); GDPR, ст. 20(1)"
    assert printed.place("152-fz:14.7.9.1", "en") == "152-FZ, article 14(7)(9.1)"


def test_it_is_typeset(sqlite_office: Office) -> None:
    found = made(sqlite_office, "ru")
    assert printed.pdf(found).startswith(b"%PDF")
    assert printed.pdf(found) == printed.pdf(found)
