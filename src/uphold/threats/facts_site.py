# SPDX-License-Identifier: Apache-2.0
"""The site as a whole: what its settings, its policy and its people say of all of it."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import Connection

from uphold import errors
from uphold.access.permission import Role
from uphold.config import Settings
from uphold.law import protection
from uphold.law.protection import Category
from uphold.policy import folder, publish
from uphold.policy.document import PROCESSOR, Edition
from uphold.submission import record
from uphold.threats import facts_places, facts_policy, facts_work
from uphold.threats.element import SITE, Element, Fact, facts
from uphold.threats.facts_people import People
from uphold.threats.ground import Ground
from uphold.vault import headcount

FEW, NEAR, MANY = "few", "near", "many"
"""Buckets of how many people's data there are: `NEAR` from the number that the settings warn at."""
_RUSSIAN: Final = "ru-152fz"
_HOME: Final = "RU"
_SEVERAL: Final = 2
_WORDINGS: Final = "wordings/"


def element(ground: Ground, connection: Connection, people: People) -> Element:
    """Make the element of the site."""
    counted = _counted(connection, ground.settings.threats.subjects_warn)
    return Element(
        SITE,
        SITE,
        "app",
        {
            **_settings(ground.settings),
            **_mail(ground.settings),
            **_storage(ground, connection),
            **_people(people),
            **_policy(ground, connection),
            **_protection(ground, counted),
        },
    )


def bucket(people: int, warn: int) -> str:
    """Return the bucket that a number of people falls in."""
    if people >= protection.threshold():
        return MANY
    return NEAR if people >= warn else FEW


def _counted(connection: Connection, warn: int) -> int:
    """Count people up to where there are many; below the warning, records tell that there are few, and cost less."""
    records = record.count(connection, warn)
    return records if records < warn else headcount.people(connection, protection.threshold())


def _settings(settings: Settings) -> dict[str, Fact]:
    serve = facts_places.served(settings)
    host = urlsplit(settings.site.address).hostname or ""
    return {
        **facts(
            "config:site.address", https=settings.secure, loopback=facts_places.is_loopback(host)
        ),
        **facts("config:serve.proxies", behind_proxy=bool(serve.proxies)),
        # A limit can be wide, but never left out.
        **facts("config:limits", rate_limited=True),
        **facts(
            "config:console",
            second_factor_required=settings.console.second_factor == "required",
            session_minutes=settings.console.longest_minutes,
        ),
        **facts("config:proof.schedule", proof_scheduled=settings.proof.schedule),
        **facts(
            "config:site",
            public_proof=settings.site.public_proof,
            demo=settings.site.demo,
            zone_set=bool(settings.site.zone),
        ),
        **facts(
            "config:visits",
            public_statistics=settings.visits.public,
            visits_recorded=settings.visits.record,
            cookies_offered=settings.visits.record and settings.visits.cookie,
        ),
        **facts(
            "config:detection",
            detection_on=settings.detection.on,
            detection_acts=settings.detection.on and settings.detection.act,
        ),
        **facts("config:keys.copy", key_copy=bool(settings.keys.copy)),
        **facts("config:backup", backup_on=facts_work.backs_up(settings)),
        # Whether somebody outside follows the journal, nothing here can see.
        **facts("program:", journal_watched=None),
    }


def _mail(settings: Settings) -> dict[str, Fact]:
    mail = settings.mail
    remote = bool(mail.host) and not facts_places.is_loopback(mail.host)
    return facts(
        "config:mail",
        mail_relay=bool(mail.host),
        mail_remote=remote,
        mail_encrypted=facts_places.is_mail_safe(settings),
        bounces_read=bool(mail.bounces),
        officer_told=bool(mail.officer),
    )


def _storage(ground: Ground, connection: Connection) -> dict[str, Fact]:
    return {
        **facts("db:", engine=connection.dialect.name),
        **facts("config:database.url", engine_remote=facts_places.is_remote(ground.settings)),
    }


def _people(people: People) -> dict[str, Fact]:
    return {
        **facts(
            "db:access_staff",
            people=len(people.accounts),
            several_owners=len(people.of(Role.OWNER)) >= _SEVERAL,
            several_officers=len(people.of(Role.OFFICER)) >= _SEVERAL,
        ),
        **facts("db:access_client", clients=len(people.clients)),
    }


def _policy(ground: Ground, connection: Connection) -> dict[str, Fact]:
    edition = ground.edition
    if edition is None:
        unseen = facts("policy:", **dict.fromkeys(_OF_POLICY))
        return {**unseen, **facts("db:policy_force", policy_in_force=False)}
    policy = edition.policy
    others = policy.recipients.values()
    processors = sum(one.kind == PROCESSOR for one in others)
    return {
        **facts("db:policy_force", policy_in_force=True),
        **facts(
            "policy:forms",
            special=facts_policy.is_special(policy, facts_policy.asked(edition)),
            biometric=facts_policy.is_biometric(edition),
            children=facts_policy.is_about_children(edition),
        ),
        **facts(
            "policy:recipients",
            processors=processors,
            recipients=len(others) - processors,
            recipients_abroad=any(one.country != policy.country for one in others),
        ),
        **facts(
            "policy:",
            laws=tuple(sorted(policy.laws)),
            languages=len(policy.languages),
            personalisation=bool(policy.personalisation),
        ),
        **facts(
            "policy:storage.country",
            stored_abroad=_RUSSIAN in policy.laws and policy.country != _HOME,
        ),
        **facts("os:policy", draft_pending=_is_draft(ground.settings, edition, connection)),
    }


_OF_POLICY: Final = (
    *("special", "biometric", "children", "processors", "recipients", "recipients_abroad"),
    *("laws", "languages", "personalisation", "stored_abroad", "draft_pending"),
)


def _is_draft(settings: Settings, edition: Edition, connection: Connection) -> bool | None:
    """Tell whether the folder says something else than the edition; None where the folder cannot be read."""
    try:
        found, published = folder.read(settings.folder), publish.files(connection, edition.number)
    except (errors.Missing, errors.Invalid, errors.Broken):
        return None
    return _own(found) != _own(published)


def _own(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Leave out what is derived from the others."""
    return {name: raw for name, raw in files.items() if not name.startswith(_WORDINGS)}


def _protection(ground: Ground, counted: int) -> dict[str, Fact]:
    declared = ground.settings.threats
    said = facts("config:threats.threat_type", threat_type=declared.threat_type)
    seen = facts("db:vault_index", subjects=bucket(counted, declared.subjects_warn))
    categories = _categories(ground.edition)
    level = (
        protection.level(categories, counted, declared.threat_type).number if categories else None
    )
    return {**said, **seen, **facts("policy:forms", level=level)}


def _categories(edition: Edition | None) -> frozenset[Category]:
    """Return the decree's categories of what is asked; none where nothing is, or no policy is in force."""
    if edition is None or not facts_policy.asked(edition):
        return frozenset()
    found = {Category.OTHER}
    if facts_policy.is_special(edition.policy, facts_policy.asked(edition)):
        found.add(Category.SPECIAL)
    if facts_policy.is_biometric(edition):
        found.add(Category.BIOMETRIC)
    return frozenset(found)
