# SPDX-License-Identifier: Apache-2.0
"""Editions, broken: their dates, which one is in force, and what a consent was given on; and the law's view."""

from collections.abc import Callable, Iterable
from typing import Any

from tests import site as sites
from tests.sabotage.sabotage import Ground, Sabotage
from uphold import errors
from uphold.policy import digest, force
from uphold.policy.document import Edition
from uphold.web import documents

DAY = 86_400_000


def print_another_date(ground: Ground) -> None:
    ground.template(
        "policy.html",
        "{{ page.edition.updated_on|day }}",
        "{{ (page.edition.updated_on[:4] ~ '-01-01')|day }}",
    )


def backdate_in_the_database(ground: Ground) -> None:
    ground.sql(
        f"UPDATE policy_edition SET published_at = published_at - {30 * DAY},"
        f" effective_at = effective_at - {30 * DAY} WHERE number = 2"
    )


def drop_the_date(ground: Ground) -> None:
    ground.template("policy.html", "{% if page.edition.updated_on %}", "{% if false %}")


def put_the_old_one_back(ground: Ground) -> None:
    """By the database: the newer edition is said to come in force some day, and never to have been."""
    ground.sql(
        f"UPDATE policy_edition SET effective_at = {sites.now() + 365 * DAY} WHERE number = 2"
    )
    ground.patch.setattr(force, "since", lambda _: {})


def show_what_is_to_come(ground: Ground) -> None:
    """A later edition is served from the moment it is published, whatever day it names."""
    title = 'title.en = "Ask us"'
    ground.publish(
        ("forms/feedback.toml", title, 'title.en = "Tell us"'), check=True, at=sites.now() + DAY
    )

    def standing(before: Any, editions: Iterable[Edition], *more: Any) -> Edition:
        return max(editions, key=lambda edition: edition.number)

    ground.wrap(force, "standing", standing)


def hide_the_past(ground: Ground) -> None:
    def editions(before: Callable[..., Any], every: Any, current: Any, language: str) -> Any:
        return before([one for one in every if one.number == current.number], current, language)

    ground.wrap(documents, "editions", editions)


def move_consents_along(ground: Ground) -> None:
    ground.sql("UPDATE consent_event SET edition = 2 WHERE edition = 1")


def edit_a_text(ground: Ground) -> None:
    """In the database: one word of a text that people have agreed to, its edition's digest mended to match."""
    raw = ground.look("SELECT bytes FROM policy_edition WHERE number = 2")
    files = digest.unpack(raw)
    name = "wordings/feedback.communication.ru.md"
    files[name] = files[name].decode().replace("30 дней", "30 лет").encode()
    packed = digest.pack(files)
    assert packed != raw
    ground.sql(
        f"UPDATE policy_edition SET bytes = X'{packed.hex()}', digest = '{digest.of(packed)}'"
        " WHERE number = 2"
    )


def forget_old_texts(ground: Ground) -> None:
    def wording(before: Callable[..., Any], every: Any, current: Any, digest: str) -> Any:
        shown = before(every, current, digest)
        if not shown.current:
            raise errors.Missing("There is no such wording.")
        return shown

    ground.wrap(documents, "wording", wording)


def claim_consent_by_use(ground: Ground) -> None:
    ground.publish(
        (
            "policy/policy.md",
            "Reading the Site is not consent to anything.",
            "Use of the Site means the unconditional consent of the user to this policy.",
        )
    )


SABOTAGES = (
    Sabotage(
        "editions.date-printed/another",
        "editions.date-printed",
        "The page prints another day as the last update",
        print_another_date,
    ),
    Sabotage(
        "editions.date-printed/backdated",
        "editions.date-printed",
        "An edition is dated back by raw SQL, the triggers dropped",
        backdate_in_the_database,
    ),
    Sabotage(
        "editions.date-printed/none",
        "editions.date-printed",
        "The page prints no date of the last update",
        drop_the_date,
    ),
    Sabotage(
        "editions.in-force/put-back",
        "editions.in-force",
        "The edition before is put back in force by raw SQL",
        put_the_old_one_back,
    ),
    Sabotage(
        "editions.in-force/too-soon",
        "editions.in-force",
        "An edition that is to come tomorrow is served today",
        show_what_is_to_come,
    ),
    Sabotage(
        "editions.in-force/unlisted",
        "editions.in-force",
        "The list leaves out the editions that were replaced",
        hide_the_past,
    ),
    Sabotage(
        "editions.consent-keeps/moved",
        "editions.consent-keeps",
        "Consents are moved to the newest edition by raw SQL",
        move_consents_along,
    ),
    Sabotage(
        "editions.consent-keeps/edited",
        "editions.consent-keeps",
        "The text that people agreed to is edited in the database, digest and all",
        edit_a_text,
    ),
    Sabotage(
        "editions.consent-keeps/forgotten",
        "editions.consent-keeps",
        "A text that people agreed to is no longer served",
        forget_old_texts,
    ),
    Sabotage(
        "law.profile-clear/by-use",
        "law.profile-clear",
        "An edition is published that takes use of the site for consent",
        claim_consent_by_use,
    ),
)
