# SPDX-License-Identifier: Apache-2.0
"""What the clients send: invented people, a message of about 200 characters in two scripts."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_plus

MESSAGE = (
    "Здравствуйте! Прошу уточнить сроки рассмотрения моего обращения и прислать ответ на почту. "
    "Order No. 48-1207, delivered on 14 May; the lid was cracked and the manual is missing. "
    "Заранее благодарю за помощь."
)
FIXED = "&".join(
    f"{key}={quote_plus(value)}"
    for key, value in {"name": "Мария Смирнова", "message": MESSAGE}.items()
)


def person(number: int) -> str:
    """Return the fields of one person, form-encoded; each has another e-mail and phone."""
    return f"{FIXED}&email=maria.{number:09d}%40example.org&phone=%2B7+921+{number % 10**7:07d}"


def plain(number: int) -> str:
    """Return the body for the plain site."""
    return f"{person(number)}&consent=on"


def write(path: Path, count: int, first: int, body: Callable[[int], str]) -> None:
    """Write `count` bodies, one per line, for the people numbered from `first`."""
    with path.open("w", encoding="utf-8", buffering=1 << 20) as file:
        for number in range(first, first + count):
            file.write(body(number))
            file.write("\n")
