# SPDX-License-Identifier: Apache-2.0
"""Edits of the draft: what may be named, what is written, and what happens to two who edit at once."""

import threading
from pathlib import Path

import pytest

from tests import editions
from uphold.errors import Invalid, Missing
from uphold.policy import digest, editing, folder

TEXT = "policy/policy.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    # One below, so that what lies beside it is this test's alone.
    site = tmp_path / "site"
    folder.write(site, editions.files())
    return site


def seen(root: Path, name: str = TEXT) -> str:
    return editing.find(root, name).digest


def test_files_are_those_of_the_draft_without_wordings(root: Path) -> None:
    assert set(editing.files(root)) == set(editions.files())
    found = editing.find(root, TEXT)
    assert found.text.encode() == editions.files()[TEXT]
    assert found.digest == digest.of(editions.files()[TEXT])


def test_a_save_is_what_was_typed_and_nothing_else_changes(root: Path) -> None:
    before = folder.read(root)
    saved = editing.save(root, TEXT, "One.\r\nTwo.\rThree.", seen(root))
    assert isinstance(saved, editing.File)
    after = folder.read(root)
    assert after[TEXT] == b"One.\nTwo.\nThree.\n"
    assert saved.digest == digest.of(after[TEXT])
    assert {n: raw for n, raw in after.items() if n != TEXT} == {
        n: raw for n, raw in before.items() if n != TEXT
    }
    assert [path.name for path in (root / "policy").iterdir() if path.name.startswith(".")] == []


def test_a_save_keeps_the_mode(root: Path) -> None:
    (root / TEXT).chmod(0o640)
    editing.save(root, TEXT, "x", seen(root))
    assert (root / TEXT).stat().st_mode & 0o777 == 0o640


def test_who_comes_second_loses_nothing(root: Path) -> None:
    mine = seen(root)
    assert isinstance(editing.save(root, TEXT, "The other's.", mine), editing.File)
    clash = editing.save(root, TEXT, "Mine.", mine)
    assert isinstance(clash, editing.Clash)
    assert clash.theirs.text == "The other's.\n"
    assert (root / TEXT).read_text() == "The other's.\n"
    # Having seen what the other wrote, a person may put their own in its place.
    assert isinstance(editing.save(root, TEXT, "Mine.", clash.theirs.digest), editing.File)


def test_of_many_at_once_one_is_saved(root: Path) -> None:
    start, before = threading.Barrier(8), seen(root)
    outcomes: list[editing.File | editing.Clash] = []

    def edit(number: int) -> None:
        start.wait()
        outcomes.append(editing.save(root, TEXT, f"Number {number}.", before))

    threads = [threading.Thread(target=edit, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    saved = [found for found in outcomes if isinstance(found, editing.File)]
    assert len(saved) == 1
    assert (root / TEXT).read_text() == saved[0].text


def test_a_new_form_must_not_be_there(root: Path) -> None:
    assert isinstance(editing.save(root, "forms/visit.toml", "x = 1", ""), editing.File)
    assert isinstance(editing.save(root, "forms/visit.toml", "x = 2", ""), editing.Clash)
    assert (root / "forms" / "visit.toml").read_text() == "x = 1\n"


def test_what_was_removed_meanwhile_is_a_clash(root: Path) -> None:
    before = seen(root)
    (root / TEXT).unlink()
    clash = editing.save(root, TEXT, "x", before)
    assert isinstance(clash, editing.Clash)
    assert clash.theirs.text == ""


@pytest.mark.parametrize(
    "name",
    [
        "../uphold.toml",
        "uphold.toml",
        "keys/ring.json",
        "policy/../keys/ring.json",
        "policy/policy.md/../../uphold.toml",
        "/etc/passwd",
        "forms/../../x.toml",
        "forms/.toml",
        "forms/a/b.toml",
        "forms/ф.toml",
        "policy/policy.rus.md",
        "policy/policy.md\n",
        "wordings/feedback.communication.en.md",
        "",
    ],
)
def test_no_other_file_can_be_named(root: Path, name: str) -> None:
    before = {p: p.read_bytes() for p in root.parent.rglob("*") if p.is_file()}
    for act in (
        lambda: editing.save(root, name, "x", ""),
        lambda: editing.find(root, name),
        lambda: editing.with_text(root, name, "x"),
    ):
        with pytest.raises(Missing):
            act()
    assert {p: p.read_bytes() for p in root.parent.rglob("*") if p.is_file()} == before


def test_a_link_is_not_followed(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "secret"
    other.write_text("secret\n")
    (root / TEXT).unlink()
    (root / TEXT).symlink_to(other)
    with pytest.raises(Invalid, match="link to another place"):
        editing.save(root, TEXT, "x", digest.of(b"secret\n"))
    assert other.read_text() == "secret\n"


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "bell\x07", "half \ud800 of a pair"])
def test_what_cannot_be_shown_is_refused_with_its_line(root: Path, text: str) -> None:
    before = seen(root)
    with pytest.raises(Invalid, match="Line 2"):
        editing.save(root, TEXT, f"First\n{text}", before)
    assert seen(root) == before


def test_a_text_has_a_limit(root: Path) -> None:
    with pytest.raises(Invalid, match="longer"):
        editing.save(root, TEXT, "ф" * editing.LONGEST, seen(root))


def test_a_folder_that_cannot_be_written_says_what_to_do(root: Path) -> None:
    # A file where the folder should be fails for every account, root included.
    (root / "forms" / "feedback.toml").unlink()
    (root / "forms").rmdir()
    (root / "forms").write_text("no folder")
    with pytest.raises(Invalid, match="cannot be written"):
        editing.save(root, "forms/new.toml", "x", "")


def test_a_file_that_is_no_text_is_not_offered(root: Path) -> None:
    (root / TEXT).write_bytes(b"\xff\xfe")
    assert TEXT not in editing.files(root)
    clash = editing.save(root, TEXT, "x", "0" * 64)
    assert isinstance(clash, editing.Clash)
    assert clash.theirs.digest == digest.of(b"\xff\xfe")


def test_a_check_sees_what_is_not_saved(root: Path) -> None:
    files = editing.with_text(root, TEXT, "Typed.")
    assert files[TEXT] == b"Typed.\n"
    assert (root / TEXT).read_bytes() == editions.files()[TEXT]
