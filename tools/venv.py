# SPDX-License-Identifier: Apache-2.0
"""Make the virtual environment, or say plainly what this machine lacks for it.

Runs under whatever interpreter `make` found, so it keeps to what an old Python 3 understands.
"""

import importlib.util
import subprocess
import sys

NEEDED = (3, 11)


def lacking() -> str:
    """What keeps this interpreter from making an environment; empty if nothing does."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.version_info[:2] < NEEDED:
        return (
            f"Uphold needs Python 3.11 or newer, and {sys.executable} is {version}.\n"
            "Install it (Debian 12: apt-get install python3.11 python3.11-venv) or name another:\n"
            "  make PYTHON=/path/to/python3.11 ..."
        )
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        return (
            f"{sys.executable} cannot make a virtual environment: Debian packages that apart.\n"
            f"  apt-get install python{version}-venv"
        )
    return ""


def main() -> int:
    reason = lacking()
    if reason:
        print(reason, file=sys.stderr)
        return 1
    print(f"Making a virtual environment in {sys.argv[1]} with {sys.executable} ...", flush=True)
    return subprocess.call([sys.executable, "-m", "venv", "--clear", sys.argv[1]])


if __name__ == "__main__":
    sys.exit(main())
