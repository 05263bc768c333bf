# SPDX-License-Identifier: Apache-2.0
"""`uphold visits read`: through the gate, journaled, and for those alone whom the policy names."""

from pathlib import Path

import pytest

from tests import cast, site, terminal, visiting
from tests.office import Office
from uphold import app as wiring
from uphold.app import App
from uphold.visits.record import Seen


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site with two batches of visits, and people of two roles."""
    app = visiting.build(tmp_path)
    try:
        office = Office(app)
        for person in (cast.officer, cast.clerk):
            office.staff(person)
        visit(app, visiting.seen(address="192.0.2.1"), visiting.seen(address="192.0.2.2"))
        bad = Seen(site.now(), "192.0.2.3", "Browser\x1b[2J", None, "view", "", "/last")
        visit(app, bad)
    finally:
        app.close()
    return app.settings.folder


def visit(app: App, *seen: Seen) -> None:
    assert app.visits is not None
    for one in seen:
        app.visits.note(one)
    app.keeper.flush()


def test_an_officer_reads_and_others_are_refused_and_the_journal_knows_both(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    words = ("visits", "read", folder, "--by")
    told = terminal.run(capsys, *words, cast.officer.login, "--json")
    assert told.code == 0
    visits = told.json["visits"]
    assert [one["ip"] for one in visits] == ["192.0.2.3", "192.0.2.1", "192.0.2.2"]
    assert set(visits[0]) == {"ip", "cookie", "browser", "time", "page"}
    refused = terminal.run(capsys, *words, cast.clerk.login)
    assert refused.code == 1
    assert "192.0.2" not in refused.out + refused.err
    with wiring.opened(folder) as app:
        said = visiting.entries(app, "record.opened", "access.denied")
    assert [one.kind for one in said] == ["record.opened"] * 2 + ["access.denied"]
    assert said[0].codes["fields"] == "browser+cookie+ip+page+time"
    assert said[0].codes["purpose"] == "security"
    assert said[2].codes["reason"] == "role-refused"


def test_what_is_printed_steers_no_terminal_and_what_is_destroyed_is_passed_over(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    words = ("visits", "read", folder, "--by", cast.officer.login)
    line, count = terminal.run(capsys, *words, "--batches", "1").out.splitlines()
    assert line.split("  ")[1:] == ["192.0.2.3", "/last", "-", "Browser?[2J"]
    assert count == "1 visit(s)."
    with wiring.opened(folder) as app:
        app.sweep().run(site.now() + 24 * 60 * 60 * 1000 + 1000)
    told = terminal.run(capsys, *words)
    assert (told.code, told.out) == (0, "0 visit(s).\n")
    for wrong in ((*words[:4], "nobody"), (*words, "--batches", "0")):
        told = terminal.run(capsys, *wrong)
        assert told.code == 2
        assert told.advice
