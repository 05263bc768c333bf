# SPDX-License-Identifier: Apache-2.0
"""Stacks are counted by whom they are in, and what waits is left out."""

from bench import profile

WRITER = "thread (7): writer;_serve (uphold/database/writer.py:9)"
STACKS = [
    f"{WRITER};commit (uphold/database/batch.py:70);fsync (libc.so.6) 50\n",
    f"{WRITER};commit (uphold/database/batch.py:71);walFrames (sqlite3.c:5) 30\n",
    f"{WRITER};commit (uphold/database/batch.py:71) 10\n",
    "MainThread;run (asyncio/runners.py:1) 10\n",
    "thread (8): worker;wait (threading.py:1);0x7fb0d6ca3f16 (libc.so.6) 900\n",
]


def test_samples_are_of_the_innermost_of_ours() -> None:
    made = profile.read(STACKS)
    assert (made.busy, made.waiting) == (50, 950)
    assert made.own == {"commit (uphold/database/batch.py)": 40, "(none of the product's)": 10}
    assert made.inclusive["_serve (uphold/database/writer.py)"] == 40
    assert made.ends["walFrames (sqlite3.c)"] == 30


def test_shares_are_of_those_on_a_processor() -> None:
    told = profile.text("Submissions", profile.read(STACKS)._replace(kernel=0.21))
    assert told.startswith(
        "Submissions\n50 samples on a processor, 950 of threads that waited;"
        " of the processor's time 21% was the kernel's\n"
    )
    assert "  80.0%  commit (uphold/database/batch.py)\n" in told
    assert "  60.0%  walFrames (sqlite3.c)\n" in told
