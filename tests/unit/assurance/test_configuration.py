# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from pathlib import Path

from tests import editions
from uphold.assurance import configuration
from uphold.config import Limits, Serve, Settings

EDITION = editions.example()


def test_what_is_examined_has_one_digest() -> None:
    assert configuration.digest(Settings(), EDITION) == configuration.digest(Settings(), EDITION)
    assert len(configuration.digest(Settings(), EDITION)) == 64


def test_another_setting_or_edition_has_another() -> None:
    plain = configuration.digest(Settings(), EDITION)
    assert configuration.digest(Settings(limits=Limits(body_bytes=1)), EDITION) != plain
    assert configuration.digest(Settings(), replace(EDITION, digest="0" * 64)) != plain


def test_where_it_listens_and_lies_changes_nothing() -> None:
    plain = configuration.digest(Settings(), EDITION)
    moved = Settings(serve=Serve(host="0.0.0.0", port=1), folder=Path("/srv"))
    assert configuration.digest(moved, EDITION) == plain
    assert configuration.digest(Settings(serve=Serve(proxies=("127.0.0.1",))), EDITION) != plain
