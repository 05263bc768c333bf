# SPDX-License-Identifier: Apache-2.0
"""The servers that a URL names, however it is written."""

import pytest
from sqlalchemy.engine import make_url

from uphold.config import hosts

ONE_TWO = (("one", 5432), ("two", 5433))


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://u@one/x", (("one", 5432),)),
        ("postgresql://one:5432,two:5433/x", ONE_TWO),
        ("postgres://u:p@one,two:5433/x?target_session_attrs=read-write", ONE_TWO),
        ("postgresql+psycopg://u@/x?host=one,two&port=5432,5433", ONE_TWO),
        ("postgresql://u@/x?host=one:5432&host=two:5433", ONE_TWO),
        ("postgresql://u@three/x?host=one,two&port=5432,5433", ONE_TWO),
        ("postgresql://u@/x?host=one,two&port=6000", (("one", 6000), ("two", 6000))),
        ("postgresql://u@[::1]:6000,[::2]/x", (("::1", 6000), ("::2", 5432))),
        ("postgresql://u@/x?host=::1,[::2]:6000", (("::1", 5432), ("::2", 6000))),
        ("postgresql://u@one/x?hostaddr=192.0.2.1", (*ONE_TWO[:1], ("192.0.2.1", 5432))),
        ("postgresql://u@/x", ()),
        ("sqlite:///one,two", ()),
        ("no url", ()),
    ],
)
def test_all_servers_are_found(url: str, found: tuple[hosts.Place, ...]) -> None:
    assert hosts.places(url) == found


def test_a_socket_is_told_from_a_host() -> None:
    found = hosts.places("postgresql://u@/x?host=/run/postgresql,one")
    assert [place.is_socket for place in found] == [True, False]


@pytest.mark.parametrize("url", ["postgresql://u@a:b:c/x", "postgresql://u@a,b:c/x"])
def test_a_wrong_port_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        hosts.places(url)


@pytest.mark.parametrize("ports", ["1,2", "1,2,3,4"])
def test_ports_are_one_or_as_many_as_hosts(ports: str) -> None:
    with pytest.raises(ValueError, match="as many"):
        hosts.places(f"postgresql://u@/x?host=a,b,c&port={ports}")
    assert len(hosts.places("postgresql://u@/x?host=a,b,c&port=1")) == 3


def test_a_list_is_spelled_as_keywords() -> None:
    given = "postgresql://u:p%40@one,[::1]:5433/x?sslmode=verify-full"
    said = hosts.spelled(given)
    assert said == "postgresql://u:p%40@/x?host=one,::1&port=5432,5433&sslmode=verify-full"
    assert hosts.places(said) == hosts.places(given)
    assert hosts.spelled(said) == said
    url = make_url(said)
    assert (url.username, url.password, url.database) == ("u", "p@", "x")


@pytest.mark.parametrize(
    "url", ["postgresql://u@one:5432/x", "sqlite:///a,b", "postgresql://u,v@one/x?a=b,c", ""]
)
def test_everything_else_stays_as_it_is(url: str) -> None:
    assert hosts.spelled(url) == url
