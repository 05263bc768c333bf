# SPDX-License-Identifier: Apache-2.0
"""Ask anew, by mail and once for an edition, those whose consent the edition in force goes beyond.

    who is concerned (`consent.renewal`), has consented to be written to, and was not asked before
    read the address (a journaled reading)
    one transaction: all of that again, the gate, the letter sealed and queued, consent.asked journaled

The letter names no new terms: it leads to the page of the receipt, where what changed is shown beside an
empty box. Whoever does nothing has changed nothing.
"""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby, islice

from sqlalchemy import Connection

from uphold import errors
from uphold.access import decoy, permission, reading, staff
from uphold.access.gate import Asked, Denial
from uphold.access.permission import Actor, Permission
from uphold.access.reading import Denied, Question
from uphold.consent import asked, ledger, renewal
from uphold.consent.asked import Asking
from uphold.consent.ledger import GIVEN, Act
from uphold.consent.renewal import Due, Editions, Judge
from uphold.database.engine import Database
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.enquiry import desk, reply
from uphold.enquiry.desk import State
from uphold.mail import letter, outbox
from uphold.mail.letter import Letter
from uphold.policy import publish
from uphold.policy.document import Edition, pick
from uphold.submission import record as submissions
from uphold.submission.record import Facts
from uphold.vault import identifier, remains
from uphold.vault.unlock import KeyRing

