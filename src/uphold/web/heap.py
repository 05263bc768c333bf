# SPDX-License-Identifier: Apache-2.0
"""Memory that is free again is taken again: by whatever thread asks, not by the one alone that had it before."""

import ctypes

# mallopt(3); of the C library on Linux alone.
M_ARENA_MAX = -8
# One more than the loop needs, for threads that draw and write while it works.
ARENAS = 2


def share() -> None:
    """Let all threads of this process take from the same few arenas; to be called before there are threads.

    Of itself glibc gives each thread an arena of its own, up to eight for each processor, and what is free in one is
    of no use to the others: each keeps the most that it ever needed. Other C libraries have no arenas, and are left.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)
