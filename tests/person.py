# SPDX-License-Identifier: Apache-2.0
"""A person on their own page: asks for the link, takes it from the letter, comes in.

enter(anna)                            the page shows what is held
act(anna, "/my/complain")              a post with the visit's token, as a page's own form does
"""

import re

from sqlalchemy import select

from tests import cast
from tests.visitor import Answer, Visitor
from uphold.app import App
from uphold.rights.identity import rights_link
from uphold.vault import claim

HOME, ENTRANCE = "/my", "/my/enter"
_SUBMISSION = re.compile("/my/[a-z2-7]{26}")


def ask(person: Visitor, address: str = cast.subject.email) -> Answer:
    return person.post(HOME, {"contact": address})


def newest_link(app: App) -> str:
    """The secret of the link that was asked for last, as the letter has it."""
    with app.database.read() as connection:
        row = connection.execute(
            select(rights_link).order_by(rights_link.c.number.desc()).limit(1)
        ).one()
    return claim.secret_of(app.ring, row.number, row.expires_at)


def enter(person: Visitor, address: str = cast.subject.email) -> Answer:
    """Prove an address; returns the page that is shown then."""
    assert ask(person, address).status == 303
    answer = person.post(ENTRANCE, {"token": newest_link(person.app)})
    assert (answer.status, answer.location) == (303, HOME)
    return person.get(HOME)


def act(person: Visitor, path: str, **fields: str) -> Answer:
    """Post with the visit's token."""
    page = person.get(HOME).page
    return person.post(path, {"_csrf": page.fields["_csrf"], **fields})


def submissions(person: Visitor) -> list[str]:
    """The addresses of what is held, newest first."""
    return [one for one in person.get(HOME).page.links if _SUBMISSION.fullmatch(one)]
