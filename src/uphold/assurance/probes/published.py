# SPDX-License-Identifier: Apache-2.0
"""Editions as they are shown: the right one in force, its dates as journaled, consents with what they saw."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from uphold import errors
from uphold.assurance import html
from uphold.assurance.html import Node
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_applicable, said
from uphold.assurance.scene import Scene
from uphold.consent import ledger
from uphold.journal import entry
from uphold.policy import dates, force, publish

# How the pages name these facts to their readers.
WORDS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "en": ("Date of last update", "Published", ("In force since", "In force from")),
    "ru": ("Дата последнего обновления", "Опубликована", ("Действует с",)),
}
_IN_FORCE = "in force"
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Journaled:
    """An edition as the journal has it. Times are unix seconds; `entered` is 0 if it never came into force."""

    number: int
    digest: str
    published: int
    effective: int
    entered: int


def journaled(scene: Scene) -> tuple[Journaled, ...]:
    """Every edition by its entries in the journal, oldest first; what its row says is not asked."""
    with scene.read() as connection:
        entered = force.entries(connection).items()
        times = {number: _time(scene, connection, number, index) for number, index in entered}
        published = publish.entries(connection).values()
        found = [_edition(scene, connection, index, times) for index in published]
    return tuple(sorted((one for one in found if one), key=lambda one: one.number))


def _edition(
    scene: Scene, connection: Connection, index: int, entered: Mapping[int, int]
) -> Journaled | None:
    told = _entry(scene, connection, index)
    if told is None or told.kind != "policy.published":
        return None
    number, effective = int(told.codes["edition"]), int(told.codes["effective"])
    digest = str(told.codes["policy"])
    return Journaled(number, digest, told.at_ms // 1000, effective, entered.get(number, 0))


def _time(scene: Scene, connection: Connection, number: int, index: int) -> int:
    told = _entry(scene, connection, index)
    right = told is not None and told.kind == "policy.in-force" and told.codes["edition"] == number
    return told.at_ms // 1000 if told is not None and right else 0


def _entry(scene: Scene, connection: Connection, index: int) -> entry.Entry | None:
    try:
        return entry.decode(scene.log.entry(connection, index))
    except errors.UpholdError:
        return None


@dataclass(frozen=True, slots=True)
class Dated:
    """The page of the policy in one language: the days and moments it prints, and the day its text ends with.

    Days are ISO dates, moments unix seconds; "" and 0 where the page has none.
    """

    language: str
    updated: str
    in_text: str
    published: int
    effective: int


@dataclass(frozen=True, slots=True)
class Dates:
    """The pages, and the edition in force: the day in its stored text, its moments in the journal."""

    pages: tuple[Dated, ...]
    stored: Mapping[str, str]
    """Language to the last day of the stored date line."""
    edition: Journaled | None


def read_dates(scene: Scene) -> Dates:
    """Read the printed dates in every language."""
    known = {one.number: one for one in journaled(scene)}
    languages = [name for name in scene.edition.policy.languages if name in WORDS]
    return Dates(
        tuple(_dated(scene, language) for language in languages),
        {
            name: _last(next((c.text for c in clauses if c.id == "date"), ""))
            for name, clauses in scene.edition.texts.items()
        },
        known.get(scene.edition.number),
    )


def _dated(scene: Scene, language: str) -> Dated:
    answer = scene.stranger({"accept-language": language}).get("/policy")
    page = html.parse(answer.text)
    facts = _facts(page)
    updated, published, effective = WORDS[language]
    line = page.by_id("date")
    return Dated(
        language,
        facts.get(updated, ""),
        _last(line.text if line else ""),
        _seconds(facts.get(published, "")),
        max((_seconds(facts.get(word, "")) for word in effective), default=0),
    )


def _facts(page: Node) -> dict[str, str]:
    """The machine-readable times of the page's list of facts, by their names."""
    pairs = [pair for one in page.all("dl") for pair in one.all("div")]
    return {
        pair.all("dt")[0].text: pair.all("time")[0].attrs.get("datetime", "")
        for pair in pairs
        if pair.all("dt") and pair.all("time")
    }


