# SPDX-License-Identifier: Apache-2.0
"""Whatever the values: a blob opens in its own place only, ids are one to one, spellings are stable."""

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, given, strategies as st

from tests import rings
from uphold import errors
from uphold.vault import contact, identifier, part, partkey, records, seal, subject
from uphold.vault.contact import EMAIL, PHONE, Contact
from uphold.vault.identifier import Identifiers
from uphold.vault.part import Fetched, Sealed

RING = rings.ring(epochs=3)
IDS = Identifiers(bytes(range(32)))
KEY = bytes(range(32))
NONCE = bytes(12)

u64 = st.integers(0, 2**64 - 1)
u32 = st.integers(0, 2**32 - 1)
sites = st.binary(min_size=16, max_size=16)
purposes = st.text("abc-|,\0", max_size=6)
part_places = st.tuples(sites, u64, purposes, u64)
key_places = st.tuples(sites, u64, u32)
# Small numbers too, so that fields often coincide and are exchanged with one another.
near = st.integers(0, 3)
near_places = st.tuples(st.sampled_from([bytes(16), b"\1" * 16]), near, purposes, near)


def part_place(where: tuple[bytes, int, str, int]) -> bytes:
    site, record, purpose, version = where
    return seal.Places(site).part(record, purpose, version)


def refuses(blob: bytes, place: bytes) -> bool:
    with pytest.raises(errors.Broken):
        seal.unseal(AESGCM(KEY), blob, place)
    return True


@given(st.lists(st.binary(max_size=6), max_size=5), st.lists(st.binary(max_size=6), max_size=5))
def test_joining_is_one_to_one(one: list[bytes], other: list[bytes]) -> None:
    assert (seal.lp(*one) == seal.lp(*other)) == (one == other)


@given(
    st.one_of(part_places, near_places), st.one_of(part_places, near_places), st.binary(max_size=40)
)
def test_content_opens_in_its_own_place_only(
    one: tuple[bytes, int, str, int], other: tuple[bytes, int, str, int], plaintext: bytes
) -> None:
    blob = seal.seal(AESGCM(KEY), NONCE, plaintext, part_place(one))
    assert seal.unseal(AESGCM(KEY), blob, part_place(one)) == plaintext
    assert one == other or refuses(blob, part_place(other))


@given(part_places, st.permutations(range(4)))
def test_no_other_order_of_the_names_opens(
    where: tuple[bytes, int, str, int], order: list[int]
) -> None:
    site, record, purpose, version = where
    names = [site, record.to_bytes(8, "big"), purpose.encode(), version.to_bytes(8, "big")]
    shuffled = [names[at] for at in order]
    assume(shuffled != names)
    blob = seal.seal(AESGCM(KEY), NONCE, b"x", part_place(where))
    refuses(blob, seal.lp(b"uphold/part/v1", seal.SUITE, *shuffled))


@given(key_places, key_places)
def test_keys_and_contacts_open_for_their_own_part_and_epoch_only(
    one: tuple[bytes, int, int], other: tuple[bytes, int, int]
) -> None:
    places = [
        place
        for site, number, epoch in (one, other)
        for place in (
            seal.Places(site).key(number, epoch),
            seal.Places(site).contacts(number, epoch),
        )
    ]
    for place in places:
        blob = seal.seal(AESGCM(KEY), NONCE, KEY, place)
        assert all(refuses(blob, wrong) for wrong in places if wrong != place)
        assert seal.unseal(AESGCM(KEY), blob, place) == KEY


def fetched(sealed: Sealed) -> list[Fetched]:
    return [
        Fetched(p.number, p.purpose, p.version, p.sealed, p.epoch, p.wrapped) for p in sealed.parts
    ]


