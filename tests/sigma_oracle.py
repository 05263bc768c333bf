# SPDX-License-Identifier: Apache-2.0
"""What Sigma's own reference implementation finds in events: rules become SQL by pySigma, and SQLite runs it.

oracle = Oracle(yaml, events)
oracle.described("name")        ids of the events that a rule describes
oracle.correlated("name")       Row(group, at, ids) for every window in which a correlation holds
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sigma.backends.sqlite.runtime import execute_plan
from sigma.backends.sqlite.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

Value = str | int | bool


class Row(NamedTuple):
    """A window in which a correlation holds: it ends at `at` (ms); `ids` are the events behind it."""

    group: tuple[tuple[str, Value], ...]
    at: int
    ids: frozenset[str]


class Oracle:
    """Events in a table of SQLite, and rules as SQL; `fields` are names that rules ask for, in events or not."""

    def __init__(
        self, rules: str, events: Iterable[Mapping[str, Value]], fields: Iterable[str] = ()
    ) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.create_function("regexp", 2, _found)
        rows = list(events)
        columns = sorted({name for row in rows for name in row} | {"at", "id", *fields})
        # No type and no collation: a number stays one, and rules say themselves how texts are compared.
        names = ", ".join(f"`{name}`" for name in columns)
        self._database.execute(f"CREATE TABLE logs ({names})")
        marks = ", ".join("?" for _ in columns)
        values = [[row.get(name) for name in columns] for row in rows]
        self._database.executemany(f"INSERT INTO logs VALUES ({marks})", values)
        told = json.loads(str(_backend().convert(SigmaCollection.from_yaml(rules), "zircolite")))
        self._plans: dict[str, Any] = {
            one["title"]: one["correlation_plan"] for one in told if "correlation_plan" in one
        }
        plain = SigmaCollection.from_yaml(rules)
        _backend().convert(plain)
        self._queries: dict[str, list[str]] = {
            str(rule.title): [str(query) for query in rule.get_conversion_result()]
            for rule in plain.rules
            if str(rule.title) not in self._plans
        }

    def described(self, title: str) -> set[str]:
        """Ids of the events that a rule describes."""
        found = set()
        for query in self._queries[title]:
            where = query.split(" WHERE ", 1)[-1]
            chosen = f"SELECT id FROM logs WHERE {where}"
            found |= {row[0] for row in self._database.execute(chosen)}
        return found

    def correlated(self, title: str) -> set[Row]:
        """Every window in which a correlation holds."""
        rows, _ = execute_plan(  # type: ignore[no-untyped-call]  # pySigma's backend tells no types
            self._database, self._plans[title], include_events=False
        )
        return {
            Row(
                tuple(sorted(row["group_keys"].items())),
                round(row["occurrence_time"] * 1000),
                frozenset(one.split(":", 1)[1] for one in row["event_ids"]),
            )
            for row in rows
        }


def _backend() -> sqliteBackend:
    return sqliteBackend(  # type: ignore[no-untyped-call]  # pySigma's backend tells no types
        collate_nocase=True, timestamp_field="at", timestamp_format="unix_ms", event_id_field="id"
    )


def _found(pattern: str, value: object) -> bool:
    return value is not None and re.search(pattern, str(value)) is not None
