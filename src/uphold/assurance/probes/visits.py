# SPDX-License-Identifier: Apache-2.0
"""Probes of visits: what asks to be left out is, and neither raw values nor salts outlive their term.

No probe makes a visit: whatever is posted with the mark of an exercise is nobody's visit. What is sent without it
here is only what has to be left out, and is counted as that.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from uphold import errors
from uphold.assurance.probe import (
    N_,
    Cost,
    Kind,
    Outcome,
    Probe,
    Said,
    judged,
    not_applicable,
    said,
)
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import Visitor
from uphold.law import clock, profile
from uphold.retention import orders, schedule
from uphold.vault import remains
from uphold.visits import batch, layout, salt
from uphold.visits.record import Dropped

HOUR = 60 * 60 * 1000
# A sweep comes by the hour and takes its time.
GRACE = 3 * HOUR
# The longest that any salt may live, by the promise.
SALT_MS = 48 * HOUR
_VISIT = "/visit"
_EVER = (0, 99_999_999)
# Counts that nothing else is stored with are written every ten seconds.
_WAIT_SECONDS = 15.0
_BEGIN_SECONDS = 5.0
_PAUSE = 0.25
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"
_PROGRAM = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
_OFF = N_("No visits are recorded on this site.")


# --- visit.five-data: what is left out --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was sent that must leave nothing: how many by reason, how many of them were counted as that.

    `refused` are other answers than 202: a page learns nothing of what was thought of it.
    """

    records: bool
    sent: Mapping[str, int] = field(default_factory=dict)
    counted: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[int, ...] = ()


def _send(scene: Scene) -> LeftOut:
    if not scene.settings.visits.record:
        return LeftOut(records=False)
    before = _counted(scene)
    sent: Counter[str] = Counter()
    answers = []
    for reason, headers, body in _unwanted(scene):
        # Without the mark: this is about what anybody's browser asks for.
        somebody = Visitor(scene.target, headers, source=scene.pace.source)
        answers.append(somebody.post(_VISIT, body, {"content-type": "text/plain"}).status)
        sent[reason] += 1
    began = time.monotonic()
    while True:
        found = {reason: _counted(scene)[reason] - before[reason] for reason in sent}
        is_there = all(found[reason] >= sent[reason] for reason in sent)
        if is_there or time.monotonic() - began > _WAIT_SECONDS:
            refused = tuple(status for status in answers if status != 202)
            return LeftOut(records=True, sent=dict(sent), counted=found, refused=refused)
        time.sleep(_PAUSE)


def _counted(scene: Scene) -> Counter[str]:
    found: Counter[str] = Counter()
    with scene.read() as connection:
        for (_, reason), count in batch.dropped(connection, *_EVER).items():
            found[reason] += count
    return found


def _unwanted(scene: Scene) -> Iterator[tuple[str, dict[str, str], bytes]]:
    """Yield reason, headers and body of posts of which nothing may be kept."""
    host = scene.target.host or scene.target.parts.netloc
    browser = {"user-agent": _BROWSER, "origin": f"{scene.target.parts.scheme}://{host}"}
    page = b'{"page":"/policy"}'
    yield Dropped.ASKED, {**browser, "sec-gpc": "1"}, page
    yield Dropped.ASKED, {**browser, "dnt": "1"}, page
    yield Dropped.BOT, {**browser, "user-agent": _PROGRAM}, page
    yield Dropped.FOREIGN, {**browser, "origin": "https://elsewhere.example"}, page
    for body in (b"{", b'{"page":"/receipt/x"}', b'{"page":"/policy","event":"submitted"}'):
        yield Dropped.MALFORMED, browser, body


def judge_left_out(trace: LeftOut) -> Outcome:
    """Judge: each was answered as any other, and counted as left out for its reason."""
    if not trace.records:
        return not_applicable(said(_OFF))
    faults = [
        said(N_("A visit that is left out was answered %(status)s, not 202."), status=status)
        for status in dict.fromkeys(trace.refused)
    ]
    text = N_("Of %(sent)s visits to be left out (%(reason)s) %(counted)s were counted as that.")
    faults += [
        said(text, sent=sent, reason=reason, counted=trace.counted.get(reason, 0))
        for reason, sent in trace.sent.items()
        if trace.counted.get(reason, 0) < sent
    ]
    seen = N_("Nothing was kept of %(count)s visits that are to be left out; each was counted.")
    return judged(faults, said(seen, count=sum(trace.sent.values())))


# --- visit.short-lived: raw values and salts --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Raw:
    """What is left of raw visits: batches that live, those beyond their term, the worst by `late` (ms)."""

    living: int
    overdue: int
    late: int
    barred: int


