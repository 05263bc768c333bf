# SPDX-License-Identifier: Apache-2.0
"""The register of processors for the console: who, by which contract, what it can read, which machine is its own."""

from uphold import errors
from uphold.config import Settings
from uphold.policy import hosts, page
from uphold.policy.document import Edition
from uphold.web import drafts, views


def services(edition: Edition, settings: Settings) -> tuple[drafts.ServiceRow, ...]:
    """List the other machines that the site speaks to, with whose they are; none where a secret cannot be read."""
    try:
        found = hosts.services(settings)
    except errors.Invalid:
        # Whoever serves the site is told so at once; this page has nothing to add.
        return ()
    return tuple(
        drafts.ServiceRow(one.section, hosts.owner(edition.policy, one), one.run_by)
        for one in found
    )


def rows(edition: Edition, language: str) -> tuple[views.ProcessorRow, ...]:
    """List the processors of an edition, in its first language if it has no text in this one."""
    spoken = language if language in edition.texts else edition.policy.language
    return tuple(
        views.ProcessorRow(
            id=one.id,
            name=one.name,
            place=one.place,
            task=one.task,
            sees=one.sees,
            contract=one.contract,
            instruction=one.instruction,
            purposes=one.purposes,
            is_stated=one.is_stated,
        )
        for one in page.processors(edition.policy, spoken)
    )
