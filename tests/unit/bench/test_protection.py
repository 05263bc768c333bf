# SPDX-License-Identifier: Apache-2.0
"""The bare endpoint stores what it acknowledges, and both encodings say the same."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from bench import bodies, protection, submissions


def test_the_bare_endpoint_stores_what_it_acknowledges(tmp_path: Path) -> None:
    with protection.started(lambda: protection.raw("sqlite", tmp_path / "raw")) as served:
        submissions.probe(served, 1)
        submissions.probe(served, 2)
        assert served.count() == 2


def test_json_has_the_same_fields() -> None:
    written = protection.as_json(bodies.plain)(7)
    assert written.startswith("{")
    assert json.loads(written) == dict(parse_qsl(bodies.plain(7)))


def test_the_page_compares_within_a_round() -> None:
    def row(variant: str, rate: float) -> dict[str, Any]:
        figures = dict.fromkeys(("p50_ms", "p99_ms", "pss_mb", "generator_us"), 1.0)
        of = {"round": 1, "connections": 64, "variant": variant}
        return {**of, "per_second": rate, "cpu_us": 1e6 / rate, **figures}

    shown = protection.page([row("uphold-sqlite", 4000), row("raw-sqlite", 1000)])
    assert "COMMIT per request | 64 | 4.00 [4.00-4.00] | 0.25 [0.25-0.25] |" in shown
    assert "| bare ASGI, SQLite, COMMIT per request | 1 000 |" in shown
