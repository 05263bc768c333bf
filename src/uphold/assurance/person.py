# SPDX-License-Identifier: Apache-2.0
"""The person whom a submission of the exercise is about, on their own page, over HTTP and by a mailed link.

anna = person.Person(scene, scene.submitted())
anna.enter()                         proves control of the address that the submission names
answer = anna.post(anna.path(), "correct", name="Anna")

No mail leaves for an address of an exercise, so the link is made again from the key ring, as the mailer would.
"""

import secrets
import time

from uphold import errors
from uphold.assurance import html
from uphold.assurance.pace import sources
from uphold.assurance.scene import Scene, Submitted
from uphold.assurance.visitor import Answer, Visitor
from uphold.policy.document import Form
from uphold.rights import identity
from uphold.vault import contact, identifier
from uphold.vault.contact import Contact

HOME, ENTRANCE = "/my", "/my/enter"
CSRF = "_csrf"
_DONE, _TOO_MANY = 303, 429
# Clients are counted by the minute.
_LONGEST_WAIT = 61


def can_enter(form: Form) -> bool:
    """Tell whether who sends a form gives an address that a link can be mailed to."""
    return any(field.type == "email" for field in form.fields)


class Person:
    """Whoever one submission is about. Raises `errors.Missing` where it names no e-mail address."""

    def __init__(self, scene: Scene, own: Submitted) -> None:
        """Ask nothing of the site yet."""
        declared = scene.form(own.form).fields
        addresses = [
            own.values[f.key] for f in declared if f.type == "email" and f.key in own.values
        ]
        if not addresses:
            raise errors.Missing("The form asks for no e-mail address.", "Nobody can prove one.")
        self._scene = scene
        self.own = own
        self.contact = Contact(contact.EMAIL, addresses[0])
        # Asking for links is counted by where it comes from, and other probes ask, too.
        places = sources(scene.target.parts.hostname or "")
        self.visitor: Visitor = scene.stranger(source=secrets.choice(places))

    def ask(self) -> tuple[Answer, str]:
        """Ask for a link; returns the answer and the link's secret, which is empty where none was made."""
        before = self._newest()
        asked = self._ask()
        if asked.status == _TOO_MANY:
            time.sleep(min(int(asked.header("retry-after") or 0), _LONGEST_WAIT))
            asked = self._ask()
        return asked, self._secret(before)

    def enter(self) -> None:
        """Prove control of the address; raises `errors.Unavailable` where the site does not let one in."""
        asked, secret = self.ask()
        if asked.status != _DONE or not secret:
            raise errors.Unavailable(
                f"No link could be asked for (status {asked.status}).",
                "If asking for links from this machine is being throttled, wait and run it again.",
            )
        entered = self.visitor.post(ENTRANCE, {"token": secret})
        if entered.status != _DONE or not self.visitor.cookies:
            raise errors.Unavailable(
                f"A link that was just asked for does not let in (status {entered.status}).",
                "Ask for one by hand and see.",
            )

    def _ask(self) -> Answer:
        return self.visitor.post(HOME, {"contact": self.contact.text})

    def path(self, own: Submitted | None = None) -> str:
        """The address of a submission on the person's page; their own unless another one is named."""
        record = (own or self.own).record
        return f"{HOME}/{self._scene.ring.identifiers.encode(identifier.RECORD, record)}"

    def get(self, path: str) -> Answer:
        """Look at a page."""
        return self.visitor.get(path)

    def post(self, path: str, act: str, **fields: str) -> Answer:
        """Do something with a submission, as a page's own form does."""
        return self.visitor.post(f"{path}/{act}", {CSRF: self._token(), **fields})

    def _token(self) -> str:
        for form in html.forms(html.parse(self.visitor.get(HOME).text)):
            if CSRF in form.hidden:
                return form.hidden[CSRF]
        raise errors.Unavailable(
            "The person's page shows no form to whoever proved an address.", "Look at it by hand."
        )

    def _newest(self) -> int:
        with self._scene.read() as connection:
            return identity.newest(connection)

    def _secret(self, before: int) -> str:
        """The link that was made since for this very address: other people may ask at the same moment."""
        with self._scene.read() as connection:
            for number in range(before + 1, identity.newest(connection) + 1):
                found = identity.link(connection, self._scene.ring, number, self._scene.now)
                if found is not None and found.contact == self.contact:
                    return found.secret
        return ""