@given(
    st.integers(1, 2**52),
    st.integers(1, 2**52),
    st.sampled_from(["number", "purpose", "version", "sealed", "epoch", "wrapped"]),
    st.integers(0, 2),
    st.integers(0, 2),
)
def test_a_part_with_any_column_of_another_does_not_open(
    one: int, other: int, column: str, at: int, from_: int
) -> None:
    """An attacker who can write the database moves one column of a row to another row."""
    ours = fetched(records.prepare(RING, one, rings.submission()))[at]
    theirs = fetched(records.prepare(rings.ring(epochs=2), other, rings.submission()))[from_]
    changed = msgspec.structs.replace(ours, **{column: getattr(theirs, column)})
    permit = rings.permit(changed.record, changed.purpose)
    if changed == ours:
        records.open(RING, permit, [changed])
        return
    with pytest.raises(errors.Broken):
        records.open(RING, permit, [changed])


names = st.text(min_size=1, max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(names, values, max_size=5), st.frozensets(names, max_size=5))
def test_a_permit_opens_its_fields_and_no_more(
    fields: dict[str, object], wanted: frozenset[str]
) -> None:
    (stored,) = fetched(records.prepare(RING, 5, [part.plain("feedback", 1, fields)]))
    wanted |= frozenset(list(fields)[:2])
    opened = records.open(RING, rings.permit(5, fields=wanted), [stored])
    assert opened == {name: fields[name] for name in wanted & set(fields)}
    for name in wanted:
        fewer = records.open(RING, rings.permit(5, fields=wanted - {name}), [stored])
        assert fewer == {key: value for key, value in opened.items() if key != name}


@given(st.integers(0, 255), u64, st.integers(0, 255))
def test_ids_come_back_for_their_kind_only(kind: int, number: int, other: int) -> None:
    text = IDS.encode(kind, number)
    assert IDS.decode(kind, text) == number
    assert kind == other or IDS.decode(other, text) is None


@given(
    st.one_of(
        st.text(max_size=40), st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=26, max_size=26)
    )
)
def test_no_guessed_text_is_an_id(text: str) -> None:
    assert IDS.decode(identifier.RECORD, text) is None


typed = st.one_of(
    st.text(max_size=60),
    st.text("aA1.@ -ß\u0130ſ\u0345é\u0301рФ。+\ud800", max_size=30),
    st.tuples(st.text(max_size=12), st.text(max_size=20)).map(
        lambda pair: f"{pair[0]}@{pair[1]}.рф"
    ),
    st.emails(),
    st.from_regex(r"[+ 0-9()\-]{5,22}", fullmatch=True),
)


@given(st.sampled_from([EMAIL, PHONE]), typed)
def test_a_spelling_is_stable(kind: int, text: str) -> None:
    """Never an error, and what is normalised stays as it is; otherwise nobody could search by it."""
    once = contact.normalise(Contact(kind, text))
    if once is not None:
        assert contact.normalise(Contact(kind, once)) == once
        once.encode()


@given(
    st.lists(st.tuples(st.sampled_from([EMAIL, PHONE]), typed), max_size=4), st.integers(1, 2**50)
)
def test_wrapped_contacts_give_every_epochs_index(
    members: list[tuple[int, str]], record: int
) -> None:
    contacts = tuple(Contact(kind, text) for kind, text in members)
    (sealed,) = records.prepare(RING, record, [part.plain("feedback", 1, {}, contacts)]).parts
    unwrapped = subject.unwrap(RING, sealed.number, sealed.epoch, sealed.contacts)
    assert [inner for _, _, inner in unwrapped] == [member.inner for member in sealed.indexed]
    for kind, version, inner in unwrapped:
        found = {subject.derive(RING, epoch, kind, version, inner) for epoch in RING.epochs}
        assert len(found) == 3
        assert any(member.value in found for member in sealed.indexed)


@given(st.binary(max_size=90))
def test_noise_never_opens(blob: bytes) -> None:
    with pytest.raises(errors.Broken):
        partkey.unwrap(RING, 5 << 8, 1, blob)
