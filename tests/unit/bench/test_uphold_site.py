# SPDX-License-Identifier: Apache-2.0
"""Every post carries a token of its own that the site itself would have signed."""

import tomllib
from urllib.parse import parse_qs

from bench import uphold_site
from uphold import config
from uphold.submission import token
from uphold.submission.token import Token

KEY = bytes(range(32))
PATTERN = Token("feedback", "en", 3, (b"a" * 16, b"b" * 16), 1_700_000_000_000, b"n" * 16)


def test_bodies_differ_by_nonce_and_person_and_are_signed() -> None:
    body = uphold_site.minted(KEY, PATTERN)
    first, second = (parse_qs(body(number)) for number in (1, 2))
    read = [token.read(KEY, fields["_token"][0]) for fields in (first, second)]
    assert read[0] is not None
    assert read[1] is not None
    assert read[0].seen == PATTERN.seen
    assert (read[0].form, read[0].edition) == ("feedback", 3)
    assert read[0].nonce != read[1].nonce
    assert first["email"] != second["email"]
    assert first[uphold_site.BOX] == ["yes"]


def test_site_differs_from_the_example_by_limits_and_database_only() -> None:
    url = "postgresql://postgres@127.0.0.1:5/postgres"
    text = uphold_site.files(url)[config.FILE].decode()
    settings = tomllib.loads(text)
    assert settings["database"]["url"] == url
    assert settings["limits"]["fastest_seconds"] == 0
    assert "limits" in tomllib.loads(uphold_site.files("")[config.FILE].decode())
    assert tomllib.loads(uphold_site.files("")[config.FILE].decode())["database"]["url"].startswith(
        "sqlite"
    )
