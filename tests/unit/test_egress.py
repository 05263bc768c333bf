# SPDX-License-Identifier: Apache-2.0
"""Only what the configuration names is spoken to, through `connect` and, while guarded, past it."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from uphold import egress, errors
from uphold.config import DatabaseSettings, Mail, Serve, Settings, Site

NOBODY: egress.Declared = frozenset()


@pytest.fixture
def port() -> Iterator[int]:
    """Somebody listens on it, on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def settings(**changed: object) -> Settings:
    made: dict[str, object] = {"site": Site("https://Example.org"), "serve": Serve(port=8123)}
    return Settings(**{**made, **changed})  # type: ignore[arg-type] # each by its own name


OWN = {("example.org", 443), ("127.0.0.1", 8123)}


def test_a_site_on_a_file_speaks_to_itself_only() -> None:
    assert egress.declared(settings()) == OWN


def test_the_relay_is_declared() -> None:
    found = egress.declared(settings(mail=Mail(host="Relay.example.org", port=465)))
    assert found == OWN | {("relay.example.org", 465)}


def test_the_address_of_a_site_may_name_a_port() -> None:
    assert ("example.org", 8443) in egress.declared(settings(site=Site("http://example.org:8443")))
    assert ("example.org", 80) in egress.declared(settings(site=Site("http://example.org")))


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://u@db.example.org/x", {("db.example.org", 5432)}),
        ("postgresql://u@db.example.org:6000/x", {("db.example.org", 6000)}),
        ("postgresql://u@[::1]:6000/x", {("::1", 6000)}),
        ("postgresql://u@/x?host=/run/postgresql", set()),
        ("postgresql://u@/x?host=a:1&host=b:2", {("a", 1), ("b", 2)}),
        ("postgresql://u@/x?host=a&port=7", {("a", 7)}),
        ("postgresql://u@a/x?hostaddr=192.0.2.1", {("a", 5432), ("192.0.2.1", 5432)}),
        ("postgresql://u@a:1,b/x?target_session_attrs=read-write", {("a", 1), ("b", 5432)}),
        ("postgresql://u@a:b:c/x", set()),
        ("no url", set()),
    ],
)
def test_the_databases_hosts_are_declared(url: str, found: set[tuple[str, int]]) -> None:
    assert egress.declared(settings(database=DatabaseSettings(url))) == OWN | found


def test_a_declared_host_is_connected_to(port: int) -> None:
    place = frozenset({("localhost", port), ("127.0.0.1", port)})
    for host in ("127.0.0.1", "LOCALHOST"):
        with egress.connect(place, host, port, 5.0) as made:
            assert made.getpeername()[:2] == ("127.0.0.1", port)


@pytest.mark.parametrize("declared", [NOBODY, frozenset({("127.0.0.1", 1), ("example.org", 443)})])
def test_any_other_is_refused(declared: egress.Declared, port: int) -> None:
    with pytest.raises(errors.Invalid, match="declares") as refused:
        egress.connect(declared, "127.0.0.1", port, 5.0)
    assert "uphold.toml" in refused.value.advice


def test_the_name_of_another_is_not_even_looked_up() -> None:
    # A look-up would fail otherwise, since no test speaks to another machine.
    with pytest.raises(errors.Invalid):
        egress.connect(NOBODY, "elsewhere.example", 443, 5.0)


def test_names_are_looked_up_as_who_connects_does() -> None:
    found = egress.addresses(frozenset({("localhost", 25), ("127.0.0.9", 80)}))
    assert {("127.0.0.1", 25), ("127.0.0.9", 80)} <= found
    assert {port for _, port in found} == {25, 80}


def test_while_guarded_nothing_speaks_past_it(port: int) -> None:
    with egress.guarded(frozenset({("example.org", 443)})):
        with pytest.raises(PermissionError), socket.create_connection(("127.0.0.1", port)):
            pass
        with socket.socket(type=socket.SOCK_DGRAM) as made, pytest.raises(PermissionError):
            made.sendto(b"gone", ("127.0.0.1", port))
        with pytest.raises(errors.Invalid):
            egress.connect(frozenset({("127.0.0.1", port)}), "127.0.0.1", port, 5.0)
    with socket.create_connection(("127.0.0.1", port)):
        pass


def test_a_guard_holds_in_every_thread(port: int) -> None:
    found: list[BaseException] = []

    def leave() -> None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except PermissionError as error:
            found.append(error)

    with egress.guarded(NOBODY):
        thread = threading.Thread(target=leave)
        thread.start()
        thread.join(30)
    assert len(found) == 1


