# SPDX-License-Identifier: Apache-2.0
"""Every body is another person's, in plain ASCII, one per line."""

from pathlib import Path
from urllib.parse import parse_qs

from bench import bodies


def test_a_body_says_what_the_form_asks() -> None:
    fields = parse_qs(bodies.plain(7), strict_parsing=True)
    assert fields["name"] == ["Мария Смирнова"]
    assert fields["message"] == [bodies.MESSAGE]
    assert fields["email"] == ["maria.000000007@example.org"]
    assert fields["phone"] == ["+7 921 0000007"]
    assert fields["consent"] == ["on"]


def test_file_holds_different_bodies(tmp_path: Path) -> None:
    path = tmp_path / "bodies"
    bodies.write(path, 20, 5, bodies.plain)
    lines = path.read_text("ascii").splitlines()
    assert len(set(lines)) == 20
    assert lines[0] == bodies.plain(5)
