# SPDX-License-Identifier: Apache-2.0
"""Every machine that the site speaks to is somebody's."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests import editions
from uphold.config import DatabaseSettings, Mail, Settings
from uphold.policy import hosts
from uphold.policy.document import Recipient
from uphold.policy.hosts import Service

EXAMPLE = editions.example().policy
HOST = "hosting"


def settings(run_by: str) -> Settings:
    """A site that hands its mail to another machine."""
    return Settings(mail=Mail(host="relay.example", run_by=run_by), folder=Path("/nowhere"))


@pytest.mark.parametrize(
    ("run_by", "whose"),
    [
        ("operator", "operator"),
        ("mail-relay", "processor"),
        ("", "unsaid"),
        ("somebody", "unknown"),
        ("court", "other"),
    ],
)
def test_whose_a_machine_is(run_by: str, whose: str) -> None:
    court = Recipient("court", {"en": "Court"}, {"en": "x"}, "RU", "authority", {"en": "judges"})
    policy = replace(EXAMPLE, recipients={**EXAMPLE.recipients, "court": court})
    assert hosts.services(settings(run_by)) == (Service("mail", run_by),)
    assert hosts.owner(policy, Service("mail", run_by)) == whose
    told = list(hosts.unowned(policy, settings(run_by)))
    assert bool(told) == (whose in ("unsaid", "unknown", "other"))
    assert all(one.code == "host-unowned" and one.advice for one in told)


@pytest.mark.parametrize("host", ["", "localhost", "127.0.0.1", "::1", "/run/postgresql"])
def test_this_machine_is_nobody_elses(host: str) -> None:
    assert hosts.is_here(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "relay.example", "2001:db8::1"])
def test_another_machine_is_somebodys(host: str) -> None:
    assert not hosts.is_here(host)


def test_a_database_elsewhere_is_somebodys() -> None:
    elsewhere = DatabaseSettings(url="postgresql://uphold@db.example/uphold", run_by=HOST)
    assert hosts.services(Settings(database=elsewhere)) == (Service("database", HOST),)
    here = DatabaseSettings(url="postgresql://uphold@/uphold?host=/run/postgresql")
    assert hosts.services(Settings(database=here)) == ()
