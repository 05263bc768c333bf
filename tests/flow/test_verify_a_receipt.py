# SPDX-License-Identifier: Apache-2.0
"""The commands that the guide prints, run as they are printed, on a receipt of a real site and on a forged one."""

import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from tests import cast, site
from tests.house import source
from uphold.consent import receipt

GUIDE = source.ROOT / "docs" / "how-to" / "verify-a-receipt.md"
BLOCKS = re.findall(
    r"^```sh\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)
OFFLINE = [block for block in BLOCKS if "://" not in block]
SCRIPT, PROGRAM, *BY_HAND = OFFLINE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a person has after the guide's downloads: the receipt, the key, the script."""
    app = site.build(tmp_path)
    site.submit(app)
    stored = site.submit(app)
    for _ in range(3):
        site.submit(app)
    with app.database.read() as connection:
        raw = receipt.file(connection, app.log, app.ring, stored.number, stored.entry)
    app.close()
    made = tmp_path / "receipt"
    made.mkdir()
    (made / "receipt.tlog-proof").write_bytes(raw)
    (made / "journal.key").write_text(app.log.vkey + "\n")
    script = (resources.files("uphold.journal") / "verify-receipt.sh").read_bytes()
    (made / "verify.sh").write_bytes(script)
    return made


def run(folder: Path, commands: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-eu", "-c", commands],
        cwd=folder,
        env={"PATH": path, "LANG": "C.UTF-8", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def forge(folder: Path) -> None:
    """Move the receipt's entry by one, as a forger would who wants another one to be proved."""
    file = folder / "receipt.tlog-proof"
    raw = file.read_text(encoding="utf-8")
    index = int(raw.partition("\nindex ")[2].partition("\n")[0])
    file.write_text(raw.replace(f"\nindex {index}\n", f"\nindex {index - 1}\n"), encoding="utf-8")


def test_the_guide_has_its_three_ways() -> None:
    assert SCRIPT.startswith("sh verify.sh ")
    assert PROGRAM.startswith("uphold receipt verify ")
    assert len(BY_HAND) == 5


def test_the_script_verifies(folder: Path) -> None:
    done = run(folder, SCRIPT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"VERIFIED\norigin {site.ORIGIN}\n")


def test_the_program_verifies(folder: Path) -> None:
    done = run(folder, PROGRAM)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("VERIFIED")


def test_a_hand_verifies(folder: Path) -> None:
    done = run(folder, "\n".join(BY_HAND))
    assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in done.stdout + done.stderr
    assert "The entry is in the journal." in done.stdout
    assert '{"act":"record.stored",' in done.stdout
    assert "The receipt opens a digest of the entry." in done.stdout


def test_a_forged_receipt_fails_each_way(folder: Path) -> None:
    forge(folder)
    assert run(folder, SCRIPT).returncode == 1
    assert run(folder, PROGRAM).returncode == 1
    assert "The entry is in the journal." not in run(folder, "\n".join(BY_HAND)).stdout


def test_a_foreign_key_fails_each_way(folder: Path) -> None:
    other = site.anew(folder / "other")
    other.close()
    (folder / "journal.key").write_text(other.log.vkey + "\n")
    assert run(folder, SCRIPT).returncode == 1
    assert run(folder, PROGRAM).returncode == 1
    assert run(folder, "\n".join(BY_HAND)).returncode != 0


def test_the_receipt_holds_nothing_that_was_written(folder: Path) -> None:
    raw = run(folder, "\n".join(BY_HAND)).stdout.encode()
    files = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    assert cast.leaks(raw + files) == []
