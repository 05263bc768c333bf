# SPDX-License-Identifier: Apache-2.0
"""What notices say and to whom they go, found out when their turn comes (for `mail.delivery`).

A notice goes to the address in the record that it is about, by a permit for that one field; a link to the address
that asked for it; one about an erased record to the address sealed with it; one to the operator to
`[mail] officer`, else to the address that the policy names. One about a record of an exercise goes to nobody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from uphold import errors
from uphold.config import Settings
from uphold.database.transaction import Transaction
from uphold.law import profile
from uphold.mail.delivery import EXERCISE, NOTHING_HELD, Refused, Teller, Told
from uphold.mail.notice import Kind
from uphold.mail.outbox import MAILER, Item
from uphold.mail.template import Templates, Values, day, minute
from uphold.policy.document import Edition, pick
from uphold.rights import identity, request as requests
from uphold.rights.machine import Kind as Right
from uphold.submission import record as submissions
from uphold.submission.record import Facts
from uphold.vault import address, remains
from uphold.vault.permit import Permit
from uphold.vault.unlock import KeyRing

ASKED: Final = "subject-request"
"""The ground of a permit by which a person's own data are opened."""
ENTRANCE: Final = "/my/enter"
"""Where a mailed link leads, with `?token=`."""

_EMAIL = "email"
_OFFICER = frozenset({Kind.DUE_SOON, Kind.BOUNCED, Kind.GLASS_BROKEN, Kind.INCIDENT_DUE})
_REQUESTS = frozenset(
    {Kind.REQUEST_RECEIVED, Kind.REQUEST_DONE, Kind.REQUEST_REFUSED, Kind.REQUEST_EXTENDED}
)
_RIGHTS: Mapping[str, Mapping[Right, str]] = {
    "en": {
        Right.ACCESS: "to see what is held about you",
        Right.RECTIFICATION: "to correct your data",
        Right.WITHDRAWAL: "to withdraw your consent",
        Right.ERASURE: "to erase your data",
        Right.RESTRICTION: "to suspend the use of your data",
        Right.OBJECTION: "an objection to the use of your data",
        Right.PORTABILITY: "to take your data away",
        Right.COMPLAINT: "a complaint",
    },
    "ru": {
        Right.ACCESS: "сообщить, какие данные о вас хранятся",
        Right.RECTIFICATION: "исправить ваши данные",
        Right.WITHDRAWAL: "отзыв согласия",
        Right.ERASURE: "уничтожить ваши данные",
        Right.RESTRICTION: "приостановить использование ваших данных",
        Right.OBJECTION: "возражение против использования ваших данных",
        Right.PORTABILITY: "передать ваши данные вам",
        Right.COMPLAINT: "жалоба",
    },
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What notices are told from: the site, its key ring, its editions, its templates."""

    settings: Settings
    ring: KeyRing
    edition: Callable[[int], Edition]
    in_force: Callable[[], Edition]
    templates: Templates


def teller(ground: Ground) -> Teller:
    """Make the one that tells the mailer about each notice."""

    def tell(tx: Transaction, item: Item) -> Told | Refused:
        if item.notice not in list(Kind):
            return Refused("notice-unknown", lasting=True)
        return _tell(tx, ground, item, Kind(item.notice))

    return tell


def officer(settings: Settings, current: Edition) -> str:
    """The address that notices to the operator go to: as configured, else as the policy names it."""
    return settings.mail.officer or current.policy.operator.contact


def _tell(tx: Transaction, ground: Ground, item: Item, kind: Kind) -> Told | Refused:
    facts = submissions.facts(tx, [item.record]).get(item.record)
    if facts is not None and facts.is_exercise:
        return Refused(EXERCISE, lasting=True)
    where = _where(tx, ground, item, kind, facts)
    if isinstance(where, Refused):
        return where
    told = _values(tx, ground, item, kind)
    if isinstance(told, Refused):
        return told
    values = {**_common(ground, item), **told}
    return Told(where, lambda: ground.templates.words(kind, item.language, values))


def _where(
    tx: Transaction, ground: Ground, item: Item, kind: Kind, facts: Facts | None
) -> Permit | Callable[[], str] | Refused:
    if kind in _OFFICER:
        return lambda: officer(ground.settings, ground.in_force())
    if kind == Kind.MY_LINK:
        link = identity.link(tx, ground.ring, int(item.codes["link"]), tx.now)
        if not item.record:
            return Refused(NOTHING_HELD, lasting=True)
        if link is None:
            return Refused("link-over", lasting=True)
        return lambda: link.contact.text
    if item.sealed:
        kept = address.open(ground.ring, item.number, item.sealed)
        return Refused("part-destroyed", lasting=True) if kept is None else lambda: kept.text
    if facts is None:
        return Refused("part-destroyed", lasting=True)
    return _permit(tx, ground, facts)


def _permit(tx: Transaction, ground: Ground, facts: Facts) -> Permit | Refused:
    """Permit the reading of the first e-mail address that the record still holds."""
    given = ground.edition(facts.edition)
    live = {purpose for _, purpose in remains.live(tx, facts.number)}
    if not live:
        return Refused("part-destroyed", lasting=True)
    for one in given.forms[facts.form].fields if facts.form in given.forms else ():
        held = [purpose for purpose in one.purposes if purpose in live]
        if one.type == _EMAIL and held:
            named = frozenset({one.key})
            return Permit(MAILER, held[0], facts.number, named, facts.edition, ASKED)
    return Refused("no-address", lasting=True)


def _common(ground: Ground, item: Item) -> Values:
    current, language = ground.in_force(), item.language
    policy, site = current.policy, ground.settings.site.address.rstrip("/")
    return {
        "operator": pick(policy.operator.name, language, policy.language),
        "contact": policy.operator.contact,
        "site": urlsplit(site).hostname or site,
        "address": site,
        "my": f"{site}/my",
        "console": f"{site}/console",
        "day": day(_moment(ground, item.created_at), language),
    }


def _values(tx: Transaction, ground: Ground, item: Item, kind: Kind) -> Values | Refused:
    """What only this kind of notice says."""
    language, codes = item.language, item.codes
    if kind == Kind.MY_LINK:
        link = identity.link(tx, ground.ring, int(codes["link"]), tx.now)
        if link is None:
            return Refused("link-over", lasting=True)
        site = ground.settings.site.address.rstrip("/")
        until = minute(_moment(ground, link.expires_at), language)
        return {"link": f"{site}{ENTRANCE}?token={link.secret}", "until": until}
    if kind in _REQUESTS:
        return _request(tx, int(codes["request"]), language)
    if kind == Kind.WITHDRAWN:
        policy = ground.in_force().policy
        purpose = policy.purposes.get(str(codes["purpose"]))
        title = "" if purpose is None else pick(purpose.title, language, policy.language)
        return {"purpose": title or str(codes["purpose"])}
    if kind == Kind.ERASED:
        final = str(codes.get("final", ""))
        return {"final": day(date.fromisoformat(final), language) if final else ""}
    if kind in {Kind.DUE_SOON, Kind.INCIDENT_DUE}:
        return {"soon": int(codes.get("soon", 0)), "late": int(codes.get("late", 0))}
    return {}


def _request(tx: Transaction, number: int, language: str) -> Values | Refused:
    try:
        found = requests.find(tx, number).request
    except errors.Missing:
        return Refused("request-gone", lasting=True)
    first = found.alarm
    return {
        "number": number,
        "what": pick({tag: words[found.kind] for tag, words in _RIGHTS.items()}, language),
        "due": "" if first is None else day(first.last_day, language),
        "ground": _ground(found.profiles, found.ground, language),
    }


def _ground(profiles: tuple[str, ...], ground: str, language: str) -> str:
    for name in profiles if ground else ():
        for one in profile.profile(name).grounds:
            if one.id == ground:
                return f"{pick(one.title, language)} ({one.source})"
    return ""


def _moment(ground: Ground, at: int) -> datetime:
    """A time of the operator's days, in UTC where no zone is named (`at` is unix ms)."""
    name = ground.settings.site.zone
    return datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(name) if name else UTC)
