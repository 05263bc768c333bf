# SPDX-License-Identifier: Apache-2.0
"""The fixtures themselves: a net that cannot catch anything is worse than none."""

import asyncio
import os
import socket

import pytest
from sqlalchemy import text

from tests import cast, network, postgresql
from uphold.database import engine as engines


def test_engine_url_gives_an_empty_database_on_each_engine(engine: str, engine_url: str) -> None:
    database = engines.create(engine_url)
    assert database.dialect == engine
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    database.dispose()


def test_server_runs_unprivileged_and_survives_a_restart(
    postgresql_server: postgresql.Server, postgresql_url: str
) -> None:
    assert postgresql_server.owner.pw_uid != 0 or os.getuid() != 0
    postgresql_server.stop("immediate")
    with pytest.raises(Exception, match="refused"):
        postgresql_server.create()
    postgresql_server.start()
    postgresql_server.drop(postgresql_server.create())


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "0.0.0.0"])
def test_no_socket_leaves_the_machine(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as outgoing, pytest.raises(network.Forbidden):
        outgoing.connect((host, 9))


def test_no_name_is_looked_up() -> None:
    with pytest.raises(network.Forbidden):
        socket.getaddrinfo("uphold.example", 443)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


async def test_async_tests_run() -> None:
    await asyncio.sleep(0)


def test_leaks_are_found_whatever_their_case() -> None:
    assert cast.leaks(b"nothing here") == []
    assert cast.leaks(b"x" + cast.subject.email.upper().encode() + b"y")
    assert cast.leaks(cast.subject.message.encode())
    marks = [person.mark for person in cast.people]
    assert all(p.mark.lower() in p.email.lower() and p.mark in p.message for p in cast.people)
    assert len(set(marks)) == len(marks)
