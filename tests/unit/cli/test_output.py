# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from uphold import errors
from uphold.cli import output


def test_what_is_made_is_written_or_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output.write(tmp_path / "bytes", b"\x00\xff")
    output.put(str(tmp_path / "text"), "Расписка\n")
    output.put("-", "printed\n")
    assert (tmp_path / "bytes").read_bytes() == b"\x00\xff"
    assert (tmp_path / "text").read_text(encoding="utf-8") == "Расписка\n"
    assert capsys.readouterr().out == "printed\n"


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "absent" / "file"):
        with pytest.raises(errors.Invalid, match="cannot be written") as raised:
            output.write(place, "", "Name another.")
        assert raised.value.advice == "Name another."
