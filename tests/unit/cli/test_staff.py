# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from tests import cast, site, terminal
from tests.office import quick_hashing
from tests.terminal import Told
from uphold import app
from uphold.access import factor, permission, staff, totp
from uphold.cli import staff as commands

__all__ = ["quick_hashing"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    opened = site.build(tmp_path)
    opened.close()
    return opened.settings.folder


def redeem(root: Path, told: Told, password: str) -> staff.Account | staff.Fault:
    token = told.json["link"].rpartition("/")[2]
    with app.opened(root) as opened:
        return staff.redeem(opened.writer, token, password, now=site.now())


def test_roles_are_those_of_the_table() -> None:
    assert set(commands.ROLES) == {str(role) for role in permission.Role}


def test_add_prints_the_link(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "staff", "add", root, "Anna", "--role", "owner")
    assert told.code == 0
    first, link = told.out.splitlines()
    assert first.startswith("Give this link to anna; it sets the password once, until 20")
    assert link.startswith("https://uphold.example/console/welcome/")
    listed = terminal.run(capsys, "staff", "list", root, "--json").json
    assert listed == [{"login": "anna", "role": "owner", "state": "invited"}]


@pytest.mark.parametrize("login", ["a", "Anna Petrova", "", "x" * 65, "-x", "имя"])
def test_a_login_of_the_wrong_shape(
    root: Path, capsys: pytest.CaptureFixture[str], login: str
) -> None:
    for act in ("add", "renew"):
        told = terminal.run(capsys, "staff", act, root, "--", login)
        assert told.code == 2
        assert told.advice


@pytest.mark.usefixtures("quick_hashing")
def test_a_forgotten_password(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "staff", "add", root, "anna", "--json")
    assert isinstance(redeem(root, told, cast.clerk.password), staff.Account)
    taken = terminal.run(capsys, "staff", "add", root, "anna")
    assert taken.code == 2
    assert "taken" in taken.err
    told = terminal.run(capsys, "staff", "renew", root, "anna", "--json")
    assert told.code == 0
    assert isinstance(redeem(root, told, cast.owner.password), staff.Account)
    assert redeem(root, told, cast.owner.password) == staff.LinkFault.SPENT


def test_nobody(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "uphold staff add" in terminal.run(capsys, "staff", "list", root).out
    told = terminal.run(capsys, "staff", "renew", root, "anna")
    assert told.code == 2
    assert "uphold staff list" in told.advice


@pytest.mark.usefixtures("quick_hashing")
def test_a_lost_second_factor_is_taken_away(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "staff", "add", root, "anna", "--json")
    assert isinstance(redeem(root, told, cast.clerk.password), staff.Account)
    with app.opened(root) as opened:
        secret = opened.writer.run(lambda tx: factor.begin(tx, opened.ring, 1))
        good = totp.code(secret, totp.step(site.now()))
        assert opened.writer.run(lambda tx: factor.confirm(tx, opened.ring, 1, good))
    for words, has_factor in (((), True), (("--drop-factor",), False)):
        assert terminal.run(capsys, "staff", "renew", root, "anna", *words).code == 0
        with app.opened(root) as opened, opened.database.read() as connection:
            assert factor.is_set(connection, 1) is has_factor
