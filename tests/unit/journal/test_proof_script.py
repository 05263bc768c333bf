# SPDX-License-Identifier: Apache-2.0
"""verify-receipt.sh with the real sh and openssl: it agrees with proof.verify, on good and on tampered files."""

import os
import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from tests.unit.journal import receipts
from tests.unit.journal.receipts import ORIGIN, SIGNER, THIEF
from tests.vectors.journal import ENTRIES, LEDGER
from uphold.journal import note, proof

SCRIPT = str(resources.files("uphold.journal") / "verify-receipt.sh")
TAMPERED = receipts.tampered()
SHELLS = [shell for shell in ("sh", "dash", "bash") if shutil.which(shell)]


def run(
    folder: Path, raw: bytes, vkey: str = SIGNER.vkey, shell: str = "sh"
) -> subprocess.CompletedProcess[str]:
    file = folder / "a receipt.tlog-proof"
    file.write_bytes(raw)
    command = [shell, *(["--posix"] if shell == "bash" else []), SCRIPT, str(file), vkey]
    # Leftovers in TMPDIR would show: the script must clean up after itself.
    (folder / "tmp").mkdir(exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(folder / "tmp"), "LANG": "ru_RU.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert list((folder / "tmp").iterdir()) == []
    return done


def assert_refused(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 1
    assert done.stderr.startswith("NOT VERIFIED: ")
    assert done.stdout == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_a_receipt_is_verified_and_told(tmp_path: Path, shell: str) -> None:
    done = run(tmp_path, receipts.make().receipt(), shell=shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "VERIFIED",
        f"origin {ORIGIN}",
        "index 6",
        "size 13",
        "act answer.sealed",
        "time 2026-01-02T03:04:05Z (as the operator states it)",
        "disclosures 2",
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 8, 13])
def test_entries_of_several_sizes(tmp_path: Path, size: int) -> None:
    made = receipts.make(size)
    for index in {0, size // 2, size - 1}:
        assert run(tmp_path, made.receipt(index, size)).returncode == 0


@pytest.mark.parametrize("why", TAMPERED)
def test_a_tampered_receipt_is_refused(tmp_path: Path, why: str) -> None:
    assert_refused(run(tmp_path, TAMPERED[why]))


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("index", range(5))
def test_the_known_journal_is_verified(tmp_path: Path, index: int, shell: str) -> None:
    known = proof.parse(LEDGER["tlog_proof_index1"].encode())
    head = known.checkpoint
    paths = {case["index"]: case["proof_hex"] for case in LEDGER["inclusion"] if case["size"] == 5}
    path = tuple(bytes.fromhex(text) for text in paths[index])
    opened = [LEDGER["disclosures"][index]["disclosure"]]
    raw = proof.receipt(proof.Proof(index, path, head), ENTRIES[index], opened)
    done = run(tmp_path, raw, LEDGER["log_vkey"], shell)
    assert done.returncode == 0, done.stderr
    assert f"index {index}\nsize 5\n" in done.stdout
    # The same receipt with the next entry's bytes in it.
    wrong = proof.receipt(proof.Proof(index, path, head), ENTRIES[(index + 1) % 5], ())
    assert_refused(run(tmp_path, wrong, LEDGER["log_vkey"], shell))


def test_lines_of_unknown_keys_are_ignored(tmp_path: Path) -> None:
    witness = f"\u2014 witness.example {note.Signer('w', bytes(32)).vkey.split('+')[2]}\n"
    good = receipts.make().receipt()
    assert run(tmp_path, good + witness.encode()).returncode == 0


@pytest.mark.parametrize(
    "vkey",
    [
        THIEF.vkey,
        SIGNER.vkey[:-1],
        SIGNER.vkey + "=",
        SIGNER.vkey.replace("uphold", "upheld"),
        note.Verifier(ORIGIN, note.COSIGNATURE, SIGNER.verifier.key).vkey,
        "",
        "+",
        "++",
        ORIGIN,
        f"{ORIGIN}++",
        "*+*+*",
    ],
)
def test_another_key_verifies_nothing(tmp_path: Path, vkey: str) -> None:
    assert_refused(run(tmp_path, receipts.make().receipt(), vkey))


def test_wrong_use_says_how(tmp_path: Path) -> None:
    for arguments in ([], ["one"], ["one", "two", "three"]):
        done = subprocess.run(
            ["sh", SCRIPT, *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "usage:" in done.stderr
    missing = ["sh", SCRIPT, str(tmp_path / "none"), SIGNER.vkey]
    assert_refused(subprocess.run(missing, capture_output=True, text=True, check=False))
    assert_refused(
        subprocess.run(
            ["sh", SCRIPT, str(tmp_path), SIGNER.vkey], capture_output=True, text=True, check=False
        )
    )


def test_without_openssl_nothing_is_verified(tmp_path: Path) -> None:
    file = tmp_path / "receipt"
    file.write_bytes(receipts.make().receipt())
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("mktemp", "rm", "tr", "od", "wc", "tail", "cat", "cmp", "mv"):
        (tools / name).symlink_to(str(shutil.which(name)))
    command = [str(shutil.which("sh")), SCRIPT, str(file), SIGNER.vkey]
    done = subprocess.run(
        command, capture_output=True, text=True, env={"PATH": str(tools)}, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
