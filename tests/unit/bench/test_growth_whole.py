# SPDX-License-Identifier: Apache-2.0
"""What goes through a whole site is a command of the product, and its own memory is told, not the benchmark's."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench import growth_whole
from uphold.cli.main import parser


@pytest.mark.parametrize("name", ["audit", "restore", "rotate", "prove"])
def test_each_work_is_a_command_that_there_is(name: str, tmp_path: Path) -> None:
    (tmp_path / "uphold.toml").write_text("")
    command = growth_whole.WORKS[name](tmp_path)
    assert command is not None
    assert callable(parser().parse_args(command).func)


def test_memory_is_that_of_the_process_itself() -> None:
    ballast = bytearray(64 << 20)
    child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(0.1)"])
    memory, used = growth_whole._waited(child)
    assert child.returncode == 0
    assert 0 < memory < len(ballast) >> 10
    assert 0 < used < 5
