# SPDX-License-Identifier: Apache-2.0
"""The project's own tasks: one word each, documented, and plain about what a machine lacks."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import source
from tools import lock, venv

MAKEFILE = (source.ROOT / "Makefile").read_text()
PHONY = set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[1].split())  # type: ignore[index]  # it stands


def test_help_lists_every_task() -> None:
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=source.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    listed = set(re.findall(r"^  make ([a-z]+) ", done.stdout, re.MULTILINE))
    assert listed == PHONY
    assert {"demo", "test", "lint", "types", "bench", "docs", "locales", "lock"} <= listed


def test_the_readme_shows_the_two_commands() -> None:
    readme = (source.ROOT / "README.md").read_text()
    assert "make demo" in readme
    assert "make test" in readme


def test_scripts_may_be_run() -> None:
    for name in (".ci/run", "tools/system-packages"):
        assert os.access(source.ROOT / name, os.X_OK), name


def test_what_is_missing_is_named_where_nothing_may_be_installed(tmp_path: Path) -> None:
    # A PATH with no apt-get, no sudo and none of the programs.
    for name in ("env", "bash", "id", "find"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    done = subprocess.run(
        [source.ROOT / "tools" / "system-packages", "unheard-of"],
        env={"PATH": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    for package in ("chromium", "openssl", "unheard-of"):
        assert f"  {package}\n" in done.stderr
    assert "apt-get install" in done.stderr


def test_this_interpreter_will_do() -> None:
    assert venv.lacking() == ""


def test_an_old_interpreter_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9))
    assert "python3.11-venv" in venv.lacking()


def test_a_missing_ensurepip_is_told_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    found = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert f"apt-get install python{found}-venv" in venv.lacking()


def test_the_lock_wants_what_the_project_names() -> None:
    pyproject = {
        "project": {"dependencies": ["a>=1"], "optional-dependencies": {"x": ["b[c]>=2"]}},
        "dependency-groups": {"build": ["d"], "dev": [{"include-group": "build"}, "e"]},
    }
    assert lock.wanted(pyproject) == (["a>=1", "d"], ["b[c]>=2", "d", "e"])


def test_an_address_in_a_lock_is_found() -> None:
    assert lock.addresses("a==1\n--find-links /tmp\nb @ file:///tmp/b\n--index-url x\n") == [
        "--find-links /tmp",
        "b @ file:///tmp/b",
        "--index-url x",
    ]
