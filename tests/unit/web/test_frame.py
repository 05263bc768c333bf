# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable

import msgspec
import pytest
from starlette.requests import Request

from tests import editions
from uphold.app import App
from uphold.web import frame, views

Make = Callable[..., Request]


@pytest.mark.parametrize(
    ("address", "wish", "spoken"),
    [
        ("/?lang=ru", "en", "ru"),
        ("/?lang=en", "ru", "en"),
        ("/?lang=tlh", "ru", "ru"),
        ("/", "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("/", "EN-us", "en"),
        ("/", "de, ru;q=0.5", "ru"),
        ("/", "de", "en"),
        ("/", "", "en"),
        ("/", ",,;;", "en"),
        ("/", ",".join(["de"] * 50 + ["ru"]), "en"),
    ],
)
def test_the_language(request_of: Make, address: str, wish: str, spoken: str) -> None:
    request = request_of(address, accept_language=wish)
    assert frame.language(request, editions.example()) == spoken
    assert frame.language(request, None) == spoken


def test_the_address_of_the_page(here: App, request_of: Make) -> None:
    """What makes it another page is kept; what was about the moment is not."""
    for address, path in (
        ("/policy?edition=2&lang=ru", "/policy?edition=2"),
        ("/console?state=aside&before=7&done=moved", "/console?state=aside&before=7"),
        ("/f/feedback?consent=yes", "/f/feedback"),
        ('/policy?edition="><b>', "/policy?edition=%22%3E%3Cb%3E"),
    ):
        assert frame.surround(here, request_of(address), None).path == path


def test_what_surrounds_a_page(here: App, request_of: Make) -> None:
    edition = here.shelf.in_force()
    around = frame.surround(here, request_of("/?lang=ru"), edition)
    assert (around.language, around.chosen, around.site) == ("ru", True, "quiet-harbour.example")
    assert around.operator.startswith("ООО")
    assert not around.demo
    plain = frame.surround(here, request_of("/", accept_language="ru"), edition)
    assert (plain.language, plain.chosen) == ("ru", False)
    bare = frame.surround(here, request_of("/"), None)
    assert (bare.site, bare.operator) == ("Uphold", "")
    person = views.Person("anna", "clerk")
    mine = frame.surround(here, request_of("/"), edition, person=person, token="t", flash="moved")
    assert (mine.person, mine.token, mine.flash) == (person, "t", "moved")


def test_a_chosen_language_is_carried_on(request_of: Make) -> None:
    carried = frame.carried
    assert carried(request_of("/?lang=ru"), "/console") == "/console?lang=ru"
    assert carried(request_of("/?lang=ru"), "/console?done=moved") == "/console?done=moved&lang=ru"
    assert carried(request_of("/?lang=ru"), "/a#b") == "/a?lang=ru#b"
    assert carried(request_of("/"), "/console") == "/console"
    assert carried(request_of("/?lang=%0d%0ax"), "/console") == "/console"


def test_the_sites_own_address(here: App, request_of: Make) -> None:
    """Never what a request says of itself, except in a demonstration."""
    lying = request_of("/", host="evil.example")
    assert frame.site(here, lying) == "https://uphold.example"
    site = msgspec.structs.replace(here.settings.site, demo=True)
    demo = msgspec.structs.replace(here.settings, site=site)
    object.__setattr__(here, "settings", demo)
    assert frame.site(here, request_of("/", host="127.0.0.1:9")) == "https://127.0.0.1:9"
