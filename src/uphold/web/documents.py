# SPDX-License-Identifier: Apache-2.0
"""From the domain to the pages of what is published or kept: policy, editions, wordings, receipts (pure)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from markupsafe import Markup

from uphold import errors
from uphold.consent import ledger
from uphold.consent.ledger import Act
from uphold.policy import compare, page
from uphold.policy.compare import Comparison
from uphold.policy.document import Edition, Wording, pick
from uphold.submission import form
from uphold.submission.record import Facts
from uphold.web import changes, drafts, present, views

_COMPARED: dict[tuple[str, str], Comparison] = {}
_MOST_COMPARED = 64


def tour(edition: Edition, language: str, folder: str, key: str) -> views.Tour:
    """Show the demo's guided tour around its first form."""
    first = next(iter(edition.forms.values()))
    return views.Tour(
        form_href=f"/f/{first.key}",
        form_title=pick(first.title, language, edition.policy.language),
        edition=edition.number,
        clauses=len(edition.texts[edition.policy.language]),
        folder=folder,
        key=key,
    )


def home(edition: Edition, language: str) -> views.Home:
    """Show what an ordinary site's `/` links to."""
    fallback = edition.policy.language
    links = [
        views.FormLink(
            f"/f/{declared.key}",
            pick(declared.title, language, fallback),
            pick(declared.intro, language, fallback),
        )
        for declared in edition.forms.values()
    ]
    shown = page.view(edition, language)
    return views.Home(shown.title, edition.number, _day(edition), tuple(links))


def policy(edition: Edition, current: Edition, language: str) -> views.Policy:
    """Show one edition as a document."""
    shown = page.view(edition, language)
    return views.Policy(
        title=shown.title,
        language=shown.language,
        edition=facts(edition, current),
        clauses=tuple(
            views.Clause(
                anchor=clause.anchor,
                number=clause.number,
                # The policy room has made this HTML safe; everything else is escaped by the template.
                paragraphs=tuple(Markup(text) for text in clause.paragraphs),  # noqa: S704 - see above
                heading=clause.heading,
                depth=clause.depth,
            )
            for clause in shown.clauses
        ),
        purposes=tuple(
            views.PurposeRow(purpose.title, purpose.ground, purpose.data, purpose.term)
            for purpose in shown.purposes
        ),
        processors=tuple(
            views.ProcessorRow(
                one.id, one.name, one.place, one.task, one.sees, is_stated=one.is_stated
            )
            for one in shown.processors
        ),
    )


def editions(
    every: Iterable[Edition],
    current: Edition,
    language: str,
    since: Callable[[int], int] = lambda _: 0,
) -> views.Editions:
    """Show the list of editions; `since` says by number when each came into force (0: never)."""
    title = page.view(current, language).title
    rows = tuple(facts(edition, current, since(edition.number)) for edition in every)
    return views.Editions(title, rows)


def comparison(
    old: Edition, new: Edition, current: Edition, language: str
) -> drafts.PublicComparison:
    """Show what one edition says otherwise than another."""
    return drafts.PublicComparison(
        old=facts(old, current),
        new=facts(new, current),
        back_href=f"/policy/compare/{new.number}/{old.number}",
        differences=changes.shown(_compared(old, new), old, new, language),
    )


def wording(every: Iterable[Edition], current: Edition, digest: str) -> views.Wording:
    """Show the wording with this digest as its newest edition has it; `errors.Missing` if there is none."""
    for edition in every:
        if digest in edition.wordings:
            return _wording(edition, edition.wordings[digest], current)
    raise errors.Missing("There is no such wording.", "Follow the link from a form or receipt.")