def _last(text: str) -> str:
    found = [day for _, _, day in dates.find(text)]
    return max(found).isoformat() if found else ""


def _seconds(text: str) -> int:
    try:
        return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return 0


def judge_dates(trace: Dates) -> Outcome:
    """Every page prints the day that its text ends with, and the moments that the journal has."""
    return judged(
        _date_faults(trace),
        said(
            N_("The date of the last update stands on %(count)s pages as it is stored."),
            count=len(trace.pages),
        ),
    )


def _date_faults(trace: Dates) -> Iterator[Said]:
    if trace.edition is None:
        yield said(N_("The journal has no entry of the edition in force."))
    for one in trace.pages:
        stored = trace.stored.get(one.language, "")
        if not one.updated or one.updated != stored or one.in_text != stored:
            yield said(
                N_(
                    "The policy (%(language)s) prints %(printed)s as its last update, stored: %(day)s."
                ),
                language=one.language,
                printed=one.updated or "-",
                day=stored or "-",
            )
        if trace.edition and one.published != trace.edition.published:
            yield said(
                N_("The policy (%(language)s) prints another publication than the journal has."),
                language=one.language,
            )
        if trace.edition and one.effective not in {trace.edition.effective, trace.edition.entered}:
            yield said(
                N_("The policy (%(language)s) prints another start than the journal has."),
                language=one.language,
            )


@dataclass(frozen=True, slots=True)
class Listed:
    """An edition in the public list: its digest, whether it is said to be in force, its own page's answer."""

    number: int
    digest: str
    is_in_force: bool
    status: int
    opened: str
    """The digest on its own page."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the site shows as its policy (a digest), the list, and what the journal says at this moment."""

    shown: str
    listed: tuple[Listed, ...]
    journal: tuple[Journaled, ...]
    now: int


