# SPDX-License-Identifier: Apache-2.0
"""What searching, opening several and exporting show, for looking at and for checks of every page."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.web.console_views import EnquiryRow, OpenedField, Tab
from uphold.web.export_views import ExportRow, Exports, Typed
from uphold.web.search_views import OpenedOne, Pick, Search, Several, SeveralOpened
from uphold.web.views import Option, Problem

PURPOSES = (Option("feedback", "Answering enquiries"), Option("evidence", "Proof of consent"))
HOUR = 3_600_000


def row(short: str = "7f3kq2ma", state: str = "new") -> EnquiryRow:
    return EnquiryRow(
        short, f"/console/enquiry/{short}", "Feedback", samples.AT - 5 * HOUR, state, "ru"
    )


PICKS = tuple(
    Pick(f"pick-{one}", row(one, state))
    for one, state in (("7f3kq2ma", "new"), ("b5xz4opd", "in-work"), ("qq2ilc7w", "closed"))
)
OPENED = (
    OpenedOne(
        row(),
        (
            OpenedField("A", "Agnia", "text"),
            OpenedField("E-mail", "agnia@example.org", "text"),
            OpenedField("Message", "10:00?\n18:00?", "textarea"),
        ),
    ),
    OpenedOne(row("b5xz4opd", "in-work"), denied="record-held"),
)


def search() -> Search:
    return Search(PURPOSES, 29, purpose="feedback")


def export(mark: str, state: str, *seen: str) -> ExportRow:
    return ExportRow(
        mark=mark,
        person="owner-oriole",
        purpose="Answering enquiries",
        form_title="Feedback",
        format="csv",
        reason="inspection",
        records=120,
        made_at=samples.AT - 3 * HOUR,
        ends_at=samples.AT + HOUR,
        state=state,
        taken=2 if state != "open" else 0,
        taken_at=samples.AT - HOUR if state != "open" else 0,
        seen=seen,
        take_href=f"/console/exports/{mark}/take" if state == "open" else "",
        end_href=f"/console/exports/{mark}/end" if state == "open" else "",
    )


def exports() -> Exports:
    return Exports(
        rows=(export("k2mz4q7a-p3xw6d2e", "open"), export("a7dd2kzq-p3xw6d2e", "over")),
        forms=(Option("feedback", "Feedback"),),
        purposes=PURPOSES,
        reasons=("work-outside", "other-system", "inspection", "own-check"),
        at_once=500,
        left=380,
        longest=24,
        action_href="/console/exports",
    )


def several() -> Several:
    tabs = tuple(
        Tab(one, count, f"/console/several?state={one}")
        for one, count in (("new", 3), ("in-work", 1), ("answered", 0), ("closed", 12))
    )
    return Several("new", tabs, PICKS, PURPOSES, "", 20, 20)


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    around = samples.frame(language, person=True)
    found = replace(
        search(),
        asked="Answering enquiries",
        found=PICKS,
        index=1204,
        made_at=samples.AT,
        several_href="/console/several",
    )
    wrong = replace(
        exports(),
        typed=Typed(form="feedback", since="0001-01-01"),
        problems=(
            Problem("Give a day, or leave it empty", "since"),
            Problem("Choose the purpose that you need the data for", "purpose"),
            Problem("Choose the reason for the export", "reason"),
            Problem("Give a number of hours within the limit", "hours"),
        ),
    )
    seen = replace(
        exports(),
        rows=(export("k2mz4q7a-p3xw6d2e", "ended", "submission"),),
        action_href="",
    )
    return {
        "search": (search(), around),
        "search-found": (found, around),
        "search-alone": (replace(found, several_href=""), around),
        "search-none": (replace(found, found=(), several_href=""), around),
        "search-refused": (replace(search(), refused="limit-reached", left=0), around),
        "search-wrong": (
            replace(
                search(),
                contact="anna",
                problems=(Problem("Enter a whole e-mail address or telephone number", "contact"),),
            ),
            around,
        ),
        "several": (several(), around),
        "several-wrong": (
            replace(
                several(),
                problems=(
                    Problem("Tick the enquiries to open", "picks"),
                    Problem("Choose the purpose that you need the data for", "purpose"),
                ),
                refused="limit-reached",
            ),
            around,
        ),
        "several-none": (replace(several(), picks=()), around),
        "several-opened": (
            SeveralOpened("Answering enquiries", 1209, samples.AT, OPENED),
            around,
        ),
        "exports": (exports(), around),
        "exports-wrong": (wrong, around),
        "exports-refused": (replace(exports(), refused="limit-reached"), around),
        "exports-seen": (seen, around),
        "exports-none": (replace(exports(), rows=(), action_href=""), around),
    }
