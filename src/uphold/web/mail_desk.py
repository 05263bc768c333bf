# SPDX-License-Identifier: Apache-2.0
"""The console's page of mail: what waits and since when, what did not leave and why, and a try at once."""

from sqlalchemy import Connection
from starlette.responses import Response

from uphold.access.permission import Permission
from uphold.app import App
from uphold.mail import delivery, letter, outbox
from uphold.mail.notice import NOBODY
from uphold.mail.outbox import Item, State
from uphold.vault import identifier
from uphold.web import reply, staffed
from uphold.web.mail_views import Mail, Message
from uphold.web.staffed import Handler, Visit

MAIL = "/console/mail"
RETRY = f"{MAIL}/retry"
MOST = 100
LATELY = 30
_TROUBLE = (State.FAILED, State.BOUNCED)
_LEFT = (State.SENT, State.EXPORTED, State.EXERCISE)


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    mail = MailDesk(app)
    return [
        ("GET", MAIL, Permission.OUTBOX_LIST, mail.look),
        ("POST", RETRY, Permission.OUTBOX_RETRY, mail.retry),
    ]


class MailDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve the outbox of `app`."""
        self.app = app

    def look(self, visit: Visit) -> Response:
        """`GET /console/mail`: the outbox without a word of what is in it."""
        with self.app.database.read() as connection:
            view = self._view(visit, connection)
        return reply.page(view, visit.frame())

    def retry(self, visit: Visit) -> Response:
        """`POST …/retry`: what waits for a later attempt is tried now."""
        count = self.app.writer.run(delivery.retry)
        return reply.see_other(
            visit.request, f"{MAIL}?done={'mail-retried' if count else 'mail-idle'}"
        )

    def _view(self, visit: Visit, connection: Connection) -> Mail:
        mail, mine = (
            self.app.settings.mail,
            staffed.messages_of(exercise=visit.session.actor.exercise),
        )
        waiting = outbox.listed(connection, (State.QUEUED,), MOST, mine)
        trouble = outbox.listed(connection, _TROUBLE, MOST, mine)
        left = outbox.listed(connection, _LEFT, LATELY, mine)
        delayed = [one for one in waiting if one.reason]
        open_ = mail.host and delayed and visit.may(Permission.OUTBOX_RETRY)
        return Mail(
            relay=f"{mail.host}:{mail.port}" if mail.host else "",
            waiting=tuple(self._message(one) for one in waiting),
            trouble=tuple(self._message(one) for one in trouble),
            left=tuple(self._message(one) for one in left),
            since_at=min((one.created_at for one in waiting), default=0),
            last=max(delayed, key=lambda one: one.next_at).reason if delayed else "",
            retry_href=RETRY if open_ else "",
            more=max(0, outbox.stuck(connection, mine) - len(delayed) - len(trouble)),
        )

    def _message(self, item: Item) -> Message:
        short = href = ""
        if item.record != NOBODY:
            public = self.app.ring.identifiers.encode(identifier.ENQUIRY, item.record)
            receipt = self.app.ring.identifiers.encode(identifier.RECEIPT, item.record)
            short, href = letter.short(receipt), f"/console/enquiry/{public}"
        return Message(
            number=item.number,
            kind=item.notice or "answer",
            state=str(item.state),
            short=short,
            href=href,
            created_at=item.created_at,
            attempts=item.attempts,
            next_at=item.next_at,
            left_at=item.bounced_at or item.sent_at,
            reason=item.reason,
        )
