# SPDX-License-Identifier: Apache-2.0
"""What the figures were measured on. No host name, no path."""

import os
import platform
import sqlite3
import subprocess
from importlib import metadata
from pathlib import Path

import pysqlite3.dbapi2 as bundled

from bench import postgres


def processor(text: str) -> str:
    """Return the model of the first processor in the text of /proc/cpuinfo."""
    for line in text.splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory_gib(text: str) -> int:
    """Return the whole memory named in the text of /proc/meminfo, in GiB."""
    for line in text.splitlines():
        if line.startswith("MemTotal:"):
            return round(int(line.split()[1]) / 2**20)
    return 0


def of_other(python: str, code: str) -> str:
    """Return what a line of code prints under another interpreter, or `absent`."""
    said = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return said.stdout.strip() or "absent"


def describe(python: str) -> dict[str, str]:
    """Name hardware and versions; `python` is the interpreter that serves Django."""
    version = "from importlib.metadata import version as v; print(v({!r}))"
    return {
        "processor": f"{os.cpu_count()} x {processor(Path('/proc/cpuinfo').read_text())}",
        "memory": f"{memory_gib(Path('/proc/meminfo').read_text())} GiB",
        "kernel": f"Linux {platform.release()}",
        "Python": platform.python_version(),
        "SQLite of Uphold": bundled.sqlite_version,
        "SQLite of Django": sqlite3.sqlite_version,
        "PostgreSQL": postgres.version(),
        "Django": of_other(python, version.format("django")),
        "gunicorn": of_other(python, version.format("gunicorn")),
        "uvicorn": metadata.version("uvicorn"),
    }
