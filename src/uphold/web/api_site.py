# SPDX-License-Identifier: Apache-2.0
"""What the API tells of the site itself: the client that asks, editions, the proof, the journal's head."""

from datetime import datetime
from typing import cast

import msgspec

from uphold import errors
from uphold.access import client
from uphold.access.permission import Permission
from uphold.assurance import proof as proofs
from uphold.policy import document
from uphold.web.api_desk import at
from uphold.web.api_door import Call
from uphold.web.api_rights import number
from uphold.web.api_types import (
    ClauseVerdict,
    Edition,
    Editions,
    JournalHead,
    Me,
    PageQuery,
    PromiseVerdict,
    Proof,
)


def me(call: Call) -> Me:
    """Tell a client what it is and may do."""
    actor, most = call.client.actor, call.app.settings.api.openings_per_day
    with call.app.database.read() as connection:
        counted = client.counted(connection, actor.staff, call.now)
    return Me(
        name=call.client.name,
        role=str(actor.role),
        scopes=sorted(str(one) for one in actor.scopes or () if one != Permission.ACCOUNT_OWN),
        purposes=sorted(actor.purposes or ()),
        expires_at=at(call.client.expires_at),
        openings_left=max(0, most - counted),
    )


def editions(call: Call) -> Editions:
    """List one page; the cursor is the number of the last edition on the page before."""
    query = cast(PageQuery, call.query)
    before = None
    if query.cursor is not msgspec.UNSET:
        before = number(query.cursor)
        if before is None:
            raise errors.Missing("This is no cursor of this list.", "Take it from `next`.")
    every = [one for one in call.app.shelf.all() if before is None or one.number < before]
    items = [_told(call, one) for one in every[: query.limit]]
    return Editions(items, str(items[-1].number) if len(every) > query.limit else None)


def edition(call: Call) -> Edition:
    """Tell of one edition."""
    wanted = number(call.path["number"])
    for known in call.app.shelf.all():
        if known.number == wanted:
            return _told(call, known)
    raise errors.Missing("There is no such edition.", "See the list of editions.")


def proof(call: Call) -> Proof:
    """Judge by the evidence that is stored, now."""
    ground = call.app.ground()
    with call.app.database.read() as connection:
        report = proofs.report(connection, ground, call.now)
    return Proof(
        at=at(report.at),
        edition=report.edition,
        run=report.run or None,
        well=report.is_well,
        summary={str(verdict): count for verdict, count in report.counts.items()},
        clauses=[
            ClauseVerdict(
                one.id,
                str(one.verdict) or None,
                str(one.why) or None,
                _at(one.at),
                list(one.promises),
            )
            for one in report.clauses
        ],
        promises=[
            PromiseVerdict(one.id, str(one.verdict), str(one.why) or None, _at(one.at))
            for one in report.promises.values()
        ],
    )


def head(call: Call) -> JournalHead:
    """Tell the newest signed head."""
    with call.app.database.read() as connection:
        signed = call.app.log.head(connection)
    return JournalHead(
        origin=call.app.settings.origin,
        size=signed.size,
        root=signed.root.hex(),
        checkpoint=signed.note.decode(),
        key=call.app.log.vkey,
    )


def _at(moment: int) -> datetime | None:
    return at(moment) if moment else None


def _told(call: Call, known: document.Edition) -> Edition:
    return Edition(
        number=known.number,
        digest=known.digest,
        published_at=at(known.published_at),
        effective_at=at(known.effective_at),
        in_force=known.number == call.app.shelf.in_force().number,
        languages=list(known.texts),
        purposes=list(known.policy.purposes),
        forms=list(known.forms),
    )
