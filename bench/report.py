# SPDX-License-Identifier: Apache-2.0
"""The page: what was measured last of every section, and on what."""

from collections.abc import Mapping
from typing import Any

from bench import goals, markdown
from bench.kept import Records
from bench.sections import SECTIONS

HEAD = """# Benchmarks

Written by `make bench`. A figure is the median over the rounds of one run in which all variants that
take load were interleaved in random order on the same machine; a ratio is taken within each round, and its
median is shown with the smallest and the largest. A long journal, and the plain site's erasures, are
measured once and by themselves. "CPU" is user and system time of the server's whole
process tree, PostgreSQL included, per successful request.

Uphold's submission is everything it does in production: validation, the signed token, a consent with
its wording, parts sealed under keys of their own, journal entries, a signed head, one durable commit,
and only then 201. Two things are not as in production: limits of posts per minute are raised, since
one client sends them all, and the site does not examine itself meanwhile. Django's is a `forms.Form`,
two `INSERT`s in one `atomic()`, plain text, no journal.
Any answer but 201 fails the run, and after each load the rows stored are compared with the requests
acknowledged. Clients and servers share the processors.

`python -m bench --only NAME` measures a section by itself and puts it in place of the one before, so
each says when, on which machine and at which load average it was measured. The figures of every round
are in `bench/results`. "At src" names the tree that was measured (`git rev-parse HEAD:src`), with a plus where it
was not committed yet; older figures name a commit that became part of another one.
"""

Machine = tuple[tuple[str, str], ...]


def render(records: Records) -> str:
    """Return the whole page; sections that were never run are left out."""
    machines = sorted({_machine(record) for record in records.values()})
    letters = {machine: chr(ord("A") + place) for place, machine in enumerate(machines)}
    parts = [HEAD, _described(letters)]
    met = goals.page(records)
    if met:
        parts.append(f"## {goals.TITLE}\n\n{met}")
    for section in SECTIONS:
        record = records.get(section.NAME)
        if record:
            told = _told(section.NAME, record, letters[_machine(record)])
            parts.append(f"## {section.TITLE}\n\n{told}\n\n{section.page(record['rows'])}")
    return "\n".join(parts)


def _machine(record: Mapping[str, Any]) -> Machine:
    return tuple(record["machine"].items())


def _described(letters: Mapping[Machine, str]) -> str:
    """Show the machines side by side."""
    names = list(dict.fromkeys(name for machine in letters for name, _ in machine))
    lines = [[name, *(dict(machine).get(name, "-") for machine in letters)] for name in names]
    return "## Machines\n\n" + markdown.table(["", *letters.values()], lines)


def _told(name: str, record: Mapping[str, Any], letter: str) -> str:
    """Say when and how it was measured."""
    said = [f"`{name}`, {record['date']}", f"machine {letter}", f"{record['rounds']} rounds"]
    if record.get("load") is not None:
        said.append(f"load average {float(record['load']):.1f} before")
    if record.get("revision"):
        said.append(f"at {record['revision']}")
    return "*" + ", ".join(said) + (".* **A quick look only.**" if record.get("quick") else ".*")
