# SPDX-License-Identifier: Apache-2.0
"""Programs are told from browsers, and browsers become a family and a class of device, from closed lists."""

import pytest

from uphold.visits import agent, layout

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
ANDROID = "Mozilla/5.0 (Linux; Android 13; {}) AppleWebKit/537.36 (KHTML, like Gecko) "
BROWSERS = [
    ("Chrome", "desktop", WINDOWS + "Chrome/126.0.0.0 Safari/537.36"),
    ("Edge", "desktop", WINDOWS + "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"),
    ("Opera", "desktop", WINDOWS + "Chrome/126.0.0.0 Safari/537.36 OPR/111.0.0.0"),
    ("Yandex Browser", "desktop", WINDOWS + "Chrome/124.0.0.0 YaBrowser/24.6.0.0 Safari/537.36"),
    (
        "Firefox",
        "desktop",
        "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    ),
    (
        "Internet Explorer",
        "desktop",
        "Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko",
    ),
    ("Safari", "phone", IPHONE + "Version/17.5 Mobile/15E148 Safari/604.1"),
    ("Firefox", "phone", IPHONE + "FxiOS/126.0 Mobile/15E148 Safari/604.1"),
    ("Safari", "tablet", IPHONE.replace("iPhone", "iPad") + "Version/17.5 Safari/604.1"),
    ("Chrome", "phone", ANDROID.format("Pixel 7") + "Chrome/126.0.0.0 Mobile Safari/537.36"),
    ("Chrome", "tablet", ANDROID.format("SM-X200") + "Chrome/126.0.0.0 Safari/537.36"),
    (
        "MIUI Browser",
        "phone",
        ANDROID.format("Redmi") + "Chrome/112.0.0.0 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.5.0",
    ),
    ("other", "other", "Ivan Petrov Browser/2.0"),
]
PROGRAMS = [
    "",
    "  ",
    "curl/8.9.1",
    "python-requests/2.32.3",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
]


@pytest.mark.parametrize(("family", "device", "said"), BROWSERS)
def test_a_browser_becomes_its_family_and_device(family: str, device: str, said: str) -> None:
    assert (agent.family(said), agent.device(said)) == (family, device)
    assert not agent.is_bot(said)


@pytest.mark.parametrize("said", PROGRAMS)
def test_programs_are_recognised(said: str) -> None:
    assert agent.is_bot(said)


@pytest.mark.parametrize("said", ["", "\x00", "Chrome" * 10_000, "(" * 10_000, "Ünïcödé/1.0"])
def test_whatever_is_sent_the_lists_stay_closed(said: str) -> None:
    assert agent.family(said) in agent.FAMILIES
    assert agent.device(said) in layout.DEVICES
    assert agent.is_bot(said) in (True, False)


def test_a_name_that_the_sender_wrote_is_never_taken_over() -> None:
    assert agent.family("Mozilla/5.0 (X11) IvanPetrovChrome/126.0") in agent.FAMILIES
    assert "Ivan" not in "".join(agent.FAMILIES)