CHANNEL = "communication"
_VOCABULARY = "dpv:CommunicationManagement"
_CHUNK = 256
_SUBJECTS: Mapping[str, str] = {
    "en": "We ask for your consent anew",
    "ru": "Просим вас о согласии заново",
}
_TEXTS: Mapping[str, str] = {
    "en": (
        "You wrote to us and agreed to this use of your data: {purposes}.\n\n"
        "Our privacy policy has changed and now goes beyond what you agreed to. The page of your receipt "
        "shows what has changed, beside a box that is empty until you tick it:\n\n{address}\n\n"
        "If you do nothing, or say no there, nothing changes: your data are used only as you agreed then, "
        "and you can withdraw your consent at any time. The page says how.\n\n{operator}"
    ),
    "ru": (
        "Вы писали нам и дали согласие на такую обработку ваших данных: {purposes}.\n\n"
        "Наша политика конфиденциальности изменилась и теперь выходит за пределы вашего согласия. На "
        "странице вашей расписки показано, что изменилось, и есть окошко, пустое, пока вы сами не поставите "
        "в нём отметку:\n\n{address}\n\n"
        "Если вы ничего не сделаете или откажетесь, ничего не изменится: ваши данные будут использоваться "
        "только так, как вы согласились тогда, и вы можете отозвать согласие в любое время. Как это сделать, "
        "сказано на той же странице.\n\n{operator}"
    ),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people, each counted once: asked now, asked before, not to be reached by mail, refused by the gate."""

    asked: int = 0
    before: int = 0
    unreachable: int = 0
    refused: int = 0

    def plus(self, name: str) -> "Tally":
        """One more of a kind."""
        return replace(self, **{name: getattr(self, name) + 1})

    def told(self) -> dict[str, int]:
        """The same as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Concerned:
    """One record whose subject is to be asked, and for what. `address` is the field to write to, None for none."""

    facts: Facts
    due: tuple[Due, ...]
    before: frozenset[str]
    address: str | None

    @property
    def anew(self) -> tuple[Due, ...]:
        """What they were not asked yet."""
        return tuple(one for one in self.due if one.purpose not in self.before)


@dataclass(frozen=True, slots=True)
class Ask:
    """One round of asking under the edition in force.

    `editions` gives a published edition by number, `address` is the site's own. `purpose` is the one that
    letters are sent for; empty for the one that the policy declares for communication.
    """

    writer: Writer
    database: Database
    ring: KeyRing
    editions: Editions
    current: Edition
    address: str
    purpose: str = ""
    judge: Judge = field(init=False)

    def __post_init__(self) -> None:
        """Measure by the edition in force."""
        object.__setattr__(self, "judge", Judge(self.current))

    def require(self, edition: int) -> None:
        """Raise `errors.Invalid` unless `edition` is in force, letters have a purpose and the site an address."""
        if edition != self.current.number:
            raise errors.Invalid(
                f"Edition {edition} is not in force, edition {self.current.number} is.",
                "People are asked to agree to what holds: name that one, or wait.",
            )
        self.channel()
        if not self.address:
            raise errors.Invalid(
                "The site has no address that a letter could lead to.",
                "Set [site] address in uphold.toml.",
            )

    def channel(self) -> str:
        """The purpose that letters are sent for; `errors.Invalid` if the policy declares none."""
        purposes = self.current.policy.purposes
        if self.purpose:
            named = self.purpose if self.purpose in purposes else None
        else:
            marked = (name for name, one in purposes.items() if one.dpv == _VOCABULARY)
            named = next(marked, CHANNEL if CHANNEL in purposes else None)
        if named is None:
            raise errors.Invalid(
                "The policy declares no such purpose of writing to people.",
                "Name the purpose under which you answer them: --purpose ID",
            )
        return named

    def count(self) -> Tally:
        """How many would be asked. Opens nothing, so an optional address that was left empty is not known."""
        tally = Tally()
        with self.database.read() as connection:
            for one in self._concerned(connection):
                tally = tally.plus(_standing(one))
        return tally

    def run(self, actor: Actor) -> Tally:
        """Ask them, in the name of `actor`. Durable one by one, so that a round that broke off can be run again.

        Blocks. Raises `errors.Unavailable` when the storage cannot take it.
        """
        tally = Tally()
        with self.database.read() as connection:
            for one in self._concerned(connection):
                standing = _standing(one)
                tally = tally.plus(self._ask(actor, one) if standing == "asked" else standing)
        return tally

    def _concerned(self, connection: Connection) -> Iterator[_Concerned]:
        """Everybody whose consent the edition goes beyond, whether they can be written to or not."""
        streams = [_tagged(connection, purpose) for purpose in self._wider(connection)]
        grouped = groupby(heapq.merge(*streams), key=lambda pair: pair[0])
        held = ((number, frozenset(purpose for _, purpose in pairs)) for number, pairs in grouped)
        # What nobody sent is opened by no work.
        decoys = decoy.records(connection)
        while chunk := dict(islice(held, _CHUNK)):
            facts = submissions.facts(connection, chunk)
            acts = ledger.of_records(connection, min(chunk), max(chunk))
            for number, live in chunk.items():
                one = facts.get(number)
                if one is not None and not one.is_exercise and number not in decoys:
                    found = self._of(connection, one, acts.get(number, []), live)
                    if found is not None:
                        yield found

    def _wider(self, connection: Connection) -> list[str]:
        """The purposes for which the edition goes beyond an earlier one; most often none, and nobody is looked at."""
        given = [self.editions(number) for number in publish.entries(connection)]
        return [
            one.id
            for one in self.current.policy.purposes.values()
            if one.asks_consent
            and any(
                self.judge.wider(edition, form, one.id)
                for edition in given
                for form in self.current.forms
            )
        ]

    def _of(
        self, reader: Connection | Transaction, facts: Facts, acts: list[Act], live: frozenset[str]
    ) -> _Concerned | None:
        kept = self.editions(facts.edition)
        due = renewal.due(self.judge, facts.form, kept, acts, live, self.editions)
        if not due or desk.find(reader, facts.number).state in (State.ASIDE, State.DISCARDED):
            return None
        before = asked.before(reader, facts.number, self.current.number)
        return _Concerned(facts, due, before, self._address(facts, acts, live))

    def _address(self, facts: Facts, acts: list[Act], live: frozenset[str]) -> str | None:
        """The field to write to, if they consented to be written to and that consent stands."""
        channel = self.channel()
        standing = renewal.last(acts).get(channel)
        if channel not in live or standing is None or standing.act != GIVEN:
            return None
        return reply.address_field(self._question(Actor(0, permission.Role.OWNER), facts, acts))

    def _question(self, actor: Actor, facts: Facts, acts: list[Act]) -> Question:
        channel = self.channel()
        given = self.editions(renewal.governing(acts).get(channel, facts.edition))
        return Question(actor, facts.number, facts.form, channel, given, self.current, False)

    def _ask(self, actor: Actor, one: _Concerned) -> str:
        """Read the address, then seal the letter; says what became of it."""
        with self.database.read() as connection:
            acts = ledger.acts(connection, one.facts.number)
        question = self._question(actor, one.facts, acts)
        fields = frozenset({one.address or ""})
        opened = reading.open_record(self.writer, self.ring, replace(question, fields=fields))
        if isinstance(opened, Denied):
            return "refused"
        to = str(opened.values.get(one.address or "", ""))
        if letter.mailbox(to) is None:
            return "unreachable"
        return self.writer.run(lambda tx: self._seal(tx, question, one.facts, to))

    def _seal(self, tx: Transaction, question: Question, facts: Facts, to: str) -> str:
        """Look at everything again: meanwhile they may have withdrawn, agreed, or been asked by another process."""
        live = frozenset(purpose for _, purpose in remains.live(tx, facts.number))
        found = self._of(tx, facts, ledger.acts(tx, facts.number), live)
        if found is None or not found.anew:
            return "before"
        actor, number, channel = question.actor, facts.number, question.purpose
        wanted = Asked(actor, number, facts.form, channel, letter.FIELDS, tx.now, False)
        verdict = reading.judge(tx, wanted, question.given, question.current)
        if isinstance(verdict, Denial):
            reading.deny(tx, self.ring, actor, number, channel, verdict)
            return "refused"
        written = self._letter(facts, found.anew, to)
        outbox.put(tx, self.ring, number, channel, actor.staff, written, facts.language)
        for due in found.anew:
            wording = renewal.shown(self.judge, facts.form, due.purpose, facts.language)
            asking = Asking(due.purpose, self.current.number, wording.digest)
            asked.note(tx, self.ring, number, asking, asked.BY_MAIL)
        return "asked"

    def _letter(self, facts: Facts, due: tuple[Due, ...], to: str) -> Letter:
        policy, language = self.current.policy, facts.language
        titles = [
            pick(policy.purposes[one.purpose].title, language, policy.language) for one in due
        ]
        public = self.ring.identifiers.encode(identifier.RECEIPT, facts.number)
        text = pick(_TEXTS, language).format(
            purposes="; ".join(titles),
            address=f"{self.address.rstrip('/')}/receipt/{public}?lang={language}",
            operator=pick(policy.operator.name, language, policy.language),
        )
        return Letter(to, pick(_SUBJECTS, language), text)


def actor(database: Database, login: str) -> Actor:
    """Who asks: the account with this login, or the only one that may if `login` is empty.

    Raises `errors.Invalid` if there is no such account, or no single one.
    """
    with database.read() as connection:
        accounts = [one for one in staff.accounts(connection) if login in ("", one.login)]
        found = [who for one in accounts if (who := staff.actor(connection, one.number))]
    may = [who for who in found if permission.holds(who.role, Permission.CONSENT_ASK)]
    if len(may) != 1:
        raise errors.Invalid(
            "Letters are sent in the name of one owner, and it is not clear whose.",
            "Name an owner whose account is active: --by LOGIN",
        )
    return may[0]


def _standing(one: _Concerned) -> str:
    """What may be done about somebody, as far as it is known without opening anything."""
    if not one.anew:
        return "before"
    return "unreachable" if one.address is None else "asked"


def _tagged(connection: Connection, purpose: str) -> Iterator[tuple[int, str]]:
    for numbers in remains.holders(connection, purpose):
        yield from ((number, purpose) for number in numbers)
