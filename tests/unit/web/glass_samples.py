# SPDX-License-Identifier: Apache-2.0
"""Samples of the pages of openings in an emergency."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.web import views
from uphold.web.console_views import EnquiryFacts, PurposeChoice
from uphold.web.glass_views import Glass, Glasses, GlassRow
from uphold.web.views import Problem

RUNNING = GlassRow(
    login="oleg",
    short="4F3K-9QX2",
    href="/console/enquiry/x",
    purpose="Security",
    reason="danger",
    words="The caller says that somebody is hurt, and hung up.",
    began_at=samples.AT,
    until_at=samples.AT + 3_600_000,
    ended_at=0,
    ended_by="",
    seen_at=0,
    seen_by="",
    readings=1,
    is_running=True,
    end_href="/console/glass/2/end",
    see_href="/console/glass/2/see",
)
OVER = replace(
    RUNNING,
    reason="demand",
    words="",
    ended_at=samples.AT + 60_000,
    ended_by="oleg",
    seen_at=samples.AT + 120_000,
    seen_by="irina",
    is_running=False,
    end_href="",
    see_href="",
)


def every(language: str, facts: EnquiryFacts) -> dict[str, samples.Page]:
    """All samples by name, of an enquiry."""
    around = samples.frame(language, person=True)
    alarmed = replace(around, alarm=views.Alarm(0, 0, glass=2))
    shown = samples.say(language, "IP address", "IP-адрес"), samples.say(language, "Time", "Время")
    title = samples.say(language, "Security", "Безопасность")
    ask = Glass(
        facts=facts,
        action_href="/console/enquiry/x/glass",
        purposes=(PurposeChoice("security", title, shown),),
        reasons=("danger", "incident", "demand", "absence"),
        spans=(15, 60, 240),
        rows=(),
        entered=dict.fromkeys(("purpose", "reason", "words", "minutes"), ""),
    )
    wrong = tuple(
        Problem("Choose", name) for name in ("purpose", "reason", "words", "minutes", "needless")
    )
    return {
        "glass": (ask, around),
        "glass-running": (replace(ask, rows=(replace(RUNNING, words=""),)), around),
        "glass-wrong": (replace(ask, problems=wrong), around),
        "glass-nothing": (replace(ask, purposes=()), around),
        "glasses": (Glasses((RUNNING, OVER)), alarmed),
        "glasses-none": (Glasses((), "own"), around),
    }
