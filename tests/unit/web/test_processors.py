# SPDX-License-Identifier: Apache-2.0
"""The console's register of processors says what the edition declares, and whose each machine is."""

from dataclasses import replace

from tests import editions
from uphold.config import DatabaseSettings, Mail, Settings
from uphold.web import processors

EXAMPLE = editions.example()


def test_the_example_in_both_languages() -> None:
    host, relay = processors.rows(EXAMPLE, "en")
    assert host.name == "Granite Data Centre LLC"
    assert host.place.endswith(", RU")
    assert host.sees == ()
    assert relay.sees == ("E-mail address", "Content of the message")
    assert relay.contract.startswith("Contract No.")
    assert relay.purposes == ("answering your message and dealing with your request",)
    assert processors.rows(EXAMPLE, "ru")[0].name == "ООО «Гранит ЦОД»"
    assert processors.rows(EXAMPLE, "de") == (host, relay)


def test_an_edition_older_than_the_register_claims_nothing() -> None:
    known = EXAMPLE.policy.recipients
    older = {name: replace(one, contract={}, instruction={}) for name, one in known.items()}
    edition = replace(EXAMPLE, policy=replace(EXAMPLE.policy, recipients=older))
    assert not any(row.is_stated for row in processors.rows(edition, "en"))


def test_whose_the_machines_are() -> None:
    there = Settings(mail=Mail(host="relay.example", run_by="mail-relay"))
    (row,) = processors.services(EXAMPLE, there)
    assert (row.section, row.whose, row.name) == ("mail", "processor", "mail-relay")
    assert processors.services(EXAMPLE, Settings()) == ()
    secret = Settings(database=DatabaseSettings(url_env="UPHOLD_NO_SUCH_VARIABLE"))
    assert processors.services(EXAMPLE, secret) == ()
