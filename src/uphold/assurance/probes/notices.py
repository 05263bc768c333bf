# SPDX-License-Identifier: Apache-2.0
"""Probes of the site's own letters: whom they reach, what they give away, and that none is lost."""

from dataclasses import dataclass

from sqlalchemy import Connection

from uphold.assurance import formless, notified
from uphold.assurance.notified import Received
from uphold.assurance.plaintext import Needles
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    judged,
    not_applicable,
    not_shown,
    said,
)
from uphold.assurance.scene import Scene, Submitted
from uphold.mail.delivery import EXERCISE, Refused
from uphold.mail.notice import NOBODY, Kind as Notice
from uphold.mail.outbox import Item
from uphold.rights import identity, letters
from uphold.submission import record as submissions

MY = "/my"
CONTACT = "contact"
EMAIL = "email"
_ASKED = 303
_SIDES = ("text/plain", "text/html")
_PAGE = 500
_OURS = frozenset({Notice.DUE_SOON, Notice.BOUNCED, Notice.GLASS_BROKEN, Notice.INCIDENT_DUE})
# Whether the mailer would write to a run of probes: only what the judge says, or nothing to ask it about.
_UNASKED = "-"


def _address(scene: Scene, own: Submitted) -> str:
    """The address that the exercise gave, "" where the form asks for none."""
    fields = scene.form(own.form).fields
    return next((own.values[i.key] for i in fields if i.type == EMAIL and i.key in own.values), "")


def _ask(scene: Scene, address: str) -> int:
    """Ask for a link as a person does; returns the status."""
    home = {"origin": scene.address, "sec-fetch-site": "same-origin"}
    return scene.stranger().post(MY, {CONTACT: address}, home).status


def _mine(connection: Connection, record: int) -> list[Item]:
    return [item for item in notified.notices(connection) if item.record == record]


# --- mail.only-in-reply -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Letters:
    """What came of asking for a link, and what the site's letters give away.

    `asked` is the status; `verdict` what the mailer's judge says of a letter to a run of probes; `open` how many rows
    of the outbox hold the address or the secret of the link; `strays` how many notices are about no record there is;
    `misled` how many for the operator are about somebody's record.
    """

    asked: int
    verdict: str
    open: int
    strays: int
    misled: int
    letters: tuple[Received, ...]


def _write(scene: Scene) -> Letters | None:
    own = scene.submitted()
    address = _address(scene, own)
    if not address:
        return None
    asked = _ask(scene, address)
    tell = letters.teller(notified.ground(scene))
    with scene.read() as connection:
        every = list(notified.notices(connection))
        mine = [item for item in every if item.record == own.record]
        needles = Needles([address.partition("@")[0], *_secrets(scene, connection)])
        known = _known(connection, [item.record for item in every])
    verdict = _UNASKED
    if mine:
        said_ = scene.writer.run(lambda tx: tell(tx, mine[0]))
        verdict = said_.reason if isinstance(said_, Refused) else "sent"
    return Letters(
        asked=asked,
        verdict=verdict,
        open=sum(bool(needles.within(_row(item))) for item in mine),
        strays=sum(item.record not in known for item in every if item.record != NOBODY),
        misled=sum(item.record != NOBODY for item in every if item.notice in _OURS),
        letters=notified.received(scene),
    )


def _secrets(scene: Scene, connection: Connection) -> list[str]:
    """The secret of the newest link."""
    link = identity.link(connection, scene.ring, identity.newest(connection), scene.now)
    return [] if link is None else [link.secret]


def _row(item: Item) -> bytes:
    return repr(item).encode() + item.sealed


def _known(connection: Connection, records: list[int]) -> set[int]:
    wanted = sorted(set(records))
    known: set[int] = set()
    for at in range(0, len(wanted), _PAGE):
        known |= submissions.facts(connection, wanted[at : at + _PAGE]).keys()
    return known