def receipt(
    edition: Edition,
    facts: Facts,
    acts: list[Act],
    standing: views.Proof,
    language: str,
    wanted: str = "",
) -> views.Receipt:
    """Show what was agreed to. `standing` says where the entry stands; its file name begins with the number.

    `wanted` is an address to go on to; it becomes a link only if the form allows it.
    """
    spoken = edition.policy.language
    offer = form.derive(edition, facts.form, language)
    agreed = tuple(
        _proved(one, acts, standing.proof_href) for one in agreements(edition, acts, language)
    )
    return views.Receipt(
        number=standing.file.partition(".")[0],
        received_at=facts.received_at,
        form_title=pick(offer.form.title, language, spoken),
        edition=edition.number,
        policy_href=f"/policy?edition={edition.number}",
        agreements=agreed,
        notices=tuple(present.notices(offer)),
        withdraw=(pick(edition.policy.withdrawal.how, language, spoken),) if agreed else (),
        contact=edition.policy.operator.contact,
        proof=standing,
        back_href=wanted if wanted in offer.form.next else "",
    )


def agreements(edition: Edition, acts: Iterable[Act], language: str) -> tuple[views.Agreement, ...]:
    """Show each consent of a record, and since when it is withdrawn."""
    every = list(acts)
    return tuple(
        _agreement(edition, act, _next(every, place), language)
        for place, act in enumerate(every)
        if act.act == ledger.GIVEN
    )


def _next(acts: Sequence[Act], place: int) -> Act | None:
    """What became of a consent: the next act for its purpose."""
    later = acts[place + 1 :]
    return next((act for act in later if act.purpose == acts[place].purpose), None)


def _proved(shown: views.Agreement, acts: Sequence[Act], proof: str) -> views.Agreement:
    """Link the proofs of what the form's own entry does not say: a later consent, a withdrawal."""
    first = next(act for act in acts if act.purpose == shown.id)
    given = first.entry == shown.entry
    return replace(
        shown,
        proof_href="" if given else f"{proof}?entry={shown.entry}",
        withdrawn_proof_href=f"{proof}?entry={shown.ended_entry}" if shown.withdrawn_at else "",
    )


def _agreement(edition: Edition, act: Act, later: Act | None, language: str) -> views.Agreement:
    is_withdrawn = later is not None and later.act == ledger.WITHDRAWN
    return views.Agreement(
        id=act.purpose,
        entry=act.entry,
        purpose=present.title(edition, act.purpose, language),
        wording_href=f"/wording/{act.wording}",
        wording_digest=act.wording,
        edition=act.edition,
        policy_href=f"/policy?edition={act.edition}",
        given_at=act.at,
        language=act.language,
        withdrawn_at=later.at if later and is_withdrawn else 0,
        replaced_at=later.at if later and not is_withdrawn else 0,
        ended_entry=later.entry if later else 0,
    )


def _wording(edition: Edition, found: Wording, current: Edition) -> views.Wording:
    fallback = edition.policy.language
    is_current = found.digest in current.wordings
    return views.Wording(
        title=found.title,
        text=found.text,
        language=found.language,
        digest=found.digest,
        form_title=pick(edition.form(found.form).title, found.language, fallback),
        form_href=f"/f/{found.form}" if is_current else "",
        purpose=present.title(edition, found.purpose, found.language),
        edition=edition.number,
        policy_href=f"/policy?edition={edition.number}",
        current=is_current,
    )


def facts(edition: Edition, current: Edition, since_at: int = 0) -> views.EditionFacts:
    states = {0: "in-force", 1: "coming", -1: "past"}
    state = states[(edition.number > current.number) - (edition.number < current.number)]
    return views.EditionFacts(
        number=edition.number,
        digest=edition.digest,
        published_at=edition.published_at,
        effective_at=edition.effective_at,
        state=state,
        updated_on=_day(edition),
        href=f"/policy?edition={edition.number}",
        since_at=since_at,
        compare_href=f"/policy/compare/{edition.number - 1}/{edition.number}"
        if edition.number > 1
        else "",
    )


def _compared(old: Edition, new: Edition) -> Comparison:
    """Compare two editions once: neither ever changes."""
    key = (old.digest, new.digest)
    if key not in _COMPARED:
        if len(_COMPARED) >= _MOST_COMPARED:
            _COMPARED.clear()
        _COMPARED[key] = compare.compare(old, new)
    return _COMPARED[key]


def _day(edition: Edition) -> str:
    updated = page.updated_on(edition)
    return updated.isoformat() if updated else ""
