# SPDX-License-Identifier: Apache-2.0
"""From a post at the desk of incidents to a line, a count, a notice or a lesson; or to the field that is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from uphold.detection.store import Alert
from uphold.incident import alarm, case as cases, lesson as lessons
from uphold.incident.case import NATURES, TOLD, Case, Kind, Lesson, Sent, What, Whose
from uphold.incident.scope import Of, Wanted
from uphold.incident.store import Opening
from uphold.web.messages import N_

PROBLEMS: Mapping[str, str] = {
    "detected": N_("Say when it was detected: not ahead of now"),
    "since": N_("Say when it happened: from a moment to a later one, not ahead of now"),
    "words": N_(
        "Write it down, in 4,000 characters at most; where a reason is asked, in 10 at least"
    ),
    "value": N_("Choose one of what is offered, or enter moments and numbers that fit"),
    "what": N_("Choose what to add"),
    "of": N_("Choose what to count"),
    "span": N_("Say from when to when to count"),
    "sent": N_("Say when it was sent: after the detection, not ahead of now"),
    "reference": N_("What was answered is too long"),
    "lesson-kind": N_("Choose what the lesson becomes"),
    "lesson-name": N_(
        "Name the rule, the measure or the finding by its id, such as export-at-night"
    ),
    "lesson-due": N_("Choose the day by which it stands; an accepted risk needs a day to come"),
    "lesson-words": N_("Write what was learnt, in 4,000 characters at most"),
    "reopen": N_("Say why it is opened again, in 10 characters at least"),
    "close": N_("It cannot be closed yet: see what is missing"),
}
"""What is wrong with what was entered, by the name of the field or its last part."""

_MINUTE = 60_000
Posted = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a post: the name of the field."""

    field: str


@dataclass(frozen=True, slots=True)
class Note:
    """A line to be added."""

    what: What
    value: str
    words: str


def moment(text: str) -> int:
    """A moment as a form sends it, `2026-11-23T05:00` in UTC, as unix ms; 0 for what is none."""
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000
    except ValueError:
        return 0


def shown(at: int) -> str:
    """A moment (unix ms) as a form shows it, in UTC, whole minutes; "" for 0."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M") if at else ""


def opening(posted: Posted, alert: Alert | None, now: int, *, exercise: bool) -> Opening | Wrong:
    """Read what an incident begins with, on an alert or by hand; `exercise`: an account of one opens it."""
    if alert is not None:
        said = posted.get("words", "").strip()
        is_long = len(said) > cases.WORDS_MOST
        return Wrong("words") if is_long else alarm.opening(alert, by_exercise=exercise, words=said)
    detected = moment(posted.get("detected", ""))
    since, until = posted.get("since", ""), posted.get("until", "")
    occurred = (moment(since), moment(until or since)) if since else None
    words = posted.get("words", "").strip()
    wrong = {
        "detected": not 0 < detected <= now,
        "since": occurred is not None and not 0 < occurred[0] <= occurred[1] <= now,
        "words": not 0 < len(words) <= cases.WORDS_MOST,
    }
    for name, is_so in wrong.items():
        if is_so:
            return Wrong(name)
    whose = Whose.PROBES if exercise else Whose.PEOPLES
    return Opening(detected_at=detected, whose=whose, occurred=occurred, words=words)


def note(posted: Posted, now: int) -> Note | Wrong:
    """Read a line; the field that is wrong is that of its own form."""
    named = posted.get("what", "")
    if named not in set(map(str, (*TOLD, *_VALUES))):
        return Wrong("what")
    what, words = What(named), posted.get("words", "").strip()
    value = _value(what, posted)
    fault = cases.fault(what, value, words, now=now)
    if fault:
        return Wrong(f"{what}-{'words' if fault == 'reason' else fault}")
    return Note(what, value, words)


def wanted(posted: Posted, case: Case, now: int) -> Wanted | Wrong:
    """Read what is to be counted."""
    of = tuple(one for one in Of if posted.get(f"of-{one}"))
    since = moment(posted.get("since", ""))
    # A form knows whole minutes, and what happened in the last of them counts too.
    until = min(now, moment(posted.get("until", "")) + _MINUTE - 1)
    account = posted.get("account", "")
    staff = int(account) if account.isascii() and account.isdigit() and len(account) < 10 else 0
    if not of:
        return Wrong("of")
    if not 0 < since <= until:
        return Wrong("span")
    return Wanted(of, since, until, staff, case.record, case.exercise)


def given(posted: Posted, case: Case, due: int, draft: str, now: int) -> Sent | Wrong:
    """Read that a notice was given; never before the detection, never ahead."""
    at = moment(posted.get("sent", ""))
    reference = posted.get("reference", "").strip()
    if not case.detected_at // _MINUTE * _MINUTE <= at <= now:
        return Wrong("sent")
    if len(reference) > cases.WORDS_MOST:
        return Wrong("reference")
    return Sent(posted.get("notice", ""), at, due, draft, reference)


def learnt(posted: Posted, staff: int, now: int) -> Lesson | Wrong:
    """Read a lesson: what it becomes, its id, its day."""
    kind = lessons.kind_of(posted.get("kind", ""))
    due = moment(f"{posted.get('due', '')}T23:59")
    name, words = posted.get("name", "").strip(), posted.get("words", "").strip()
    found = Lesson(kind or Kind.RULE, name, due, staff, words)
    fault = lessons.fault(found, now) if kind else "kind"
    return Wrong(f"lesson-{fault}") if fault else found


_VALUES = (What.DETECTED, What.OCCURRED, What.NATURE, What.BREACHED, What.RISK, What.ESTIMATE)
"""The lines that have a value, beside those that are told."""


def _value(what: What, posted: Posted) -> str:
    if what is What.DETECTED:
        return str(moment(posted.get("detected", "")))
    if what is What.OCCURRED:
        since = moment(posted.get("since", ""))
        return f"{since}+{moment(posted.get('until', '')) or since}"
    if what is What.NATURE:
        acts = [one for one in NATURES if posted.get(f"nature-{one}")]
        return "+".join([posted.get("way", ""), *acts])
    if what is What.ESTIMATE:
        return f"{posted.get('subjects', '').strip()}+{posted.get('identifiers', '').strip()}"
    return posted.get("value", "")
