# SPDX-License-Identifier: Apache-2.0
"""The key ring's content: what is refused, and that no message shows a key."""

import copy
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests import rings
from uphold import errors
from uphold.vault import keys


def secrets(raw: bytes) -> list[str]:
    content = msgspec.json.decode(raw)
    names = ("site", "journal_seed", "identifier_key", "token_key", "contact_root")
    found = [content[name] for name in names]
    return found + [e[name] for e in content["epochs"] for name in ("key", "index_root")]


def shows(text: str, raw: bytes) -> bool:
    """Whether eight or more digits of a secret, or its bytes, stand in `text`."""
    return any(s[:8] in text or repr(bytes.fromhex(s))[2:-1][:12] in text for s in secrets(raw))


def test_a_generated_ring_is_whole() -> None:
    raw = rings.file(epochs=3)
    ring = keys.parse(raw)
    content = msgspec.json.decode(raw)
    assert ring.site.hex() == content["site"]
    assert ring.signing_seed.hex() == content["journal_seed"]
    assert ring.token_key.hex() == content["token_key"]
    assert [epoch.number for epoch in ring.epochs] == [1, 2, 3]
    assert ring.newest is ring.epochs[-1] is ring.epoch(3)
    assert ring.epoch(1).created_at == rings.NOW
    assert len(set(secrets(raw))) == 11


def test_the_key_of_marks_is_derived_and_is_none_of_the_others() -> None:
    raw = rings.file(epochs=1)
    ring, again = keys.parse(raw), keys.parse(raw)
    assert ring.exercise_key == again.exercise_key
    assert len(ring.exercise_key) == 32
    assert ring.exercise_key.hex() not in secrets(raw)


def test_an_epoch_that_is_gone_is_named() -> None:
    with pytest.raises(errors.Broken, match="epoch 9"):
        rings.ring().epoch(9)


def set_to(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content.__setitem__(name, value)


def set_epoch(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["epochs"][0].__setitem__(name, value)


FAULTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "short-site": set_to("site", "00" * 15),
    "short-seed": set_to("journal_seed", "ab" * 31),
    "long-key": set_to("token_key", "ab" * 33),
    "upper-case": set_to("contact_root", "AB" * 32),
    "spaced": set_to("identifier_key", "ab " * 32),
    "not-hex": set_to("identifier_key", "zz" * 32),
    "a-number": set_to("identifier_key", 5),
    "unknown-format": set_to("format", "uphold/keys/v9"),
    "unknown-field": set_to("spare", "ab" * 32),
    "no-epoch": set_to("epochs", []),
    "epoch-zero": set_epoch("number", 0),
    "epoch-too-large": set_epoch("number", 2**32),
    "epoch-before-1970": set_epoch("created_at", -1),
    "epoch-short-key": set_epoch("key", "ab" * 16),
    "epoch-short-root": set_epoch("index_root", ""),
    "epoch-twice": lambda content: content["epochs"].append(content["epochs"][0]),
    "epochs-backwards": lambda content: content["epochs"].reverse(),
    "one-secret-twice": lambda content: set_to("token_key", content["contact_root"])(content),
    "no-seed": lambda content: content.pop("journal_seed"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_ring_is_refused_without_showing_it(fault: str) -> None:
    raw = rings.file(epochs=2)
    content = msgspec.json.decode(raw)
    FAULTS[fault](content)
    with pytest.raises(errors.Broken) as caught:
        keys.parse(msgspec.json.encode(content))
    assert caught.value.advice
    assert not shows("".join(traceback.format_exception(caught.value)), raw)


def test_broken_json_is_refused_without_showing_it() -> None:
    raw = rings.file()
    for spoiled in (b"", b"{}", b"[]", raw[:-20], raw.replace(b'"', b"", 1), b"\xff" + raw):
        with pytest.raises(errors.Broken) as caught:
            keys.parse(spoiled)
        assert not shows("".join(traceback.format_exception(caught.value)), raw)


def test_a_ring_never_shows_nor_copies_itself() -> None:
    raw = rings.file()
    ring = keys.parse(raw)
    assert not shows(f"{ring} {ring!r} {ring.newest!r} {ring.epochs}", raw)
    for secret in (ring, ring.newest):
        with pytest.raises(TypeError, match="secret"):
            pickle.dumps(secret)
        with pytest.raises(TypeError, match="secret"):
            copy.deepcopy(secret)


def test_an_epoch_is_added_and_taken_out() -> None:
    raw = rings.file(epochs=2)
    grown = keys.extend(raw, rings.NOW + 9, rings.stream(b"more"))
    ring = keys.parse(grown)
    assert [(one.number, one.created_at) for one in ring.epochs][-1] == (3, rings.NOW + 9)
    left = keys.parse(keys.without(grown, [1, 2, 7]))
    assert [one.number for one in left.epochs] == [3]
    assert keys.without(grown, []) == grown
    with pytest.raises(errors.Conflict, match="newest epoch"):
        keys.without(grown, [3])


def test_the_last_number_of_all() -> None:
    content = msgspec.json.decode(rings.file())
    content["epochs"][0]["number"] = keys.LARGEST_EPOCH
    with pytest.raises(errors.Broken, match="no further epoch"):
        keys.extend(msgspec.json.encode(content), rings.NOW, rings.stream(b"more"))
