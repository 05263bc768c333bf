# SPDX-License-Identifier: Apache-2.0
"""From acts, orders, ends and keys to the page of retention. Nothing is opened here; people are numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from uphold import typeset
from uphold.access import staff
from uphold.access.permission import Permission
from uphold.continuity import backup, rotate
from uphold.enquiry import desk
from uphold.policy.document import pick
from uphold.retention import act, document, due, final, orders, outlook
from uphold.retention.act import Act
from uphold.retention.ends import Rules
from uphold.retention.orders import Order
from uphold.retention.outlook import Outlook
from uphold.vault import epoch, identifier
from uphold.web import dates, pages
from uphold.web.messages import N_
from uphold.web.retention_views import (
    ActRow,
    Backups,
    Ending,
    EpochRow,
    Keys,
    OrderRow,
    Place,
    Retention,
)
from uphold.web.staffed import Visit
from uphold.web.views import Option, Problem

RETENTION: Final = "/console/retention"
RUN: Final = f"{RETENTION}/run"
ACT: Final = f"{RETENTION}/act"
ORDER: Final = f"{RETENTION}/order"
# Acts and ended orders that are listed; the command line has them all.
SHOWN: Final = 50
HOUR_MS: Final = 60 * 60 * 1000

PROBLEMS: Mapping[str, tuple[str, str]] = {
    "what": ("receipt", N_("Name a receipt, a purpose or both")),
    "receipt": ("receipt", N_("There is no submission with this receipt number")),
    "purpose": ("purpose", N_("Choose a purpose from the list")),
    "ground": ("ground", N_("Name the law or the document, in at most 1000 characters")),
    "until": ("until", N_("Enter a day that is yet to come, or none")),
}
"""What is wrong with an order that was entered: its field, and the sentence."""


def page(visit: Visit, language: str, problems: Iterable[str]) -> Retention:
    """Show how things stand; of people's data an exercise's account sees none, not even numbers of it."""
    with visit.app.database.read() as connection:
        return _Page(visit, language, connection).page(problems)


@dataclass(frozen=True, slots=True)
class _Page:
    visit: Visit
    language: str
    connection: Connection

    def page(self, problems: Iterable[str]) -> Retention:
        is_own = not self.visit.session.actor.exercise
        state = due.state(self.connection)
        acts, count = act.newest(self.connection, SHOWN) if is_own else ([], 0)
        every = orders.every(self.connection)[::-1] if is_own else ()
        standing = [one for one in every if _stands(one, self.visit.now)]
        past = [one for one in every if not _stands(one, self.visit.now)]
        names = staff.names(self.connection)
        ahead = self._ahead() if is_own else Outlook()
        may_run = is_own and self.visit.may(Permission.RETENTION_RUN)
        return Retention(
            endings=tuple(self._endings(ahead)),
            reckoned=ahead.records,
            beyond=ahead.beyond,
            swept_at=state.began_at,
            is_sweeping=state.is_held(self.visit.now),
            run_href=RUN if may_run else "",
            acts=tuple(self._act(one) for one in acts),
            more_acts=count - len(acts),
            orders=tuple(self._order(one, names, stands=True) for one in standing),
            past_orders=tuple(self._order(one, names, stands=False) for one in past[:SHOWN]),
            place=self._place(problems) if is_own else None,
            keys=self._keys(),
            backups=self._backups(),
            more=ahead.more,
        )

    def _ahead(self) -> Outlook:
        shelf = self.visit.app.shelf
        rules = Rules(shelf.edition, shelf.in_force(), desk.happened)
        return outlook.of(self.connection, rules, self.visit.now)

    def _endings(self, ahead: Outlook) -> Iterable[Ending]:
        months = [
            (dates.month(name, self.language), ahead.months[name]) for name in sorted(ahead.months)
        ]
        for when, counted in [
            ("now", ahead.due),
            ("kept", ahead.kept),
            *months,
            ("never", ahead.endless),
        ]:
            if counted:
                titled = ((self._title(purpose), count) for purpose, count in counted.items())
                yield Ending(when, tuple(sorted(titled)))

    def _title(self, purpose: str) -> str:
        for edition in self.visit.app.shelf.all():
            if purpose in edition.policy.purposes:
                policy = edition.policy
                return pick(policy.purposes[purpose].title, self.language, policy.language)
        return purpose

    def _act(self, one: Act) -> ActRow:
        app, reason = self.visit.app, one.kind.reason
        terms = final.terms(app.settings.keys, app.ring)
        at = final.on(one.done_at, terms) if one.done_at else None
        said = document.REASONS.get(reason)
        return ActRow(
            number=one.number,
            purpose=self._title(one.kind.purpose),
            reason=pick(said, self.language) if said else reason,
            done_at=one.done_at or 0,
            parts=one.parts or 0,
            final_on=_final(one, at),
            papers=tuple(_papers(one.number)),
        )

    def _order(self, one: Order, names: Mapping[int, str], *, stands: bool) -> OrderRow:
        terms, app = one.terms, self.visit.app
        receipt = ""
        if terms.record is not None:
            receipt = app.ring.identifiers.encode(identifier.RECEIPT, terms.record)
        may = stands and self.visit.may(Permission.HOLD_PLACE)
        return OrderRow(
            number=one.number,
            receipt=receipt,
            purpose=self._title(terms.purpose) if terms.purpose else "",
            ground=terms.ground,
            starts_at=terms.starts_at,
            until_at=terms.until_at or 0,
            placed_at=one.placed_at,
            placed_by=names.get(one.staff, ""),
            lifted_at=one.lifted_at,
            lifted_by=names.get(one.lifted_by, "") if one.lifted_at else "",
            lift_href=f"{ORDER}/{one.number}/lift" if may else "",
        )

    def _place(self, problems: Iterable[str]) -> Place | None:
        if not self.visit.may(Permission.HOLD_PLACE):
            return None
        declared = {
            one for edition in self.visit.app.shelf.all() for one in edition.policy.purposes
        }
        options = sorted((self._title(one), one) for one in declared)
        texts = pages.translations(self.language)
        return Place(
            action_href=ORDER,
            purposes=tuple(Option(one, title) for title, one in options),
            entered={
                name: self.visit.posted.get(name, "")
                for name in ("receipt", "purpose", "ground", "until")
            },
            problems=tuple(
                Problem(texts.gettext(text), anchor)
                for anchor, text in (PROBLEMS[code] for code in problems)
            ),
        )

    def _keys(self) -> Keys:
        app = self.visit.app
        keys, made = app.settings.keys, app.ring.epochs
        # Before the first rotation everything is under one key, and nothing needs to be counted.
        used = epoch.used(self.connection) if len(made) > 1 else None
        window = keys.burn_after_days * final.DAY_MS
        rows = [
            EpochRow(
                one.number,
                one.created_at,
                None if used is None else used.get(one.number, 0),
                made[at + 1].created_at + window if at + 1 < len(made) else 0,
            )
            for at, one in enumerate(made)
        ]
        copy = "same" if rotate.is_copied(app.settings) else "differs"
        return Keys(
            epochs=tuple(reversed(rows)),
            rotates_at=final.next_rotation(final.terms(keys, app.ring), self.visit.now) or 0,
            burn_days=keys.burn_after_days,
            copy=copy if keys.copy else "none",
        )

    def _backups(self) -> Backups:
        kept, made = self.visit.app.settings.backup, backup.newest(self.connection)
        made_at = 0 if made is None else made.made_at
        # Missed twice: once may be a process that was stopped meanwhile.
        is_late = (
            bool(kept.every_hours) and made_at < self.visit.now - 2 * kept.every_hours * HOUR_MS
        )
        is_set_up = bool(kept.recipient and kept.folder)
        return Backups(is_set_up, made_at, kept.keep_days, is_set_up and is_late)


def _stands(one: Order, now: int) -> bool:
    """Whether an order bars destruction, or will when its day has come."""
    until = one.terms.until_at
    return not one.lifted_at and (until is None or until > now)


def _final(one: Act, at: int | None) -> str:
    if at is None:
        return ""
    return "now" if at <= (one.done_at or 0) else document.day(at, "en")


def _papers(number: int) -> Iterable[tuple[str, str, str, str]]:
    for language in document.LANGUAGES:
        base = f"{ACT}/{number}/{language}"
        pdf = f"{base}/pdf" if typeset.is_there() else ""
        yield language, pdf, f"{base}/html", f"{base}/json"
