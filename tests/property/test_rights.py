# SPDX-License-Identifier: Apache-2.0
"""A person's rights, whatever they wrote: a correction stands and is done once, an erasure leaves nothing to open."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from tests import site
from tests.editions import PURPOSE
from tests.office import Office
from uphold import errors
from uphold.rights import fulfil, holdings, package
from uphold.rights.fulfil import Corrected
from uphold.rights.package import Package
from uphold.vault import contact, remains
from uphold.vault.contact import Contact

# What a form takes: no control character, nothing at the ends that is trimmed away.
_LETTERS = st.characters(exclude_categories=("Cc", "Cs"))
WORDS = st.text(_LETTERS, min_size=1, max_size=60).map(str.strip).filter(bool)
ADDRESSES = st.from_regex(r"[a-z]{1,20}@[a-z]{1,20}\.example", fullmatch=True)
PHONES = st.from_regex(r"\+[0-9]{9,14}", fullmatch=True)
CHANGES = st.fixed_dictionaries(
    {}, optional={"name": WORDS | st.just(""), "message": WORDS, "phone": PHONES | st.just("")}
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One site for every example: each has records and addresses of its own."""
    app = site.build(tmp_path_factory.mktemp("rights"))
    yield Office(app)
    app.close()


def correct(office: Office, record: int, changes: Mapping[str, str]) -> Corrected:
    ground = office.app.holdings()
    made = office.run(lambda tx: fulfil.correct(tx, ground, record, changes))
    assert isinstance(made, Corrected)
    return made


def held(office: Office, record: int, named: Contact) -> Mapping[str, object]:
    found = fulfil.open_own(office.writer, named, (record,), office.app.holdings())
    return next(one.values for one in found if one.purpose == PURPOSE)


@settings(max_examples=25)
@given(address=ADDRESSES, message=WORDS, first=CHANGES, second=CHANGES)
def test_corrections_stand_and_are_done_once(
    shared: Office, address: str, message: str, first: dict[str, str], second: dict[str, str]
) -> None:
    record = shared.submit(email=address, message=message)
    named = Contact(contact.EMAIL, address)
    said = {"email": address, "message": message}
    for changes in (first, second):
        made = correct(shared, record, changes)
        said |= {key: changes[key] for key in made.fields}
        assert held(shared, record, named) == said
        assert {key: value for key, value in changes.items() if said.get(key, "") != value} == {}
        again = correct(shared, record, changes)
        assert (again.parts, again.before) == ((), made.after)


@settings(max_examples=25)
@given(address=ADDRESSES, moved=ADDRESSES, message=WORDS, changes=CHANGES)
def test_after_an_erasure_nothing_can_be_opened(
    shared: Office, address: str, moved: str, message: str, changes: dict[str, str]
) -> None:
    record = shared.submit(email=address, message=message, phone="+70000000000")
    correct(shared, record, {**changes, "email": moved})
    site.answer(shared.app, record)
    ground = shared.app.holdings()
    shared.run(lambda tx: fulfil.erase(tx, ground, (record,)))
    assert shared.app.sweep().finish() is not None
    assert set(shared.read(lambda c: remains.rows_of(c, record)).values()) == {0}
    for named in (Contact(contact.EMAIL, address), Contact(contact.EMAIL, moved)):
        assert record not in shared.read(
            lambda c, n=named: holdings.records_of(c, shared.ring, n)  # type: ignore[misc] # mypy infers no lambda with a default
        )
        with pytest.raises(errors.Missing):
            fulfil.open_own(shared.writer, named, (record,), ground)


Made = st.SearchStrategy[Any]
TEXT = st.text(max_size=30)
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2999, 1, 1), timezones=st.just(UTC))
COUNTS = st.integers(0, 2**53)
VALUES = TEXT | COUNTS | st.lists(TEXT, max_size=3) | st.dictionaries(TEXT, TEXT, max_size=3)


SIMPLE: Mapping[object, Made] = {
    str: TEXT,
    int: COUNTS,
    list[str]: st.lists(TEXT, max_size=3),
    package.Moment: MOMENTS,
    package.Moment | None: st.none() | MOMENTS,
    date | None: st.none() | st.dates(),
}


def some(kind: type, **known: Made) -> Made:
    """Any member of a package: its texts, numbers and times made up, the rest as told."""
    made = {
        name: known[name] if name in known else SIMPLE.get(hint, TEXT)
        for name, hint in kind.__annotations__.items()
    }
    return st.builds(kind, **made)


def few(strategy: Made) -> Made:
    return st.lists(strategy, max_size=2)


PURPOSES = some(
    package.Purpose,
    source=st.sampled_from(["person", "request", "site"]),
    values=few(some(package.Field, value=VALUES)),
    answers=few(some(package.Answer)),
)
SUBMISSIONS = some(
    package.Submission,
    consents=few(
        some(
            package.Consent, act=st.sampled_from(["given", "withdrawn"]), entry=COUNTS, wording=TEXT
        )
    ),
    purposes=few(PURPOSES),
    destroyed=few(some(package.Destroyed)),
    corrections=few(some(package.Correction)),
    readings=few(some(package.Reading)),
    orders=few(some(package.Order)),
)
PACKAGES = some(
    package.Package,
    format=st.just(package.FORMAT),
    address=TEXT,
    operator=some(package.Operator),
    policy=some(package.Policy),
    points=few(some(package.Point)),
    submissions=few(SUBMISSIONS),
    requests=few(some(package.Request)),
    disclosures=few(some(package.Disclosure, told=few(some(package.Told)))),
)


@given(PACKAGES)
def test_a_package_is_read_as_it_was_written(made: Package) -> None:
    assert package.parse(package.json(made)) == made
