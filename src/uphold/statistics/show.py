# SPDX-License-Identifier: Apache-2.0
"""From true tables to what may be shown: hide, attack, draw back, attack again (pure)."""

from collections.abc import Sequence

from uphold.statistics import attack, suppress
from uphold.statistics.attack import Page, Report
from uphold.statistics.table import Shown, Table


def safe(
    tables: Sequence[Table],
    minimum: int,
    *,
    covers: frozenset[str] = frozenset(),
    before: Sequence[Page] = (),
) -> tuple[tuple[Shown, ...], Report]:
    """What may be shown of tables, and how the attacks on exactly that went.

    `covers` are the days that the tables are of, `before` is what was shown already: the one is taken from
    the other too. A table of two dimensions that an attack succeeds on keeps its margins only. If the report
    has not passed even so, nothing of it may be shown.
    """
    shown = suppress.protect(tables, minimum)
    report = _attacked(shown, minimum, covers, before)
    if report.passed:
        return shown, report
    blamed = {finding.table for finding in report.findings}
    shown = tuple(
        suppress.bare(one) if len(one.dims) == 2 and one.name in blamed else one for one in shown
    )
    return shown, _attacked(shown, minimum, covers, before)


def _attacked(
    shown: Sequence[Shown], minimum: int, covers: frozenset[str], before: Sequence[Page]
) -> Report:
    pages = [Page(covers, one) for one in shown] if covers else []
    return attack.report(shown, minimum, pages=[*pages, *before])
