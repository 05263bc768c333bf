# SPDX-License-Identifier: Apache-2.0
"""A member of the exercise's staff at the console, over HTTP: what a person at a browser can do, and no more.

desk = console.Desk(scene, Role.CLERK)
answer = desk.open(record, purpose)         one opening, which the journal keeps
console.shown(answer)                       what the page showed of it
"""

from dataclasses import dataclass, field

from uphold import errors
from uphold.access.permission import Role
from uphold.assurance import html
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import Answer, Visitor
from uphold.vault import identifier

HOME = "/console"
# The page that every role has.
ACCOUNT = f"{HOME}/account"
CSRF = "_csrf"


@dataclass(frozen=True, slots=True)
class Shown:
    """The fields that an opened page shows, label and text in order, letter for letter; and answers before it.

    `address` is where the page says that an answer goes to, "" where it offers none.
    """

    fields: tuple[tuple[str, str], ...] = field(repr=False)
    letters: tuple[tuple[str, str], ...] = field(repr=False)
    address: str = field(repr=False)


class Desk:
    """One exercise account of a role, signed in."""

    def __init__(self, scene: Scene, role: Role) -> None:
        """Take the run's own account of this role."""
        self._scene = scene
        self.role = role
        self.visitor: Visitor = scene.staff(role)
        self.staff: int = scene.exercise.account(role).number

    def path(self, record: int) -> str:
        """The address of an enquiry."""
        return enquiry(self._scene, record)

    def look(self, record: int) -> Answer:
        """Look at an enquiry without opening it."""
        return self.visitor.get(self.path(record))

    def open(self, record: int, purpose: str) -> Answer:
        """Open an enquiry for a purpose."""
        return self.post(f"{self.path(record)}/open", purpose=purpose)

    def answer(self, record: int, purpose: str, subject: str, text: str, **more: str) -> Answer:
        """Answer an enquiry."""
        path = f"{self.path(record)}/answer"
        return self.post(path, purpose=purpose, subject=subject, text=text, **more)

    def move(self, record: int, to: str) -> Answer:
        """Move an enquiry to another state."""
        return self.post(f"{self.path(record)}/move", to=to)

    def post(self, path: str, **fields: str) -> Answer:
        """Post at the console with the session's token, as a page's own form does."""
        return self.visitor.post(path, {CSRF: token(self.visitor), **fields})


def fresh(scene: Scene, role: Role) -> Desk:
    """A desk whose account has just proved who it is, however long the run lasts already."""
    desk = Desk(scene, role)
    desk.visitor = scene.sign_in(role)
    return desk


def enquiry(scene: Scene, record: int) -> str:
    """The address of an enquiry at the console."""
    return f"{HOME}/enquiry/{scene.ring.identifiers.encode(identifier.ENQUIRY, record)}"


def token(visitor: Visitor) -> str:
    """The anti-forgery token of a signed-in visitor; raises `errors.Unavailable` where no page shows one."""
    answer = visitor.get(ACCOUNT)
    for form in html.forms(html.parse(answer.text)):
        if CSRF in form.hidden:
            return form.hidden[CSRF]
    raise errors.Unavailable(
        f"The console shows no form to a signed-in exercise account (status {answer.status}).",
        "Sign in by hand and look.",
    )


def shown(answer: Answer) -> Shown:
    """Read the page of an opened enquiry; raises `errors.Invalid` for a page that is none."""
    page = html.parse(answer.text)
    lists = page.all("dl")
    if not lists:
        raise errors.Invalid("The opened page shows no list of fields.", "Look at it by hand.")
    fields = tuple(
        (pair.all("dt")[0].text, _value(pair.all("dd")[0]))
        for pair in lists[0].all("div")
        if pair.all("dt") and pair.all("dd")
    )
    letters = tuple(_letter(slip) for slip in page.all("div") if "slip" in slip.classes)
    return Shown(fields, letters, _address(page))


def _value(node: html.Node) -> str:
    """The text of a field; what stands there instead of an empty one is set apart by an element."""
    return "".join(child for child in node.children if isinstance(child, str))


def _letter(slip: html.Node) -> tuple[str, str]:
    subject = slip.all("strong")
    texts = [node.raw for node in slip.all("p") if "text" in node.classes]
    return (subject[0].raw if subject else "", texts[0] if texts else "")


def _address(page: html.Node) -> str:
    """Where an answer goes to: the one word with an @ in the form of the answer."""
    for form in page.all("form"):
        if form.attrs.get("action", "").partition("?")[0].endswith("/answer"):
            words = [word.strip(".,") for word in form.text.split()]
            return next((word for word in words if "@" in word), "")
    return ""