def read_shelf(scene: Scene) -> Shelf:
    """Read the policy, the list of editions and each edition's own page."""
    visitor = scene.stranger()
    slips = html.parse(visitor.get("/policy/editions").text).all("section")
    listed = []
    for slip in slips:
        number = _number(slip.all("h2")[0].text if slip.all("h2") else "")
        answer = visitor.get(f"/policy?edition={number}")
        in_force = _IN_FORCE in [tag.text for tag in slip.all("span") if "tag" in tag.classes]
        opened = _digest(html.parse(answer.text))
        listed.append(Listed(number, _digest(slip), in_force, answer.status, opened))
    shown = _digest(html.parse(visitor.get("/policy").text))
    return Shelf(shown, tuple(listed), journaled(scene), scene.now // 1000)


def _digest(node: Node) -> str:
    found = [_DIGEST.search(one.text) for one in node.all("span") if "digest" in one.classes]
    return next((match[0] for match in found if match), "")


def _number(text: str) -> int:
    match = _NUMBER.search(text)
    return int(match[0]) if match else 0


def judge_shelf(trace: Shelf) -> Outcome:
    """The highest edition whose time has come is shown; no later one is; every earlier one is kept."""
    come = [e for e in trace.journal if e.entered or e.effective <= trace.now]
    if not come:
        return not_applicable(said(N_("No edition has come into force yet.")))
    return judged(
        _shelf_faults(trace, max(come, key=lambda one: one.number)),
        said(
            N_("Edition %(number)s is shown as in force; %(count)s editions can be read."),
            number=max(one.number for one in come),
            count=len(trace.listed),
        ),
    )


def _shelf_faults(trace: Shelf, current: Journaled) -> Iterator[Said]:
    if trace.shown != current.digest:
        yield said(
            N_("The site shows another policy than edition %(number)s, which is in force."),
            number=current.number,
        )
    for early in trace.journal:
        if early.entered and early.entered < early.effective:
            yield said(
                N_("Edition %(number)s came into force before its time."), number=early.number
            )
    digests = {one.number: one.digest for one in trace.journal}
    if [one.number for one in trace.listed] != sorted(digests, reverse=True):
        yield said(N_("The list of editions is not the one that the journal has."))
    for one in trace.listed:
        if one.is_in_force != (one.number == current.number):
            yield said(
                N_("The list gives edition %(number)s another state than it has."),
                number=one.number,
            )
        if one.status != 200 or {one.digest, one.opened} != {digests.get(one.number, "")}:
            yield said(
                N_("Edition %(number)s cannot be read as it was published."), number=one.number
            )


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of consent as the ledger holds it, with one example of it in the journal.

    `known` says whether that edition has this wording, `journaled` whether the example's entry says the same,
    `status` what the wording's page answers, `shown` whether that page names the edition's policy.
    """

    edition: int
    purpose: str
    known: bool
    journaled: bool
    status: int
    policy: int


def read_kept(scene: Scene) -> tuple[Kept, ...]:
    """Take every kind of consent that was given lately, and open what it refers to."""
    if scene.edition.forms:
        scene.submission()
    kinds: dict[tuple[int, str, str, str], int] = {}
    wrong: set[tuple[int, str, str, str]] = set()
    with scene.read() as connection:
        for act in ledger.latest(connection, ledger.GIVEN, _LATEST):
            kind = (act.edition, act.purpose, act.wording, act.language)
            kinds.setdefault(kind, act.entry)
            told = _entry(scene, connection, act.entry)
            if told is None or told.kind != "consent.given" or _said(told) != kind:
                wrong.add(kind)
    editions = {one.number: one for one in scene.editions}
    visitor = scene.stranger()
    return tuple(
        Kept(
            kind[0],
            kind[1],
            kind[0] in editions and kind[2] in editions[kind[0]].wordings,
            kind not in wrong,
            visitor.get(f"/wording/{kind[2]}").status,
            visitor.get(f"/policy?edition={kind[0]}").status,
        )
        for kind in kinds
    )


# As many of the newest consents are compared with their entries; the whole audit compares all of them.
_LATEST = 1000


def _said(told: entry.Entry) -> tuple[int, str, str, str]:
    codes = told.codes
    return (
        int(codes["edition"]),
        str(codes["purpose"]),
        str(codes["wording"]),
        str(codes["language"]),
    )


def judge_kept(trace: tuple[Kept, ...]) -> Outcome:
    """Each consent stays with the edition and the text that the person saw, and both can still be read."""
    if not trace:
        return not_applicable(said(N_("Nobody has given a consent yet.")))
    return judged(
        [fault for one in trace for fault in _kept_faults(one)],
        said(
            N_("Consents of %(count)s kinds stand under the editions that were seen."),
            count=len(trace),
        ),
    )


def _kept_faults(one: Kept) -> Iterator[Said]:
    place: dict[str, str | int] = {"purpose": one.purpose, "number": one.edition}
    if not one.known or not one.journaled:
        yield said(
            N_(
                "A consent for %(purpose)s stands under edition %(number)s, which it was not given on."
            ),
            **place,
        )
    if one.status != 200 or one.policy != 200:
        yield said(
            N_(
                "What was agreed to for %(purpose)s under edition %(number)s cannot be read any more."
            ),
            **place,
        )


DATES = Probe(
    id="editions.date-printed.page",
    promise="editions.date-printed",
    kind=Kind.EXAMINE,
    does=N_("Compares the dates on the policy's page with the stored text and with the journal."),
    act=read_dates,
    oracle=judge_dates,
)
IN_FORCE = Probe(
    id="editions.in-force.served",
    promise="editions.in-force",
    kind=Kind.EXAMINE,
    does=N_("Compares the policy and the list of editions as shown with what the journal says."),
    act=read_shelf,
    oracle=judge_shelf,
)
KEEPS = Probe(
    id="editions.consent-keeps.ledger",
    promise="editions.consent-keeps",
    kind=Kind.EXAMINE,
    does=N_("Compares the consents given with their entries, and opens what they refer to."),
    act=read_kept,
    oracle=judge_kept,
)

PROBES = (DATES, IN_FORCE, KEEPS)
