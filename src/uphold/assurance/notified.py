# SPDX-License-Identifier: Apache-2.0
"""What the site's own letters look like to whoever gets them, and what the outbox holds of them.

Every kind is written in every language of the policy, with marked values in the place of what it would tell, and
read again as a mail program reads it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from sqlalchemy import Connection

from uphold.assurance import filling, html
from uphold.assurance.scene import Scene
from uphold.mail import letter, outbox, template
from uphold.mail.letter import Envelope
from uphold.mail.notice import Kind
from uphold.mail.outbox import Item, State
from uphold.mail.template import Templates
from uphold.rights import letters

_AT = 1_700_000_000_000
_SENDER = "Exercise <exercise@example.org>"
# What every letter of a site says alike, and a subject may say.
_PUBLIC = frozenset({"operator", "site", "address", "contact", "my", "console", "day"})
_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Received:
    """One kind of letter in one language, as it arrives.

    `automatic` whether it says that no person wrote it, `told` how many of the values that are this person's stand in
    its subject or another header, `sides` its kinds of content, `fetches` what a mail program would fetch or run.
    """

    kind: str
    language: str
    automatic: bool
    told: int
    sides: tuple[str, ...]
    fetches: int


def received(scene: Scene) -> tuple[Received, ...]:
    """Write every kind of letter in every language of the policy, and read it as it would arrive."""
    templates = Templates(scene.settings.path(template.FOLDER))
    languages = scene.edition.policy.languages
    return tuple(_received(templates, kind, one) for kind in Kind for one in languages)


def _received(templates: Templates, kind: Kind, language: str) -> Received:
    values = dict(template.SAMPLES[kind])
    own = {name: filling.mark() for name in values if name not in _PUBLIC}
    if "link" in own:
        own["link"] = f"{values['address']}/my/enter?token={own['link']}"
    # A count is a number, and no mark can stand for one.
    own = {name: mark for name, mark in own.items() if name not in {"soon", "late"}}
    words = templates.words(kind, language, {**values, **own})
    to = f"{filling.mark()}@example.org"
    envelope = Envelope(_SENDER, filling.mark(), filling.mark(), language, _AT)
    raw = letter.notice(to, words, envelope).as_bytes()
    message = message_from_bytes(raw, policy=policy.default)
    headers = "\n".join(str(value) for name, value in message.items() if name != "To")
    parts = [part for part in message.walk() if not part.is_multipart()]
    pages = [html.parse(part.get_content()) for part in parts if _is_html(part)]
    return Received(
        kind=str(kind),
        language=language,
        automatic=str(message["Auto-Submitted"]) == "auto-generated",
        told=sum(mark in headers for mark in (*own.values(), to)),
        sides=tuple(part.get_content_type() for part in parts),
        fetches=sum(len(html.loads(page)) + len(html.inline(page)) for page in pages),
    )


def _is_html(part: EmailMessage) -> bool:
    return part.get_content_type() == "text/html"


def notices(connection: Connection) -> Iterator[Item]:
    """The notices in the outbox, newest first, as many as are looked at."""
    for item in outbox.listed(connection, State, _PAGE):
        if item.notice:
            yield item


def ground(scene: Scene) -> letters.Ground:
    """What the site's notices are told from, as its mailer has it."""
    editions = {one.number: one for one in scene.editions}
    templates = Templates(scene.settings.path(template.FOLDER))
    return letters.Ground(
        scene.settings, scene.ring, editions.__getitem__, lambda: scene.edition, templates
    )
