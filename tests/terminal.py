# SPDX-License-Identifier: Apache-2.0
"""The command line as somebody at a terminal meets it, in this process.

told = terminal.run(capsys, "policy", "publish", folder)
assert told.code == 2
assert told.advice                      the indented line after what is wrong
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from uphold.cli.main import main


@dataclass(frozen=True)
class Told:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def advice(self) -> str:
        """The indented lines on standard error."""
        lines = [line for line in self.err.splitlines() if line.startswith("  ")]
        return "\n".join(lines).strip()


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Told:
    """Run one command to its end; what was printed before is not counted."""
    capsys.readouterr()
    try:
        code = main([str(word) for word in words])
    except SystemExit as end:  # argparse ends by itself
        code = end.code if isinstance(end.code, int) else 1
    printed = capsys.readouterr()
    return Told(code, printed.out, printed.err)
