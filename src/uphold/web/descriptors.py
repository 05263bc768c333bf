# SPDX-License-Identifier: Apache-2.0
"""Each connection is an open file of the process, and the system bounds those: raise that bound, or say what it means.

At the bound of the system nothing works: no database opens, no file is written. So connections get what is left.
"""

import logging
import resource

# What is no connection: database, journal, logs, files of a backup, and connections that are being turned away.
RESERVE = 512
# A site that could serve fewer at once would serve nobody.
FEWEST = 16
_log = logging.getLogger("uphold.serve")


def room(connections: int) -> int:
    """Let the process open as many files as so many connections need; return how many there is room for.

    Fewer than wanted are told of in the log, with what to do.
    """
    needed = connections + RESERVE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _reaches(soft, needed):
        return connections
    if _reaches(hard, needed):
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
        return connections
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    left = max(FEWEST, hard - RESERVE)
    _log.warning(
        "Only %d connections can be open at once, not %d: this process may open %d files."
        " Raise that (LimitNOFILE= of its unit, or ulimit -n) to %d, or lower connections under [limits].",
        left,
        connections,
        hard,
        needed,
    )
    return left


def _reaches(limit: int, needed: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= needed
