# SPDX-License-Identifier: Apache-2.0
"""A clerk at a browser, who signs in to a served site, opens an enquiry and answers it.

link = clerk.invite(site)                  before the site is served
Clerk(site, link).answer("Re: ...", "...")
"""

import re

from tests import cast
from tests.editions import PURPOSE
from tests.site_process import Answer, Site
from uphold import app as wiring
from uphold.access import staff
from uphold.access.permission import Role


class Clerk:
    """A clerk at a browser: a cookie, and the token that each form of the console carries."""

    def __init__(self, site: Site, link: str) -> None:
        self.site = site
        self.headers: dict[str, str] = {"accept-language": "en"}
        person = cast.clerk
        set_password = {"link": link, "password": person.password, "again": person.password}
        assert self._post(f"/console/welcome/{link}", set_password).status == 303
        entered = self._post("/console/login", {"login": person.login, "password": person.password})
        assert entered.status == 303
        self.cookie = entered.headers["set-cookie"]
        self.headers["cookie"] = self.cookie.partition(";")[0]

    def answer(self, subject: str, text: str) -> str:
        """Open the newest enquiry, answer it; returns the page that showed it."""
        listed = self.site.get("/console", self.headers).text
        found = re.search(r"/console/enquiry/[0-9a-z]+", listed)
        assert found is not None
        page = self.site.get(found[0], self.headers).text
        purpose = {"purpose": PURPOSE, "_csrf": self._token(page)}
        opened = self._post(f"{found[0]}/open", purpose)
        assert opened.status == 200, opened.text
        said = {"subject": subject, "text": text}
        answered = self._post(f"{found[0]}/answer", {**purpose, **said})
        assert answered.status == 303, answered.text
        return opened.text

    def _post(self, path: str, fields: dict[str, str]) -> Answer:
        return self.site.post(fields, self.headers, path)

    def _token(self, page: str) -> str:
        found = re.search(r'name="_csrf" value="([^"]+)"', page)
        assert found is not None
        return found[1]


def invite(site: Site) -> str:
    """Invite the clerk at the command line; returns the link's secret."""
    app = wiring.open_site(site.settings)
    try:
        made = app.writer.run(
            lambda tx: staff.invite(tx, cast.clerk.login, Role.CLERK, staff.COMMAND_LINE)
        )
        return made.token
    finally:
        app.close()
