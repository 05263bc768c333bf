# SPDX-License-Identifier: Apache-2.0
"""Many sites: what the page says of what was measured."""

from bench import hosting


def test_the_page_says_what_one_more_site_costs() -> None:
    held = {"threads": 12, "files": 27}
    rows = [
        {"what": "empty", "sqlite_bytes": 864 * 1024, "postgresql_bytes": 8192 * 1024}
        | {"postgresql_bare_bytes": 7168 * 1024},
        {"what": "alone", "round": 1, "cpu_ms": 10.0, "pss_mb": 50.0, **held},
        {"what": "beside", "round": 1, "sites": 10, "seconds": 0.5, "pss_mb": 94.0, **held},
        {"what": "beside", "round": 2, "sites": 10, "seconds": 0.7, "pss_mb": 96.0, **held},
    ]

    page = hosting.page(rows)

    assert "864 KiB on SQLite" in page
    assert "10.0 [10.0-10.0] ms of a processor each second" in page
    assert "| 10 | 95.0 | 0.60 | 12 | 27 |" in page
