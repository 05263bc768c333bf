# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from tests import site, terminal
from tests.editions import PURPOSE
from uphold import app
from uphold.access import client
from uphold.cli import client as commands


@pytest.fixture
def root(tmp_path: Path) -> Path:
    opened = site.build(tmp_path)
    opened.close()
    return opened.settings.folder


def test_roles_are_those_that_a_client_may_have() -> None:
    assert set(commands.ROLES) == {str(role) for role in client.ROLES}


def test_made_listed_and_revoked(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scopes = ("--scope", "enquiry:item:list", "--scope", "access:record:open", "--purpose", PURPOSE)
    told = terminal.run(capsys, "client", "add", root, "Importer", *scopes, "--days", "7")
    assert told.code == 0, told.err
    first, token = told.out.splitlines()
    assert first.startswith("The token of importer, good until 20")
    with app.opened(root) as opened, opened.database.read() as connection:
        found = client.resolve(connection, token)
    assert found is not None
    assert found.expires_at - found.made_at == 7 * client.DAY_MS
    (row,) = terminal.run(capsys, "client", "list", root, "--json").json
    assert row["scopes"] == ["access:record:open", "enquiry:item:list"]
    assert (row["name"], row["state"], row["purposes"]) == ("importer", "good", [PURPOSE])
    assert row["seen_at"] is None
    assert token not in terminal.run(capsys, "client", "list", root).out
    assert (
        terminal.run(capsys, "client", "revoke", root, "importer").out == "importer is revoked.\n"
    )
    assert terminal.run(capsys, "client", "list", root, "--json").json[0]["state"] == "revoked"


def test_the_token_in_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "client", "add", root, "importer", "--json").json
    assert set(told) == {"name", "token", "expires_at"}
    assert terminal.run(capsys, "client", "revoke", root, "importer", "--json").json == {
        "name": "importer"
    }


@pytest.mark.parametrize(
    "words",
    [
        ("add", "importer", "--scope", "staff:do:everything"),
        ("add", "importer", "--scope", "access:staff:invite"),
        ("add", "importer", "--role", "auditor", "--scope", "access:record:open"),
        ("add", "importer", "--purpose", "nothing"),
        ("add", "importer", "--days", "0"),
        ("add", "a b"),
        ("revoke", "importer"),
    ],
    ids=["unknown", "beyond", "role", "purpose", "days", "name", "nobody"],
)
def test_wrong_words_are_told(
    root: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    act, *rest = words
    told = terminal.run(capsys, "client", act, root, *rest)
    assert told.code == 2
    assert told.advice
    assert terminal.run(capsys, "client", "list", root).out.startswith("None yet.")
