# SPDX-License-Identifier: Apache-2.0
"""The text by which a recipient is told that what it received was corrected or erased since. It names no person."""

from uphold.access.disclosure import Disclosure
from uphold.app import App
from uphold.policy.document import pick
from uphold.rights.telling import Cause, Telling
from uphold.web import dates, disclosure_pages, pages
from uphold.web.messages import N_

_HEAD = N_(
    "To: %(recipient)s\nFrom: %(operator)s, %(contact)s\n\n"
    "On %(day)s you were given personal data in an encrypted file (our disclosure No. %(disclosure)s, SHA-256 of the"
    " file %(file)s)."
)
_SAYS = {
    Cause.CORRECTED: N_(
        "Submission %(at)s of that file was corrected on %(changed)s in these fields: %(fields)s. What you received"
        " is no longer true; do not rely on it. The corrected values are given to you on your demand."
    ),
    Cause.ERASED: N_(
        "Submission %(at)s of that file was erased with us on %(changed)s, as the person asked: %(fields)s."
    ),
}
_ASKS = N_(
    "Correct or erase the data with you as well, as far as no law bids you to keep them, tell those to whom you have"
    " passed them on, and answer this letter. (Article 20, part 3 of Federal Law 152-FZ; article 19 of Regulation (EU)"
    " 2016/679.)"
)


def text(app: App, about: Disclosure, one: Telling) -> str:
    """Write the notice in the first language of the edition that the disclosure was prepared under."""
    known = disclosure_pages.desk(app)
    edition = known.edition(about.edition)
    policy = edition.policy
    language = policy.language
    say = pages.translations(language).gettext
    line = disclosure_pages.notice(app, one, about, {}, language)
    facts = {
        "recipient": line.recipient,
        "operator": pick(policy.operator.name, language),
        "contact": policy.operator.contact,
        "day": _day(about.sent_at),
        "disclosure": about.number,
        "file": line.file,
        "at": line.at,
        "changed": _day(one.caused_at),
        "fields": ", ".join(line.fields),
    }
    paragraphs = (_HEAD, _SAYS[one.cause], _ASKS)
    return "\n\n".join(say(paragraph) % facts for paragraph in paragraphs) + "\n"


def _day(at: int) -> str:
    return dates.instant(at).date().isoformat()
