# SPDX-License-Identifier: Apache-2.0
"""The sections of the benchmark, in the order in which they are measured and shown.

A section is a module of this package: `NAME` is its word on the command line, `TITLE` its heading, `run` measures and
returns what can be written as JSON, `page` makes of that the Markdown under the heading.
"""

from typing import Any, Protocol

from bench import (
    appends,
    connections,
    consents,
    disk,
    erasure,
    figures,
    history,
    hosting,
    killed,
    limits,
    noise,
    package,
    processes,
    protection,
    prove,
    readings,
    rules,
    start,
    submissions,
    visits,
)
from bench.course import Course


class Section(Protocol):
    """What a module has to have to be a section."""

    NAME: str
    TITLE: str

    def run(self, course: Course) -> Any:
        """Measure; raises `process.Failed` when that is not possible."""

    def page(self, rows: Any) -> str:
        """Return Markdown for what `run` returned, read from JSON again."""


SECTIONS: tuple[Section, ...] = (
    submissions,
    processes,
    protection,
    consents,
    visits,
    readings,
    package,
    erasure,
    limits,
    appends,
    history,
    figures,
    noise,
    rules,
    start,
    connections,
    disk,
    killed,
    prove,
    hosting,
)

NAMED = {section.NAME: section for section in SECTIONS}
