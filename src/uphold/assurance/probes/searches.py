# SPDX-License-Identifier: Apache-2.0
"""Probes of searches: an address leads to enquiries for a purpose, journaled first, and not without end."""

from dataclasses import dataclass

from uphold.access.permission import Role
from uphold.assurance import console, formless, trail
from uphold.assurance.console import Desk
from uphold.assurance.probe import (
    N_,
    Cost,
    Kind,
    Outcome,
    Probe,
    Said,
    judged,
    not_applicable,
    not_shown,
    said,
)
from uphold.assurance.scene import Scene, Submitted

SEARCH = "/console/search"
MADE, REFUSED = "search.made", "copy.refused"
UNDECLARED = "exercise-undeclared"
# A limit so high that reaching it would take longer than a probe may.
_MOST_TRIES = 200
_ADDRESSES = ("email", "phone")


@dataclass(frozen=True, slots=True)
class Looked:
    """One search for the address of the run's own submission, and one for an address that nobody gave.

    `entries` is how many entries of it the journal has, `hits` what they say, `values` whether the page shows any of
    what the person wrote, `kept` whether the address stands in an entry.
    """

    status: int
    listed: bool
    values: bool
    entries: int
    proven: bool
    hits: int
    kept: bool
    stranger_listed: bool


def _look(scene: Scene) -> Looked | None:
    """None where no form asks for an address, or a clerk reads for no purpose."""
    purpose = trail.served(scene, Role.CLERK)
    key = next((one.key for one in scene.form().fields if one.type in _ADDRESSES), "")
    if not (purpose and key):
        return None
    own, desk = scene.submission(), Desk(scene, Role.CLERK)
    address = own.values[key]
    before = trail.size(scene)
    answer = desk.post(SEARCH, contact=address, purpose=purpose)
    fresh = [one for one in trail.since(scene, before, MADE) if one.codes["staff"] == desk.staff]
    kept = any(address.encode() in raw for _, raw in trail.raw(scene, before))
    nobody = desk.post(SEARCH, contact=f"nobody-{address}", purpose=purpose)
    path = desk.path(own.record)
    return Looked(
        status=answer.status,
        listed=path in answer.text,
        values=any(one in answer.text for one in own.marks),
        entries=len(fresh),
        proven=all(one.proven for one in fresh),
        hits=sum(int(one.codes["hits"]) for one in fresh),
        kept=kept,
        stranger_listed="/console/enquiry/" in nobody.text,
    )


def judge_look(looked: Looked | None) -> Outcome:
    """Judge: found, by one entry that says so, and nothing of the person but that there is an enquiry."""
    if looked is None:
        return not_applicable(said(N_("No form asks for an address that a clerk could look for.")))
    if looked.status != 200:
        return not_shown(said(N_("A search was answered %(status)s."), status=looked.status))
    faults = []
    if looked.entries != 1 or not looked.proven:
        text = N_("One search left another number of proven entries than one: %(count)s.")
        faults.append(said(text, count=looked.entries if looked.proven else 0))
    elif looked.listed != (looked.hits == 1):
        faults.append(said(N_("The entry of a search does not say what was shown.")))
    if looked.values:
        faults.append(said(N_("A search shows what a person wrote.")))
    if looked.kept:
        faults.append(said(N_("The address that was looked for stands in the journal.")))
    if looked.stranger_listed:
        faults.append(said(N_("A search for an address that nobody gave shows enquiries.")))
    if not (faults or looked.listed):
        return not_shown(said(N_("A search did not find the enquiry that the run had sent.")))
    seen = N_(
        "A search found the enquiry, left one entry in the signed journal first, and kept the address nowhere."
    )
    return judged(faults, said(seen))


@dataclass(frozen=True, slots=True)
class Guess:
    """One search that should find nothing out; `why` says what it lacks."""

    why: str
    status: int
    listed: bool
    entries: int


@dataclass(frozen=True, slots=True)
class Guessed:
    """What came of searches without a right to one, and after how many an account had to stop (0: never)."""

    guesses: tuple[Guess, ...]
    limit: int
    stopped: int


def _guess(scene: Scene) -> Guessed:
    own, desk = scene.submission(), Desk(scene, Role.CLERK)
    key = next((one.key for one in scene.form().fields if one.type in _ADDRESSES), "")
    address = own.values.get(key, "nobody@exercise.invalid")
    guesses = [_try(scene, desk, own, address, "no-purpose", "")]
    others = [*trail.unreadable(scene, Role.CLERK), UNDECLARED]
    guesses += [_try(scene, desk, own, address, "not-the-roles", one) for one in others]
    limit = scene.settings.copies.searches_per_hour
    # Another account, so that other probes may still search: each try counts, found or refused.
    flood = Desk(scene, Role.OFFICER)
    fields = {console.CSRF: console.token(flood.visitor), "purpose": UNDECLARED}
    stopped = 0
    for count in range(min(limit, _MOST_TRIES) + 1):
        one = {**fields, "contact": f"guess-{count}@exercise.invalid"}
        if flood.visitor.post(SEARCH, one).status == 429:
            stopped = count
            break
    return Guessed(tuple(guesses), limit, stopped)


def _try(scene: Scene, desk: Desk, own: Submitted, address: str, why: str, purpose: str) -> Guess:
    before = trail.size(scene)
    answer = desk.post(SEARCH, contact=address, purpose=purpose)
    told = [one for one in trail.since(scene, before, REFUSED) if one.codes["staff"] == desk.staff]
    proven = sum(one.proven for one in told)
    return Guess(why, answer.status, desk.path(own.record) in answer.text, proven)


def judge_guesses(guessed: Guessed) -> Outcome:
    """Judge: nothing is found out without a purpose of one's own, each refusal is journaled, and tries end."""
    faults: list[Said] = []
    for one in guessed.guesses:
        if one.listed or one.status == 200:
            text = N_("A search without a purpose of the role (%(why)s) was answered %(status)s.")
            faults.append(said(text, why=one.why, status=one.status))
        elif one.why != "no-purpose" and one.entries != 1:
            text = N_("A refused search left another number of proven entries than one: %(count)s.")
            faults.append(said(text, count=one.entries))
    if guessed.limit > _MOST_TRIES and not guessed.stopped:
        text = N_("The limit of %(limit)s searches an hour is too high to be tried.")
        return (
            judged(faults, said(text, limit=guessed.limit))
            if faults
            else not_shown(said(text, limit=guessed.limit))
        )
    if not guessed.stopped:
        text = N_("After %(limit)s searches in an hour a further one is let through.")
        faults.append(said(text, limit=guessed.limit))
    seen = N_(
        "Searches without a purpose of the role that found nothing: %(count)s; searches until the limit: %(tries)s."
    )
    return judged(faults, said(seen, count=len(guessed.guesses), tries=guessed.stopped))


FOUND = Probe(
    id="search.for-a-purpose.found",
    promise="search.for-a-purpose",
    kind=Kind.EXAMINE,
    does=N_(
        "Looks for the address of its own submission, and for one that nobody gave, and reads the journal of it."
    ),
    act=formless.spared(_look),
    oracle=judge_look,
)
GUESSED = Probe(
    id="search.for-a-purpose.guessed",
    promise="search.for-a-purpose",
    kind=Kind.ATTACK,
    does=N_(
        "Searches without a purpose, for purposes of others, and one time more than an hour allows."
    ),
    act=formless.spared(_guess),
    oracle=formless.judged(judge_guesses),
    cost=Cost.HEAVY,
)
PROBES = (FOUND, GUESSED)
