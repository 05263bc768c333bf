# SPDX-License-Identifier: Apache-2.0
"""Consents beside packages for them: what is sent, and what the page says."""

import json
import re
from typing import Any

from bench import consents


def row(name: str, clients: int, per_second: float) -> dict[str, Any]:
    """One run."""
    return {
        "round": 1,
        "variant": name,
        "connections": clients,
        "per_second": per_second,
        "cpu_us": 1e6 / per_second,
        "p50_ms": 1.0,
        "p99_ms": 2.0,
        "pss_mb": 50.0,
    }


def test_each_person_is_another_subject_that_c15t_takes() -> None:
    said = [json.loads(consents.ticked(number)) for number in (0, 1, 10, 101)]

    names = {one["subjectId"] for one in said}

    assert len(names) == 4
    assert all(re.fullmatch(r"sub_[1-9A-HJ-NP-Za-km-z]+", name) for name in names)


def test_the_page_compares_those_on_the_same_engine() -> None:
    rows = [
        row(name, clients, 1000.0 if name.startswith("uphold") else 100.0)
        for name in consents.TITLES
        for clients in consents.CLIENTS
    ]

    page = consents.page(rows)

    assert page.count("| 10.0 [10.0-10.0] | 10.0 [10.0-10.0] | 1.00 [1.00-1.00] |") == 6
    assert "| @c15t/backend | no | a kind of banner | the client's |" in page
