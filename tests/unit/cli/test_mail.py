# SPDX-License-Identifier: Apache-2.0
"""The export itself is tested with the outbox, and through the console; here is how it is told."""

from pathlib import Path

import pytest

from tests import site, terminal
from tests.unit.mail.test_dsn import ID, POSTFIX
from uphold import app as wiring
from uphold.mail import notice, outbox
from uphold.mail.notice import Kind
from uphold.mail.outbox import State
from uphold.vault import identifier

SENDER = '[mail]\nsender = "Office <office@example.org>"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site with two answers waiting."""
    opened = site.build(tmp_path)
    site.live(opened)
    opened.close()
    file = opened.settings.folder / "uphold.toml"
    file.write_text(file.read_text() + SENDER)
    return opened.settings.folder


def test_what_the_gate_keeps_sealed_is_told(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Those who wrote them have no account here, so the gate keeps them sealed.
    told = terminal.run(capsys, "mail", "export", root, tmp_path / "out", "--json")
    assert (told.code, told.json) == (0, {"written": [], "sealed": 2})
    told = terminal.run(capsys, "mail", "export", root, tmp_path / "out")
    assert told.out == "2 message(s) stay in the outbox; the console's page of mail says why.\n"


def test_a_folder_that_cannot_be_written(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "mail", "export", root, root / "uphold.toml" / "x")
    assert told.code == 2
    assert told.advice


def test_without_a_sender(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = root / "uphold.toml"
    file.write_text(file.read_text().replace(SENDER, ""))
    told = terminal.run(capsys, "mail", "export", root, tmp_path / "out")
    assert told.code == 2
    assert "sender" in told.err
    assert not (tmp_path / "out").exists()


def test_notices_are_written_too_and_what_came_back_is_noted(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with wiring.opened(root) as app:
        record = site.submit(app).number
        number = app.writer.run(
            lambda tx: notice.queue(
                tx, Kind.WITHDRAWN, record=record, language="en", codes={"purpose": "x"}
            )
        )
        public = app.ring.identifiers.encode(identifier.MESSAGE, number)
    told = terminal.run(capsys, "mail", "export", root, tmp_path / "out", "--json")
    assert told.json["sealed"] == 2
    (file,) = (Path(name) for name in told.json["written"])
    assert "Auto-Submitted: auto-generated" in file.read_text()
    assert f"Message-ID: <{public}@example.org>" in file.read_text()

    report = tmp_path / "report"
    report.write_text(POSTFIX.replace(ID, public))
    told = terminal.run(capsys, "mail", "bounced", root, report)
    assert (told.code, told.out) == (0, f"Message {number} came back; the console shows it.\n")
    told = terminal.run(capsys, "mail", "bounced", root, report, "--json")
    assert (told.code, told.json) == (0, {"message": None})
    with wiring.reading(root) as connection:
        (back,) = outbox.listed(connection, (State.BOUNCED,), 9)
    assert back.number == number


def test_a_report_that_is_not_there(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "mail", "bounced", root, root / "nothing")
    assert told.code == 2
    assert told.advice


def test_check_reads_the_operators_letters(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letters = root / "letters"
    letters.mkdir()
    (letters / "erased.en.txt").write_text("Subject: Gone\n\n{{ person }}\n")
    file = root / "uphold.toml"
    file.write_text(file.read_text() + 'bounces = "bounces"\n')
    told = terminal.run(capsys, "check", root)
    assert told.code == 1
    assert "letters/erased.en.txt: It cannot be put into words: 'person' is undefined." in told.out
    assert "which is no Maildir" in told.out
    (letters / "erased.en.txt").write_text("Subject: Gone\n\n{{ final }}\n")
    (root / "bounces" / "new").mkdir(parents=True)
    assert terminal.run(capsys, "check", root).code == 0
