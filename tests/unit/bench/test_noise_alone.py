# SPDX-License-Identifier: Apache-2.0
"""What runs alone loads what counts and draws, and no part of the site beyond."""

import subprocess
import sys


def test_it_has_nothing_else_to_do() -> None:
    said = (
        "import sys, bench.noise_alone;"
        " print('duckdb' in sys.modules, 'opendp' in sys.modules, 'uphold.app' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.split() == ["True", "True", "False"]
