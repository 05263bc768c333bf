# SPDX-License-Identifier: Apache-2.0
"""A statement is what it was when it was made, is signed once by each person, and attests the duty of its clause."""

import hashlib
from dataclasses import replace

import pytest
from sqlalchemy import text

from tests import cast
from tests.office import Office, office, quick_hashing
from uphold import errors
from uphold.assurance import duty, statement
from uphold.assurance.statement import Kind
from uphold.policy.document import Binding, Duty, Edition

__all__ = ["office", "quick_hashing"]

TOLD = {"measures": ["b", "a"], "level": 4}


def bound(office: Office, every: str = "P3Y") -> Edition:
    """The edition of the office whose clause 4.2.2 has the duty to sign an evaluation, and no other clause."""
    said = Duty({"en": "Head"}, {"en": "Sign the act"}, every)
    one = Binding("4.2.2", ("measures.evaluated",), fact=False, duty=said)
    return replace(office.edition, policy=replace(office.edition.policy, bindings={"4.2.2": one}))


def make(office: Office, kind: Kind = Kind.EVALUATION, by: int = 1) -> int:
    return office.run(lambda tx: statement.make(tx, kind, TOLD, by))


def test_what_a_statement_says_is_journaled_by_its_digest(office: Office) -> None:
    owner = office.staff(cast.owner)
    number = make(office, by=owner.staff)
    made = office.read(lambda c: statement.find(c, number))
    assert made.body == b'{"level":4,"measures":["b","a"]}'
    assert made.told == TOLD
    assert made.digest == hashlib.sha256(made.body).hexdigest()
    last = office.entries()[-1]
    assert last.kind == "statement.made"
    assert last.codes == {
        "statement": number,
        "of": "evaluation",
        "document": made.digest,
        "staff": owner.staff,
    }


def test_who_signs_attests_the_duty_of_the_clause(office: Office) -> None:
    owner, edition = office.staff(cast.owner), bound(office)
    number = make(office)
    office.run(lambda tx: statement.sign(tx, number, owner.staff, edition))
    made = office.read(lambda c: statement.find(c, number))
    assert [one.staff for one in made.signatures] == [owner.staff]
    found = office.read(lambda c: duty.newest(c, edition, (edition,)))
    assert found["4.2.2"].by == cast.owner.login
    assert [one.kind for one in office.entries()[-2:]] == ["statement.signed", "duty.attested"]
    due = office.read(lambda c: statement.due_at(c, Kind.EVALUATION, edition))
    assert due == found["4.2.2"].until


def test_two_people_sign_one_statement_and_nobody_twice(office: Office) -> None:
    edition, number = bound(office), make(office)
    office.run(lambda tx: statement.sign(tx, number, 1, edition))
    office.run(lambda tx: statement.sign(tx, number, 2, edition))
    with pytest.raises(errors.Conflict, match="have signed"):
        office.run(lambda tx: statement.sign(tx, number, 2, edition))
    made = office.read(lambda c: statement.find(c, number))
    assert [one.staff for one in made.signatures] == [1, 2]


def test_only_the_newest_of_a_kind_can_be_signed(office: Office) -> None:
    edition, old = bound(office), make(office)
    make(office, Kind.HARM)
    new = make(office)
    with pytest.raises(errors.Conflict, match="newer"):
        office.run(lambda tx: statement.sign(tx, old, 1, edition))
    office.run(lambda tx: statement.sign(tx, new, 1, edition))
    newest = office.read(lambda c: statement.newest(c, Kind.EVALUATION))
    assert newest is not None
    assert newest.number == new
    with pytest.raises(errors.Missing, match="no statement 99"):
        office.run(lambda tx: statement.sign(tx, 99, 1, edition))


def test_it_is_overdue_before_the_first_signature_and_after_its_term(office: Office) -> None:
    edition, now = bound(office, "P1Y"), office.run(lambda tx: tx.now)

    def late(at: int) -> tuple[Kind, ...]:
        return office.read(lambda c: statement.overdue(c, edition, at))

    assert late(now) == tuple(Kind)
    number = make(office)
    assert late(now) == tuple(Kind)
    office.run(lambda tx: statement.sign(tx, number, 1, edition))
    signed = office.read(lambda c: statement.find(c, number)).signatures[0].at
    assert late(signed) == (Kind.THREATS, Kind.HARM)
    over = duty.after(signed, "P1Y")
    assert late(over - 1) == (Kind.THREATS, Kind.HARM)
    assert late(over) == tuple(Kind)


def test_terms_are_those_of_the_clause_else_the_usual_ones(office: Office) -> None:
    edition = bound(office, "P6M")
    assert statement.term(edition, Kind.EVALUATION) == "P6M"
    assert statement.term(edition, Kind.THREATS) == "P1Y"
    assert statement.clauses(edition, Kind.HARM) == ()


def test_a_statement_cannot_be_changed_and_a_damaged_one_is_not_read(office: Office) -> None:
    number = make(office)
    change = text("UPDATE assurance_statement SET body = :body")
    with pytest.raises(errors.UpholdError):
        office.run(lambda tx: tx.execute(change, {"body": b"{}"}))
    made = office.read(lambda c: statement.find(c, number))
    assert made.told == TOLD
    with pytest.raises(errors.Broken, match="changed"):
        _ = replace(made, body=b"{}").told