def test_a_guard_lets_out_what_is_declared_by_name(port: int) -> None:
    place = frozenset({("localhost", port)})
    with egress.guarded(place), egress.connect(place, "localhost", port, 5.0) as made:
        assert made.getpeername()[1] == port


def test_a_guard_leaves_unix_sockets_and_the_loop_alone(tmp_path: Path) -> None:
    path = str(tmp_path / "s")

    async def call() -> bytes:
        async def answer(_reader: object, writer: asyncio.StreamWriter) -> None:
            writer.write(b"here")
            writer.close()

        async with await asyncio.start_unix_server(answer, path):
            reader, writer = await asyncio.open_unix_connection(path)
            said = await reader.read()
            writer.close()
            return said

    with egress.guarded(NOBODY):
        assert asyncio.run(call()) == b"here"


# --- what was refused is noted ----------------------------------------------------------------------


@pytest.fixture
def noted() -> Iterator[None]:
    """Nothing of another test is noted."""
    egress.refusals()
    yield
    egress.refusals()


@pytest.mark.usefixtures("noted")
def test_each_net_notes_what_it_refused_and_who_asked(port: int) -> None:
    with pytest.raises(errors.Invalid):
        egress.connect(NOBODY, "Elsewhere.example", 443, 5.0)
    with egress.guarded(NOBODY):
        with pytest.raises(PermissionError):
            socket.create_connection(("127.0.0.1", port))
        with pytest.raises(PermissionError):
            egress.require("192.0.2.1", 25)
    found = egress.refusals()
    by = "tests-unit-test-egress"
    assert found == (
        egress.Refusal(egress.Net.DOOR, by, "elsewhere.example", 443),
        egress.Refusal(egress.Net.HOOK, by, "127.0.0.1", port),
        egress.Refusal(egress.Net.LOOP, by, "192.0.2.1", 25),
    )
    assert egress.refusals() == ()


@pytest.mark.usefixtures("noted")
def test_what_is_let_out_is_not_noted(port: int) -> None:
    place = frozenset({("localhost", port)})
    with egress.guarded(place):
        egress.connect(place, "localhost", port, 5.0).close()
        egress.require("LOCALHOST", port)
        egress.require_name("localhost")
    assert egress.refusals() == ()


@pytest.mark.usefixtures("noted")
def test_a_name_that_is_not_declared_is_not_looked_up_either() -> None:
    # A name can carry what somebody wants to get out, to whoever answers for it.
    with egress.guarded(frozenset({("relay.example.org", 25)})):
        with pytest.raises(PermissionError):
            # A name that the tests' own net lets pass.
            socket.getaddrinfo("localhost.localdomain", 53)
        with pytest.raises(PermissionError):
            egress.require_name(b"what-was-written.elsewhere.example")
        egress.require_name("Relay.example.org")
        assert socket.getaddrinfo("127.0.0.1", 53)
        assert socket.getaddrinfo(None, 53)
    assert [(one.net, one.port) for one in egress.refusals()] == [("hook", 0), ("loop", 0)]


@pytest.mark.usefixtures("noted")
def test_a_flood_does_not_grow_for_ever() -> None:
    with egress.guarded(NOBODY):
        for _ in range(1_500):
            with pytest.raises(PermissionError):
                egress.require("192.0.2.1", 25)
    assert len(egress.refusals()) == 1_000


@pytest.mark.usefixtures("noted")
def test_a_guard_within_a_guard_gives_way_to_the_outer_one(port: int) -> None:
    with egress.guarded(NOBODY):
        with egress.guarded(frozenset({("127.0.0.1", port)})):
            egress.bypass("127.0.0.1", port)
        assert egress.is_guarded()
        with pytest.raises(PermissionError):
            egress.bypass("127.0.0.1", port)
    assert not egress.is_guarded()


def test_only_this_machine_is_tried_on_purpose() -> None:
    with pytest.raises(errors.Invalid):
        egress.bypass("192.0.2.1", 9)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("https://Example.org", ("example.org", 443)),
        ("http://[::1]:8000/x", ("::1", 8000)),
        ("mailto:somebody", ("", 0)),
    ],
)
def test_where_an_address_is_reached(address: str, place: tuple[str, int]) -> None:
    assert egress.place(address) == place


def test_what_a_probe_asks_for_is_known_by_its_digest_alone() -> None:
    salt = b"s" * 16
    assert egress.is_harmless(salt, egress.digest(salt, *egress.NOWHERE))
    assert not egress.is_harmless(b"t" * 16, egress.digest(salt, *egress.NOWHERE))
    assert not egress.is_harmless(salt, egress.digest(salt, "elsewhere.example", 9))
