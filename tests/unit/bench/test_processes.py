# SPDX-License-Identifier: Apache-2.0
"""One process or several: what the page says of what was measured."""

from bench import processes


def test_the_page_compares_within_a_round() -> None:
    rows = [
        {"store": store, "way": way, "round": number, "per_second": number * rate}
        | {"cpu_us": 100.0, "p50_ms": 1.0, "p99_ms": 9.0, "pss_mb": 60.0, "pages_per_second": 321.0}
        for store in processes.STORES
        for way, rate in zip(processes.LOADS, (1000.0, 900.0, 800.0, 1200.0), strict=True)
        for number in (1, 3)
    ]

    page = processes.page(rows)

    assert page.count("| two | 1 800 | 0.90 [0.90-0.90] |") == len(processes.STORES)
    # Beside a process that reads too, not beside one that does nothing else.
    assert page.count("| one, reads another | 2 400 | 1.50 [1.50-1.50] |") == len(processes.STORES)
    assert page.count("321") == 2 * len(processes.STORES)