def _raw(scene: Scene) -> Raw:
    now, policy = scene.now, scene.edition.policy
    known = {edition.number: edition.policy for edition in scene.editions}
    purposes = {one.technical for one in known.values() if one.technical}
    living = overdue = late = barred = 0
    with scene.read() as connection:
        standing = orders.in_force(connection, now)
        for purpose in sorted(purposes):
            for numbers in remains.holders(connection, purpose):
                for number, facts in batch.facts(connection, numbers).items():
                    living += 1
                    given = known[facts.edition]
                    ends = schedule.of_visits(given, policy, purpose, facts.first_at)
                    if ends is None or ends.at + GRACE > now:
                        continue
                    if orders.barring(standing, number, purpose, now):
                        barred += 1
                    else:
                        overdue, late = overdue + 1, max(late, now - ends.at)
    return Raw(living, overdue, late, barred)


def judge_raw(trace: Raw) -> Outcome:
    """Judge: no address of a visit can be found after its term."""
    faults = []
    if trace.overdue:
        text = N_(
            "Batches of raw visits that are up to %(hours)s hours beyond their term: %(count)s."
        )
        faults.append(said(text, count=trace.overdue, hours=trace.late // HOUR))
    seen = N_("Of %(living)s batches of raw visits none is beyond its term.")
    return judged(faults, said(seen, living=trace.living - trace.barred))


@dataclass(frozen=True, slots=True)
class Salted:
    """What is left of the salts by which visitors are numbered. Ages are milliseconds.

    `held`: in the file, the age of each; `unended`: days (such as 20261122) whose salt the journal has made and not
    destroyed, though it should be; `untold`: held for long and unknown to the journal; `mode` of the file, 0 where
    there is none.
    """

    held: tuple[int, ...] = ()
    unended: tuple[int, ...] = ()
    untold: int = 0
    mode: int = 0
    unreadable: bool = False


def _look(scene: Scene) -> Salted:
    """A site that has only just begun to serve is let end what ended meanwhile."""
    began = time.monotonic()
    while True:
        found = _salts(scene)
        if not any(_salt_faults(found)) or time.monotonic() - began > _BEGIN_SECONDS:
            return found
        time.sleep(_PAUSE)


def _salts(scene: Scene) -> Salted:
    path = scene.files.ring.with_name(salt.FILE)
    with scene.read() as connection:
        known = salt.living(connection)
    # Those of today and yesterday live, and the one before may just be ending.
    over = layout.number(_today(scene) - timedelta(days=3))
    unended = tuple(sorted(day for day in known.values() if day <= over))
    try:
        held = salt.held(path)
        mode = path.stat().st_mode & 0o777
    except FileNotFoundError:
        return Salted(unended=unended)
    except errors.UpholdError:
        return Salted(unended=unended, unreadable=True)
    ages = {name: scene.now - made for name, made in held.items()}
    untold = sum(name not in known and age > GRACE for name, age in ages.items())
    return Salted(tuple(ages.values()), unended, untold, mode)


def _today(scene: Scene) -> date:
    named = scene.settings.site.zone or profile.profile(scene.edition.policy.profile).zone
    return datetime.fromtimestamp(scene.now / 1000, clock.zone(named)).date()


def judge_salts(trace: Salted) -> Outcome:
    """Judge: at most two salts live, none for longer than 48 hours, and the end of each other is journaled."""
    return judged(
        _salt_faults(trace),
        said(N_("Salts that live: %(count)s, none beyond 48 hours."), count=len(trace.held)),
    )


def _salt_faults(trace: Salted) -> Iterator[Said]:
    if trace.unreadable:
        yield said(N_("The file of salts cannot be read."))
    if len(trace.held) > 2:
        yield said(N_("More salts than two are held: %(count)s."), count=len(trace.held))
    if old := [age for age in trace.held if age > SALT_MS]:
        text = N_("A salt has lived for %(hours)s hours: visitors of that day can be found again.")
        yield said(text, hours=max(old) // HOUR)
    for day in trace.unended:
        yield said(N_("No entry says that the salt of day %(day)s was destroyed."), day=day)
    if trace.untold:
        text = N_("Salts that are held and unknown to the journal: %(count)s.")
        yield said(text, count=trace.untold)
    if trace.mode & 0o077:
        yield said(N_("Others than the owner may read the file of salts."))


LEFT_OUT = Probe(
    id="visit.five-data.left-out",
    promise="visit.five-data",
    kind=Kind.ATTACK,
    does=N_(
        "Sends visits that must leave nothing: of browsers that ask so, of programs, of other sites' pages, in"
        " disorder; and looks whether each was counted as left out."
    ),
    act=_send,
    oracle=judge_left_out,
)
RAW = Probe(
    id="visit.short-lived.batches",
    promise="visit.short-lived",
    kind=Kind.EXAMINE,
    does=N_("Looks for raw values of visits that are still there after their term."),
    act=_raw,
    oracle=judge_raw,
    cost=Cost.HEAVY,
)
SALTS = Probe(
    id="visit.short-lived.salts",
    promise="visit.short-lived",
    kind=Kind.EXAMINE,
    does=N_(
        "Looks how old the salts are by which visitors are told apart, and for the entry of each one's end."
    ),
    act=_look,
    oracle=judge_salts,
)

PROBES = (LEFT_OUT, RAW, SALTS)
