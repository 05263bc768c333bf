# SPDX-License-Identifier: Apache-2.0
"""The register has every incident, notified or not, with why it was not; and no cell of it is a formula."""

import json

from tests import incidents
from tests.incidents import AT, HOUR, LAWS, line
from uphold.incident import register
from uphold.incident.case import What

CASES = (
    incidents.case([line(What.RISK, "none", "All of it was sealed.")]),
    incidents.case(
        [line(What.CAUSES, words="=1+1"), line(What.WITHHELD, "ru-152fz-second", "Told by voice.")],
        [incidents.given("ru-152fz-first", AT + HOUR)],
        [incidents.lesson()],
    ),
)


def test_each_has_its_notices_and_the_reasons() -> None:
    first, second = register.of(CASES, LAWS, AT + 2 * HOUR)
    assert first["eu-gdpr-authority"] == "not-needed"
    assert first["eu-gdpr-authority-why-not"] == "All of it was sealed."
    assert second["ru-152fz-first"] == "given"
    assert second["ru-152fz-first-given"] == "2026-11-23T01:00:00Z"
    assert second["ru-152fz-second"] == "withheld"
    assert second["ru-152fz-second-why-not"] == "Told by voice."
    assert second["lessons"] == ["measure second-factor 2026-11-23"]


def test_it_is_json_and_a_table() -> None:
    rows = register.of(CASES, LAWS, AT)
    assert len(json.loads(register.json(rows))) == len(CASES)
    table = register.csv(rows).decode("utf-8-sig").splitlines()
    assert len(table) == len(CASES) + 1
    assert "'=1+1" in table[2]
    assert register.csv(()).decode("utf-8-sig").strip() == "number"
