# SPDX-License-Identifier: Apache-2.0
"""`uphold threats`: look, accept, attest; what is wrong is said with advice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import cast, site, terminal
from tests.office import Office
from tests.terminal import Told

Run = Callable[..., Told]
DAY = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%d")
UID = "backups-off@site"
WHY = "The wardens copy it by hand."


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return lambda *words: terminal.run(capsys, *words)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with an owner and a clerk."""
    app = site.build(tmp_path_factory.mktemp("threats"))
    office = Office(app)
    office.staff(cast.owner)
    office.staff(cast.clerk)
    app.close()
    return app.settings.folder


def test_it_looks_and_an_unchanged_site_changes_nothing(run: Run, folder: Path) -> None:
    first = run("threats", folder)
    assert first.code == 0
    assert "Changed since the last look: " in first.out
    assert UID.partition("@")[0] in first.out
    again = run("threats", folder)
    assert "Changed" not in again.out
    told = run("threats", folder, "--json").json
    assert told["format"] == 1
    assert UID in {one["uid"] for one in told["findings"]}
    last = max(one["entry"] for one in told["changes"])
    assert run("threats", folder, "--json", "--since", str(last)).json["changes"] == []
    nothing = run("threats", folder, "--since", str(last))
    assert nothing.out == f"Nothing has changed since entry {last}.\n"
    assert run("threats", folder, "--since", "0", "--all").out.count("added") > 30


def test_the_document(run: Run, folder: Path) -> None:
    by_policy = run("threats", folder, "--markdown").out
    assert by_policy.startswith("# Threats")
    in_russian = run("threats", folder, "--markdown", "--language", "ru").out
    assert in_russian.startswith("# Угрозы")


def test_check_fails_while_a_grave_threat_is_open(run: Run, folder: Path) -> None:
    assert run("threats", folder, "--check").code == 1


def test_a_threat_is_accepted_by_who_may(run: Run, folder: Path) -> None:
    words = ("--why", WHY, "--until", DAY)
    told = run("threats", "accept", folder, UID, "--by", cast.owner.login, *words)
    assert (told.code, told.err) == (0, "")
    assert f"{UID} is accepted by {cast.owner.login} until " in told.out
    (one,) = (f for f in run("threats", folder, "--json").json["findings"] if f["uid"] == UID)
    assert one["state"] == "accepted"
    refused = run("threats", "accept", folder, UID, "--by", cast.clerk.login, *words)
    assert (refused.code, refused.advice) == (2, "An owner or an officer may.")
    strange = run("threats", "accept", folder, UID, "--by", "nobody", *words)
    assert strange.code == 2
    missing = run("threats", "accept", folder, "a@b", "--by", cast.owner.login, *words)
    assert "There is no finding a@b" in missing.err


def test_a_duty_is_attested_by_who_may(run: Run, folder: Path) -> None:
    told = run("threats", "attest", folder, "media", "--by", cast.owner.login, "--until", DAY)
    assert told.out.startswith(f"media is attested by {cast.owner.login} until ")
    by_measure = run("threats", "attest", folder, "media-kept", "--by", cast.owner.login)
    assert by_measure.out.startswith("media is attested by ")
    unknown = run("threats", "attest", folder, "nothing", "--by", cast.owner.login)
    assert unknown.code == 2
    assert "There are: " in unknown.advice


def test_wrong_use_is_told(run: Run, folder: Path) -> None:
    by = ("--by", cast.owner.login)
    for words in (
        ("accept", folder),
        ("accept", folder, UID),
        ("accept", folder, UID, *by),
        ("accept", folder, UID, *by, "--why", WHY),
        ("accept", folder, UID, *by, "--why", WHY, "--until", "soon"),
        (folder, "more"),
        (folder, "--json", "--markdown"),
    ):
        told = run("threats", *words)
        assert told.code == 2, words
        assert "uphold threats --help" in told.err, words
