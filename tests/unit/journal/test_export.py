# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from tests.unit.journal.conftest import SIGNER, Journal
from uphold import errors
from uphold.journal import checkpoint, export, tile, tree


def exported(journal: Journal, folder: Path) -> export.Exported:
    with journal.database.read() as connection:
        return export.write(connection, folder)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600])
def test_the_files_make_the_signed_root(journal: Journal, tmp_path: Path, size: int) -> None:
    journal.grow(size, step=97)
    folder = tmp_path / "out"
    done = exported(journal, folder)
    assert done.size == size
    signed = checkpoint.verify((folder / "checkpoint").read_bytes(), SIGNER.verifier).checkpoint
    assert signed.size == size
    leaves: list[bytes] = []
    for address in tile.addresses(size):
        hashes = (folder / tile.path(address)).read_bytes()
        assert len(hashes) == address.width * tree.HASH_BYTES
        if address.level == 0:
            bundle = (folder / tile.bundle_path(address.number, address.width)).read_bytes()
            found = [tree.leaf(raw) for raw in tile.unbundle(bundle)]
            assert b"".join(found) == hashes
            leaves += found
    assert tree.root(leaves) == signed.root
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == done.files
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_in_use_is_left_alone(journal_file: Journal, tmp_path: Path) -> None:
    journal_file.grow(3)
    (tmp_path / "kept").write_text("kept")
    with pytest.raises(errors.Conflict):
        exported(journal_file, tmp_path)
    with pytest.raises(errors.Invalid):
        exported(journal_file, tmp_path / "kept" / "below")


def test_a_journal_that_was_not_begun_is_missing(journal_file: Journal, tmp_path: Path) -> None:
    with pytest.raises(errors.Missing):
        exported(journal_file, tmp_path / "out")
    assert not (tmp_path / "out").exists()
