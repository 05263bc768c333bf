# SPDX-License-Identifier: Apache-2.0
"""The pages of the journal and of suspensions, with everything on them and with nothing."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.journal.catalogue import CATALOGUE
from uphold.web import journal_words, pages
from uphold.web.hold_views import HoldRow, Holds, Place
from uphold.web.journal_views import Chronicle, Entry, Journal, Reader
from uphold.web.journal_words import Glossary
from uphold.web.views import Option, Problem

WAY = "/console/holds"


def glossary(language: str) -> Glossary:
    feedback = samples.agreement(language).purpose
    return Glossary(
        language,
        pages.translations(language),
        {3: "irina", 4: "oleg"},
        {"feedback": feedback},
        {"name": samples.say(language, "Name", "Имя"), "email": "E-mail"},
        {"feedback": samples.say(language, "Feedback", "Обратная связь")},
    )


def codes(kind: str) -> dict[str, str | int]:
    """Codes of every shape for a kind of entry."""
    values: dict[str, str | int] = {
        "number": 3,
        "code": "feedback",
        "codes": "name+email",
        "digest": "a" * 64,
        "digests": "a" * 64,
        "language": "ru",
        "origin": "example.org",
        "name": "access.role-limits.doors",
        "clause": "2.2.1",
    }
    found = {name: values[shape] for name, shape in CATALOGUE[kind].codes.items()}
    known: dict[str, str | int] = {
        "reason": "role-refused" if kind == "access.denied" else "suspicion",
        "from": "new",
        "to": "in-work",
        "role": "clerk",
        "until": samples.AT // 1000,
        "by": 4,
        "recipient": "police",
        "consents": "feedback",
        "rule": "backups-off",
        "duty": "media",
        "what": "lock",
    }
    numbers = {n for n, shape in CATALOGUE[kind].codes.items() if shape == "number"}
    fits = {n: v for n, v in known.items() if n in found and isinstance(v, int) == (n in numbers)}
    return found | fits


def entries(language: str, *kinds: str) -> tuple[Entry, ...]:
    known = glossary(language)
    return tuple(
        Entry(
            12_400 - at,
            samples.AT - at * 3_600_000,
            journal_words.sentence(kind, codes(kind), known),
            journal_words.person(codes(kind), known),
        )
        for at, kind in enumerate(kinds)
    )


def of_record(language: str) -> Chronicle:
    told = entries(
        language,
        *("journal.read", "hold.lifted", "access.denied", "hold.placed", "enquiry.moved"),
        *("answer.sealed", "record.opened", "consent.withdrawn", "record.stored"),
    )
    back = f"/console/enquiry/{samples.NUMBER}"
    return Chronicle("record", samples.NUMBER[:8], back, told, 345, 12_401, "")


def of_staff(language: str) -> Chronicle:
    told = entries(language, *sorted(journal_words.SENTENCES))
    linked = replace(told[0], short=samples.NUMBER[:8], href="/console/enquiry/x")
    return Chronicle(
        *("staff", "irina", "/console/journal"),
        entries=(linked, *told[1:]),
        start=2_401,
        end=12_401,
        older_href="/console/journal/staff/x?before=2401",
    )


def holds(language: str) -> Holds:
    feedback = samples.agreement(language).purpose
    of_one = HoldRow(
        *(7, samples.NUMBER[:8], f"/console/enquiry/{samples.NUMBER}", "", "", "suspicion"),
        until_at=samples.AT + samples.DAY,
        placed_at=samples.AT,
        placed_by="oleg",
        lift_href=f"{WAY}/7/lift",
    )
    every = replace(
        of_one, number=6, short="", href="", reason="incident", stops_all=True, asked_by="irina"
    )
    of_person = replace(every, number=5, login="irina", stops_all=False, asked_by="", lift_href="")
    of_purpose = replace(
        of_person, number=4, login="", purpose=feedback, until_at=0, reason="dispute"
    )
    persons = replace(
        of_one, number=3, reason="restriction", placed_by="", lift_href="", until_at=0
    )
    of_request = replace(persons, number=2, reason="dispute", request_href="/console/request/4")
    past = (
        replace(of_one, number=1, lifted_at=samples.AT, lifted_by="irina"),
        replace(of_purpose, number=8, until_at=samples.AT),
    )
    place = Place(
        action_href=WAY,
        people=(Option("x", "irina"), Option("y", "oleg")),
        purposes=(Option("feedback", feedback),),
        reasons=("suspicion", "incident", "dispute"),
        spans=("hour", "day", "week", "month", "open"),
        entered=dict.fromkeys(("what", "receipt", "person", "purpose", "reason", "span"), ""),
    )
    rows = (of_one, every, of_person, of_purpose, persons, of_request)
    return Holds(rows, past, place, more=3)


def wrong(language: str) -> Holds:
    """After a post that was refused."""
    shown = holds(language)
    assert shown.place is not None
    say = samples.say
    problems = (
        Problem(say(language, "No such number", "Нет такого номера"), "receipt"),
        Problem(say(language, "Choose a reason", "Выберите причину"), "reason"),
    )
    entered = {**shown.place.entered, "what": "record", "receipt": "x", "span": "week"}
    return replace(shown, place=replace(shown.place, problems=problems, entered=entered))


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    around = samples.frame(language, person=True)
    people = (
        Reader("irina", "clerk", "/console/journal/staff/x"),
        Reader("oleg", "auditor", "/console/journal/staff/y"),
    )
    journal = Journal("/console/journal", people)
    bare = holds(language)
    return {
        "journal": (journal, around),
        "journal-wrong": (replace(journal, receipt="nobody", problem=True, people=()), around),
        "journal-record": (of_record(language), around),
        "journal-staff": (of_staff(language), around),
        "journal-none": (replace(of_record(language), entries=(), back_href=""), around),
        "holds": (bare, around),
        "holds-wrong": (wrong(language), around),
        **{
            f"holds-{name}": (replace(bare, problem=name), around)
            for name in ("own", "same", "persons", "request")
        },
        "holds-none": (replace(bare, rows=(), past=(), place=None, more=0), around),
    }
