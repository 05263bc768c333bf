# SPDX-License-Identifier: Apache-2.0
"""The plain Django site beside its serving: one command of its own, in the interpreter that has Django."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench import process
from bench.variant import ROOT


def environment(store: str, database: str) -> dict[str, str]:
    """Return what tells Django which site and which database it serves."""
    return {
        "DJANGO_SETTINGS_MODULE": "bench.django_site.settings",
        "BENCH_STORE": store,
        "BENCH_DATABASE": database,
        "PYTHONPATH": str(ROOT),
    }


def work(python: str, told: Mapping[str, str], *words: str) -> Any:
    """Do one step of `bench.django_site.work`, and return what it prints as JSON; raise Failed when it fails."""
    ended = subprocess.run(
        [python, "-m", "bench.django_site.work", *words],
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )
    if ended.returncode:
        raise process.Failed(f"Django could not {' '.join(words)}:\n{ended.stderr[-800:]}")
    return json.loads(ended.stdout)


def migrated(python: str, file: Path, store: str = "sqlite-tuned") -> dict[str, str]:
    """Make the tables in a SQLite file, and return the environment of the site."""
    file.parent.mkdir(parents=True, exist_ok=True)
    told = environment(store, str(file))
    work(python, told, "migrate")
    return told
