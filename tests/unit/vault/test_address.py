# SPDX-License-Identifier: Apache-2.0
"""An address sealed for one letter opens for that letter alone, and for nobody once its epoch is burned."""

import pytest

from tests import cast
from tests.rings import ring
from uphold.vault import address
from uphold.vault.contact import EMAIL, PHONE, Contact

ANNA = Contact(EMAIL, cast.subject.email)


@pytest.mark.parametrize("text", ["a@b.example", "анна@пример.рф", "", "x" * 500, "\ud800@b"])
@pytest.mark.parametrize("kind", [EMAIL, PHONE])
def test_it_opens_for_its_own_letter(kind: int, text: str) -> None:
    keys = ring()
    blob = address.seal(keys, 3, Contact(kind, text))
    assert address.open(keys, 3, blob) == Contact(kind, text)
    assert address.open(keys, 4, blob) is None
    assert address.open(ring(b"another site"), 3, blob) is None


@pytest.mark.parametrize("blob", [b"", b"\0\0\0\1", b"\0\0\0\1\1" + bytes(40), bytes(100)])
def test_what_is_no_blob_opens_to_nothing(blob: bytes) -> None:
    assert address.open(ring(), 3, blob) is None


def test_it_stays_under_its_epoch_and_goes_with_it() -> None:
    blob = address.seal(ring(), 3, ANNA)
    assert address.open(ring(epochs=2), 3, blob) == ANNA
    assert address.open(ring(epochs=2, burned=1), 3, blob) is None


def test_it_tells_nothing_by_its_bytes() -> None:
    keys = ring()
    one, two = address.seal(keys, 3, ANNA), address.seal(keys, 3, ANNA)
    assert one != two
    assert cast.subject.mark.encode() not in one
    assert len(one) == len(address.seal(keys, 3, Contact(EMAIL, "a@b.example")))
