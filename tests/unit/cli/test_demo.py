# SPDX-License-Identifier: Apache-2.0
import re
import stat
from pathlib import Path

import pytest

from tests import cast
from uphold import app, errors
from uphold.access import staff
from uphold.cli import demo
from uphold.continuity import backup
from uphold.policy import folder, scaffold
from uphold.statistics import asked, budget, released
from uphold.visits import agent


def link(made: demo.Made) -> str:
    found = re.search(r"/console/welcome/(\S+)", "\n".join(made.told))
    return found[1] if found else ""


def test_a_site_is_made_and_told(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    made = demo.make(root, 8123)
    told = "\n".join(made.told)
    assert told.startswith(f"Made the demonstration site in {root}/")
    for path in ("/", "/policy", "/f/feedback", "/console"):
        assert f"http://127.0.0.1:8123{path}\n" in told
    assert "Ctrl-C" in made.last
    with app.opened(root) as site:
        assert site.settings.site.demo
        assert site.settings.site.address == "http://127.0.0.1:8123"
        assert site.settings.serve.port == 8123
        assert site.shelf.in_force().number == 1
        (account,) = _accounts(site)
        assert (account.login, account.role) == ("owner", "owner")


def test_it_is_backed_up_from_the_first_moment(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    told = "\n".join(demo.make(root, 8123).told)
    identity = root / demo.IDENTITY
    assert str(identity) in told
    assert stat.S_IMODE(identity.stat().st_mode) == 0o600
    with app.opened(root) as site, site.database.read() as connection:
        (kept,) = backup.kept_in(site.settings, root / demo.BACKUPS)
        first = backup.newest(connection)
    assert first is not None
    assert backup.digest(kept[1]) == first.digest
    demo.make(root, 8123)
    assert len(list((root / demo.BACKUPS).iterdir())) == len([kept])


def _accounts(site: app.App) -> tuple[staff.Account, ...]:
    with site.database.read() as connection:
        return staff.accounts(connection)


def test_starting_again_keeps_everything(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    first = demo.make(root, 8123)
    second = demo.make(root, 8124)
    assert second.told[0] == f"Continuing the demonstration site in {root}/"
    assert "http://127.0.0.1:8124/" in "\n".join(second.told)
    assert "" != link(first) != link(second) != ""
    with app.opened(root) as site:
        assert len(site.shelf.all()) == 1
        done = staff.redeem(site.writer, link(second), cast.owner.password, now=1)
        assert isinstance(done, staff.Account)
    # Once there is a password, no link is printed any more.
    assert link(demo.make(root, 8123)) == ""


def test_what_was_interrupted_is_finished(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    folder.write(root, scaffold.example())
    assert demo.make(root, 8000).told[0].startswith("Made the demonstration")


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Anna")
    for place in (tmp_path, tmp_path / "letter.txt"):
        with pytest.raises(errors.Conflict) as caught:
            demo.make(place, 8000)
        assert caught.value.advice
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_site_of_its_own_is_left_alone(tmp_path: Path) -> None:
    folder.write(tmp_path, scaffold.example())
    file = tmp_path / "uphold.toml"
    file.write_text(file.read_text().replace("demo = true", "demo = false"))
    with pytest.raises(errors.Conflict, match="not a demonstration") as caught:
        demo.make(tmp_path, 8000)
    assert "uphold serve" in caught.value.advice
    assert not (tmp_path / "data").exists()


def test_a_policy_with_errors_makes_nothing(tmp_path: Path) -> None:
    folder.write(tmp_path, scaffold.example())
    (tmp_path / "policy" / "policy.ru.md").unlink()
    with pytest.raises(errors.Invalid, match="problem"):
        demo.make(tmp_path, 8000)
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "keys").exists()


def test_its_figures_are_made_once_of_visits_that_are_made_up(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    demo.make(root, 8123)
    said: list[str] = []
    told = demo.make_figures(root, said.append)
    assert told == "Made up visits of eight weeks, and figures of them."
    assert len(said) == len([told])
    with app.opened(root) as site:
        store = site.keeper.store
        assert len(store.closed_days()) >= 56
        # Every day and every whole week of them passed the attacks on it.
        assert len(released.read(store)) == len(store.closed_days()) + 8
        assert store.open_days() == ()
        # What is published of them: every month that is over.
        with site.database.read() as connection:
            months = {one.month for one in asked.shown(budget.answers(connection))}
        begun = {f"{day:%Y-%m}" for day in store.closed_days()}
        assert months == begun - {f"{site.keeper.today():%Y-%m}"}
    assert demo.make_figures(root) == ""


def test_without_what_recognises_browsers_it_records_no_visits_and_can_be_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "INSTALLED", False)
    demo.make(tmp_path / "demo", 8000)
    assert demo.make_figures(tmp_path / "demo") == ""
    with app.opened(tmp_path / "demo") as site:
        site.keeper.begin()
        assert site.visits is None
