# SPDX-License-Identifier: Apache-2.0
"""How many arenas the threads of a process come to, as the C library itself tells."""

import subprocess
import sys
from pathlib import Path

import pytest

from uphold.web import heap

# Each thread holds some of what it took until all have theirs, so that no arena serves two of them in turn.
THREADS = """
import ctypes, sys, threading
from uphold.web import heap

if sys.argv[1] == "shared":
    heap.share()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
everybody = threading.Barrier(6)

def take():
    libc.malloc(100_000)
    everybody.wait()

threads = [threading.Thread(target=take) for _ in range(6)]
for one in threads:
    one.start()
for one in threads:
    one.join()
file = libc.fopen(sys.argv[2].encode(), b"w")
libc.malloc_info(0, ctypes.c_void_p(file))
libc.fclose(ctypes.c_void_p(file))
"""


@pytest.mark.parametrize("how", ["shared", "alone"])
def test_threads_share_arenas(how: str, tmp_path: Path) -> None:
    told = tmp_path / "arenas.xml"
    subprocess.run([sys.executable, "-c", THREADS, how, str(told)], check=True)
    arenas = told.read_text().count("<heap nr=")
    assert (arenas <= heap.ARENAS) == (how == "shared")
