# SPDX-License-Identifier: Apache-2.0
"""The commands in this process, on a site that nobody serves; probes that need nobody to wait."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests import cast, postgresql, site, terminal, visitor
from tests.office import quick_hashing
from uphold import app as wiring
from uphold.assurance import alert, probes
from uphold.assurance.probe import Probe, Said, broken
from uphold.policy import promise

__all__ = ["quick_hashing"]

PROMISE = "policy.reachable"
QUICK = [one for one in probes.PROBES if one.promise in {PROMISE, "editions.date-printed"}]
BAD = Probe(
    id=QUICK[0].id,
    promise=PROMISE,
    kind=QUICK[0].kind,
    does=QUICK[0].does,
    act=lambda _: None,
    oracle=lambda _: broken(Said("The page is gone."), Said("So is the link.")),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A closed site, and a product with three quick probes."""
    monkeypatch.setattr(probes, "PROBES", tuple(QUICK))
    app = site.build(tmp_path)
    app.close()
    folder = app.settings.folder
    file, nobody = folder / "uphold.toml", f"http://127.0.0.1:{postgresql.free_port()}"
    file.write_text(file.read_text().replace(site.ADDRESS, nobody))
    return folder


def test_a_promise_is_proved_and_the_clauses_that_make_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = terminal.run(capsys, "prove", folder, "--promise", PROMISE)
    assert told.code == 0, told.out + told.err
    assert f"kept           {QUICK[0].id}: A stranger read the policy" in told.out
    assert "Nothing is broken, missing or overdue." in told.out
    assert told.err == ""


def test_a_broken_promise_ends_with_1_and_says_every_fault(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "PROBES", (BAD,))
    told = terminal.run(capsys, "prove", folder, "--promise", PROMISE)
    assert told.code == 1
    assert "The page is gone." in told.out
    assert "So is the link." in told.out


def test_what_was_not_run_and_what_is_not_built_is_not_shown(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    every = promise.catalogue()
    unbuilt = replace(every["threats.identified"], built=False, probes=())
    monkeypatch.setattr(promise, "catalogue", lambda: {**every, unbuilt.id: unbuilt})
    told = terminal.run(capsys, "prove", folder, "--clause", "4.2.1")
    assert told.code == 1
    assert "threats.identified: not built" in told.out
    assert "duty overdue" in told.out
    assert "never attested" in told.out


def test_the_report_is_json_for_programs(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    printed = terminal.run(capsys, "prove", folder, "--promise", PROMISE, "--json", "-").json
    file = tmp_path / "report.json"
    assert terminal.run(capsys, "prove", folder, "--promise", PROMISE, "--json", file).code == 0
    written = json.loads(file.read_text())
    assert printed["well"] is written["well"] is True
    assert [one["id"] for one in written["promises"]] == [PROMISE]
    assert written["run"] == printed["run"] + 1


def test_the_report_is_one_file_of_html(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    assert terminal.run(capsys, "prove", folder, "--promise", PROMISE, "--html", file).code == 0
    assert file.read_text().startswith("<!doctype html>")


def test_a_file_that_cannot_be_written_is_wrong_use(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    none = tmp_path / "none" / "report.json"
    told = terminal.run(capsys, "prove", folder, "--promise", PROMISE, "--json", none)
    assert told.code == 2
    assert "evidence itself is stored" in told.advice


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--clause", "9.9"), "no clause 9.9"),
        (("--promise", "form.invented"), "no promise form.invented"),
        (("--clause", "1.1", "--promise", PROMISE), "not allowed with"),
    ],
)
def test_what_is_not_there_is_wrong_use(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    told = terminal.run(capsys, "prove", folder, *words)
    assert told.code == 2
    assert said in told.err


def test_what_is_due_runs_once_quietly_and_alerts(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "PROBES", (BAD,))
    first = terminal.run(capsys, "prove", folder, "--due")
    assert (first.code, first.out, first.err) == (1, "", "")
    again = terminal.run(capsys, "prove", folder, "--due")
    assert (again.code, again.out) == (0, "")
    with wiring.opened(folder) as app, app.database.read() as connection:
        assert [one.probe for one in alert.standing(connection)] == [BAD.id]


def test_a_duty_is_attested_by_name(
    folder: Path, capsys: pytest.CaptureFixture[str], quick_hashing: None
) -> None:
    with wiring.opened(folder) as app:
        visitor.employ(app, cast.owner)
        visitor.employ(app, cast.clerk)
    told = terminal.run(capsys, "attest", folder, "4.2.2", "--by", cast.owner.login)
    assert told.code == 0
    assert told.out.startswith(f"Clause 4.2.2 is attested by {cast.owner.login} until 20")
    shown = terminal.run(capsys, "prove", folder, "--clause", "4.2.2").out
    assert "own duty" in shown
    assert f"attested by {cast.owner.login}" in shown

    clerk = terminal.run(capsys, "attest", folder, "4.2.2", "--by", cast.clerk.login)
    nobody = terminal.run(capsys, "attest", folder, "4.2.2", "--by", "nobody")
    fact = terminal.run(capsys, "attest", folder, "1.2", "--by", cast.owner.login)
    assert [clerk.code, nobody.code, fact.code] == [2, 2, 2]
    assert "may not do this" in clerk.err
    past = ("--until", "2020-01-01")
    assert (
        terminal.run(capsys, "attest", folder, "4.2.2", "--by", cast.owner.login, *past).code == 2
    )
    bad = ("--until", "tomorrow")
    assert terminal.run(capsys, "attest", folder, "4.2.2", "--by", cast.owner.login, *bad).code == 2
