# SPDX-License-Identifier: Apache-2.0
"""What was measured, kept by section and date: `bench/results/<date>.json`.

A file holds for each section the rows of its last run on that date and what they were measured on. What a section
measured last, on whichever date, is what stands on the page.
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}\.json").fullmatch

Records = dict[str, dict[str, Any]]
"""By section: `date`, `machine`, `load`, `revision`, `rounds`, `seconds`, `seed`, `quick`, `rows`."""


def read(file: Path) -> Records:
    """Return what a file holds; nothing when there is none."""
    if not file.exists():
        return {}
    found: Records = json.loads(file.read_text(encoding="utf-8"))
    return found


def newest(folder: Path = RESULTS) -> Records:
    """Return the last run of every section that was ever kept in the folder."""
    found: Records = {}
    for file in sorted(path for path in folder.glob("*.json") if _DATED(path.name)):
        found |= read(file)
    return found


def add(file: Path, name: str, record: Mapping[str, Any]) -> None:
    """Put the run of a section in place of the one that the file held before; the others stay."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # Read at the last moment: another section may have been measured meanwhile.
    records = read(file) | {name: dict(record)}
    written = file.with_name(f".{file.name}.{os.getpid()}")
    written.write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    written.replace(file)


def revision() -> str:
    """Return the tree of `src` that is measured, with `+` when it differs from what is committed; empty without git.

    A tree stays what it is when commits are put in another order or folded into one.
    """
    tree = _git("rev-parse", "--short", "HEAD:src")
    return (
        f"src {tree}{'+' if _git('status', '--porcelain', '--', ':/src') else ''}" if tree else ""
    )


def _git(*words: str) -> str:
    said = subprocess.run(
        ["git", *words],  # noqa: S607 - git is found by PATH
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip()
