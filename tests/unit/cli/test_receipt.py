# SPDX-License-Identifier: Apache-2.0
import base64
import json
from pathlib import Path

import pytest

from tests import site
from tests.unit.journal import receipts
from uphold.cli import main, receipt as command
from uphold.consent import receipt
from uphold.journal import entry, proof, tree


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A receipt of a real site, and the key of its journal."""
    folder = tmp_path_factory.mktemp("receipt")
    app = site.build(folder)
    stored = site.submit(app)
    with app.database.read() as connection:
        raw = receipt.file(connection, app.log, app.ring, stored.number, stored.entry)
    app.close()
    file = folder / "receipt.tlog-proof"
    file.write_bytes(raw)
    return file, app.log.vkey


def run(*words: str | Path) -> int:
    return main.main([str(word) for word in ("receipt", "verify", *words)])


def test_a_receipt_says_what_it_proves(
    made: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    file, key = made
    assert run(file, "--key", key) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"VERIFIED  entry 5 of 6 in the journal {site.ORIGIN}\n")
    assert "consents  communication" in out


def test_programs_get_the_same(made: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    file, key = made
    assert run(file, "--key", key, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verified"] is True
    assert told["act"] == "record.stored"
    assert told["codes"]["edition"] == 1
    assert [shown["name"] for shown in told["disclosed"]][:1] == ["record"]


def test_an_altered_receipt_proves_nothing(
    made: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, key = made
    altered = tmp_path / "altered"
    altered.write_bytes(file.read_bytes().replace(b"index 5", b"index 4"))
    assert run(altered, "--key", key) == 1
    assert capsys.readouterr().out.startswith("NOT VERIFIED  ")
    assert run(altered, "--key", key, "--json") == 1
    assert json.loads(capsys.readouterr().out)["verified"] is False


def test_without_a_key_it_says_where_to_get_one(
    made: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(made[0]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f"of {site.ORIGIN}" in told.err
    assert "--key" in told.err


@pytest.mark.parametrize("key", ["", "nonsense", "name+00000000+AAAA"])
def test_a_malformed_key_is_wrong_use(made: tuple[Path, str], key: str) -> None:
    assert run(made[0], "--key", key) == 2


def test_a_file_that_cannot_be_read_is_wrong_use(
    tmp_path: Path, made: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "none", "--key", made[1]) == 2
    assert "No such file" in capsys.readouterr().err
    assert run(tmp_path, "--key", made[1]) == 2


@pytest.mark.parametrize("raw", [b"", b"\xff\x00", b"x" * 2_000_000, b"c2sp.org/tlog-proof@v1\n"])
def test_anything_else_is_no_receipt(
    tmp_path: Path, made: tuple[Path, str], capsys: pytest.CaptureFixture[str], raw: bytes
) -> None:
    file = tmp_path / "junk"
    file.write_bytes(raw)
    assert run(file, "--key", made[1]) == 1
    assert run(file) == 2
    assert "fault" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b'["salt","record","\\u001b[2Jgone\\u202e"]', "\\u001b[2Jgone\\u202e"),
        (b'["salt","\\nVERIFIED","x"]', "\\nVERIFIED"),
        (b'["salt","record",{"a":1}]', '{"a": 1}'),
        (b"[1]", "?"),
        (b"no json", "?"),
        (b"[" * 5000, "?"),
    ],
)
def test_what_an_operator_disclosed_cannot_act_on_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, shown: str
) -> None:
    opening = base64.urlsafe_b64encode(content).rstrip(b"=").decode()
    codes: dict[str, entry.Code] = {"attempt": 1}
    raw = entry.encode("mail.sent", 0, bytes(16), codes, [proof.digest(opening)])
    journal = receipts.Made([raw], [tree.leaf(raw)])
    file = tmp_path / "receipt"
    file.write_bytes(proof.receipt(journal.proof(0, 1), raw, [opening]))
    assert run(file, "--key", receipts.SIGNER.vkey) == 0
    out = capsys.readouterr().out
    assert shown in out
    assert out.isascii()
    assert out.replace("\n", "").isprintable()
    assert run(file, "--key", receipts.SIGNER.vkey, "--json") == 0
    json.loads(capsys.readouterr().out)


def test_plain_words_stay_plain() -> None:
    assert command._plain("abc") == "abc"
    assert command._plain(5) == "5"
