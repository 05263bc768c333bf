# SPDX-License-Identifier: Apache-2.0
"""The section of many connections: what it counts and shows. The server itself: tests/flow/test_crowd.py."""

import resource
import socket

import pytest

from bench import connections, process


def row(what: str, pss: float, clients: int = 0, standing: int = 0) -> connections.Row:
    told = {"round": 1, "what": what, "clients": clients, "standing": standing}
    return {**told, "pss_mb": pss, "answer_ms": 1.5, "slowest_ms": 3.0}


def test_memory_is_told_for_each_who_stands() -> None:
    page = connections.page([row("nobody", 50), row("idle", 60, 2048, 1024)])
    assert "| connections that say nothing | 2 048 | 1 024 | 5.00 | 60.0 [60.0-60.0] |" in page
    assert "| nobody else | 0 | 0 | - |" in page


def test_what_was_not_measured_is_left_out() -> None:
    page = connections.page([row("nobody", 50)])
    assert connections.TITLES["stalled"] not in page


def test_connections_that_the_other_end_closed_are_counted() -> None:
    pairs = [socket.socketpair() for _ in range(3)]
    pairs[1][1].close()
    assert connections.ended([one for one, _ in pairs]) == 1
    for pair in pairs:
        for one in pair:
            one.close()


def test_more_files_than_the_system_allows_are_told_of() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        pytest.skip("the system bounds no files here")
    with pytest.raises(process.Failed, match="open files"):
        connections.files(hard + 1)
