# SPDX-License-Identifier: Apache-2.0
"""`python -m uphold` and the installed `uphold` are one program, and start without loading a room."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

from uphold.cli.main import main


def test_run_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "uphold", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("uphold ")


def test_wrong_use_is_told_by_the_exit_code() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "uphold", "serve", str(Path("/nowhere"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("uphold: ")


def test_the_installed_program_is_the_same() -> None:
    (script,) = entry_points(group="console_scripts", name="uphold")
    assert script.load() is main


def test_help_loads_no_room() -> None:
    """Start-up is felt: --help needs argparse and the names of the commands."""
    code = (
        "import sys; from uphold.cli.main import parser; parser().format_help();"
        "print([m for m in sys.modules if m.split('.')[0] in"
        " {'sqlalchemy', 'starlette', 'uvicorn', 'jinja2', 'cryptography', 'msgspec', 'rich'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