def judge_letters(found: Letters | None) -> Outcome:
    """Judge: to nobody of an exercise, about a record there is, nothing told by row or subject, nothing fetched."""
    if found is None:
        return not_applicable(said(N_("No form asks for an address that letters could go to.")))
    if found.asked != _ASKED:
        text = N_("The question for a link was answered with status %(status)s.")
        return not_shown(said(text, status=found.asked))
    faults = []
    if found.verdict not in (EXERCISE, _UNASKED):
        text = N_("A letter to a run of probes would leave: %(verdict)s.")
        faults.append(said(text, verdict=found.verdict))
    if found.open:
        faults.append(said(N_("The outbox holds an address or the secret of a link in the open.")))
    if found.strays:
        text = N_("Letters of the site that are about no submission: %(count)s.")
        faults.append(said(text, count=found.strays))
    if found.misled:
        text = N_("Letters to the operator that would go to a person: %(count)s.")
        faults.append(said(text, count=found.misled))
    for one in found.letters:
        faults += [
            said(text, kind=one.kind, language=one.language)
            for text, is_fault in (
                (
                    N_("The letter %(kind)s (%(language)s) does not say that no person wrote it."),
                    not one.automatic,
                ),
                (
                    N_(
                        "The letter %(kind)s (%(language)s) tells of the person in its subject or headers."
                    ),
                    one.told > 0,
                ),
                (
                    N_("The letter %(kind)s (%(language)s) is not both plain text and HTML."),
                    one.sides != _SIDES,
                ),
                (
                    N_(
                        "The letter %(kind)s (%(language)s) fetches or runs something when it is read."
                    ),
                    one.fetches > 0,
                ),
            )
            if is_fault
        ]
    text = N_(
        "Letters of the site looked at: %(count)s. They reach their reader only, and give nothing away."
    )
    return judged(faults, said(text, count=len(found.letters)))


# --- mail.outage-loses-nothing ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands in the outbox of a question that was acknowledged.

    `states` are those of its letters, `lost` how many waiting letters about a record can never be told any more.
    """

    asked: int
    states: tuple[str, ...]
    lost: int


def _keep(scene: Scene) -> Kept | None:
    own = scene.submitted()
    address = _address(scene, own)
    if not address:
        return None
    asked = _ask(scene, address)
    tell = letters.teller(notified.ground(scene))
    with scene.read() as connection:
        mine = _mine(connection, own.record)
        waiting = [item for item in notified.notices(connection) if _is_told_from_its_record(item)]
    verdicts = scene.writer.run(lambda tx: [tell(tx, item) for item in waiting[:_PAGE]])
    lost = sum(
        isinstance(one, Refused) and one.lasting and one.reason != EXERCISE for one in verdicts
    )
    return Kept(asked, tuple(str(item.state) for item in mine), lost)


def _is_told_from_its_record(item: Item) -> bool:
    """Whether a waiting notice can be asked about without opening an address that it brings."""
    brings = item.sealed or item.notice == Notice.MY_LINK
    return item.state == "queued" and item.record != NOBODY and not brings


def judge_kept(found: Kept | None) -> Outcome:
    """Judge: acknowledged, so its letter is there, once, and unsent; what waits can still be told."""
    if found is None:
        return not_applicable(said(N_("No form asks for an address that letters could go to.")))
    if found.asked != _ASKED:
        text = N_("The question for a link was answered with status %(status)s.")
        return not_shown(said(text, status=found.asked))
    faults = []
    if len(found.states) != 1:
        text = N_("A letter that was promised stands in the outbox %(count)s times.")
        faults.append(said(text, count=len(found.states)))
    if set(found.states) - {"queued", "exercise"}:
        text = N_("A letter of the exercise is noted as: %(state)s.")
        faults.append(said(text, state=next(iter(set(found.states) - {"queued", "exercise"}))))
    if found.lost:
        text = N_("Waiting letters that can never be written any more: %(count)s.")
        faults.append(said(text, count=found.lost))
    return judged(faults, said(N_("A letter that was promised waits in the outbox, once.")))


LETTERS = Probe(
    id="mail.only-in-reply.notices",
    promise="mail.only-in-reply",
    kind=Kind.ATTACK,
    does=N_(
        "Asks for a link to the exercise's own page, and writes every letter of the site with marked values: looks at"
        " what rows, subjects and HTML give away."
    ),
    act=formless.spared(_write),
    oracle=formless.judged(judge_letters),
)
KEPT = Probe(
    id="mail.outage-loses-nothing.notices",
    promise="mail.outage-loses-nothing",
    kind=Kind.EXAMINE,
    does=N_("Asks for a link that no relay will be given, and looks for its letter in the outbox."),
    act=formless.spared(_keep),
    oracle=formless.judged(judge_kept),
)

PROBES = (LETTERS, KEPT)
