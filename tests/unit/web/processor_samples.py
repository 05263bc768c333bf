# SPDX-License-Identifier: Apache-2.0
"""The register of processors as the console shows it: stated or not, and machines that are somebody's or nobody's."""

from dataclasses import replace

from tests import editions
from uphold.web import drafts, processors, views

SERVICES = (
    drafts.ServiceRow("mail", "processor", "mail-relay"),
    drafts.ServiceRow("database", "unsaid", ""),
)


def rows(language: str) -> tuple[views.ProcessorRow, ...]:
    stated = processors.rows(editions.example(), language)
    return (*stated, replace(stated[0], id="older", is_stated=False, sees=()))
