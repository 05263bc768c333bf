# SPDX-License-Identifier: Apache-2.0
"""The catalogue is closed: whatever it does not name can be neither written nor read."""

import json
from typing import Any

import pytest

from uphold.errors import Invalid
from uphold.journal import catalogue, entry

DIGEST = "0" * 63 + "f"
COMMITMENT = "A" * 43
SALT = bytes(range(16))
AT = 1_767_323_045_678
EXAMPLES: dict[str, entry.Code] = {
    "digest": DIGEST,
    "digests": f"{DIGEST}+{DIGEST}",
    "number": 7,
    "code": "owner",
    "codes": "name+e-mail",
    "language": "ru",
    "origin": "uphold.example/journal",
    "name": "consent.box-empty.page",
    "clause": "2.2.1",
}


def codes(kind: catalogue.Kind) -> dict[str, entry.Code]:
    return {name: EXAMPLES[shape] for name, shape in kind.codes.items()}


def example(kind: catalogue.Kind) -> entry.Encoded:
    return entry.encode(kind.name, AT, SALT, codes(kind), [COMMITMENT] * len(kind.commitments))


EVERY = pytest.mark.parametrize("kind", catalogue.CATALOGUE.values(), ids=lambda kind: kind.name)


@EVERY
def test_every_kind_comes_back_as_it_was_written(kind: catalogue.Kind) -> None:
    raw = example(kind)
    found = entry.decode(raw)
    assert found.kind == kind.name
    assert found.at_ms == AT // 1000 * 1000
    assert found.salt == SALT
    assert found.codes == codes(kind)
    assert found.commitments == (COMMITMENT,) * len(kind.commitments)
    # Both ways of reading say the same.
    assert entry._decode_known(raw) == entry._decode_any(raw) == found


@EVERY
def test_bytes_are_canonical_json(kind: catalogue.Kind) -> None:
    raw = example(kind)
    members = json.loads(raw)
    assert raw == json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    assert members["at"] == "2026-01-02T03:04:05Z"
    assert members["v"] == 1
    assert ("c" in members) == bool(kind.commitments)
    assert ("d" in members) == bool(kind.codes)


@EVERY
def test_the_catalogue_is_told_in_plain_words(kind: catalogue.Kind) -> None:
    assert kind.meaning.endswith(".")
    assert set(kind.codes.values()) <= set(catalogue.SHAPES)


@EVERY
def test_no_code_may_be_missing_added_or_misshapen(kind: catalogue.Kind) -> None:
    known, committed = codes(kind), [COMMITMENT] * len(kind.commitments)
    bad: list[Any] = ["", "Ivan Ivanov", "\ud800", None, True, -1, 2.0]
    bad += [2**63, "x" * 300, [], "a\n", "a+", "+a", "É"]
    wrong: list[dict[str, Any]] = [{**known, "note": "free text"}]
    for name in known:
        wrong.append({key: value for key, value in known.items() if key != name})
        wrong.append({**wrong[-1], "other": 1})
        wrong += [{**known, name: value} for value in bad]
    for each in wrong:
        with pytest.raises(Invalid):
            entry.encode(kind.name, AT, SALT, each, committed)
    most = entry.MAX_COMMITMENTS if kind.repeats else len(committed)
    for count in {0, 1, 2, 3, 257} - set(range(len(committed), most + 1)):
        with pytest.raises(Invalid):
            entry.encode(kind.name, AT, SALT, known, [COMMITMENT] * count)


@pytest.mark.parametrize(
    ("shape", "good", "bad"),
    [
        ("digest", [DIGEST], [DIGEST[1:], DIGEST.upper(), DIGEST + "0", "g" * 64]),
        ("number", [0, 2**63 - 1], [-1, 2**63, False, "1"]),
        ("code", ["a", "0-9", "x" * 40], ["A", "a_b", "x" * 41, "a b", "a\n"]),
        (
            "digests",
            [DIGEST, f"{DIGEST}+{DIGEST}"],
            [f"{DIGEST}+", f"{DIGEST},{DIGEST}", "+".join([DIGEST] * 33)],
        ),
        (
            "codes",
            ["a", "a+b", "a+b-c+d"],
            ["a++b", "+", "a b", "a+" + "x" * 41, "+".join("a" * 257)],
        ),
        ("language", ["ru", "en-GB", "zh-Hant-TW"], ["russian", "r", "RU", "en_GB", "en-"]),
        (
            "origin",
            ["a", "a.b:8000/c/d", "x.example/j~1"],
            ["https://a", "a b", "a+b", "А.рф", "a/"],
        ),
        (
            "name",
            ["consent.box-empty", "consent.box-empty.page"],
            ["consent", "a.b.c.d", "a..b", ".a", "a.B", "a.b."],
        ),
        (
            "clause",
            ["title", "date", "preamble.1", "1", "2.2.1"],
            ["preamble", "0", "1.", "1.0", "01", "2.2.a", "Title"],
        ),
    ],
)
def test_shapes(shape: str, good: list[entry.Code], bad: list[entry.Code]) -> None:
    kind = next(kind for kind in catalogue.CATALOGUE.values() if shape in kind.codes.values())
    name = next(name for name, its in kind.codes.items() if its == shape)
    committed = [COMMITMENT] * len(kind.commitments)
    for value in good:
        raw = entry.encode(kind.name, AT, SALT, {**codes(kind), name: value}, committed)
        assert entry.decode(raw).codes[name] == value
    for value in bad:
        with pytest.raises(Invalid):
            entry.encode(kind.name, AT, SALT, {**codes(kind), name: value}, committed)


@pytest.mark.parametrize(
    "commitment", ["", "A" * 42, "A" * 44, "A" * 42 + "B", "A" * 42 + "=", "+" * 43]
)
def test_a_commitment_has_one_spelling(commitment: str) -> None:
    with pytest.raises(Invalid):
        entry.encode("mail.exported", AT, SALT, {}, [commitment])


@pytest.mark.parametrize("at_ms", [-1, 253_402_300_800_000, 10**30])
def test_a_time_must_be_a_year_of_four_digits(at_ms: int) -> None:
    with pytest.raises(Invalid):
        entry.encode("staff.signed-in", at_ms, SALT, {"staff": 1})


def test_the_salt_is_16_bytes_and_never_the_same() -> None:
    assert len({entry.salt() for _ in range(100)}) == 100
    assert len(entry.salt()) == 16
    for length in (0, 15, 17):
        with pytest.raises(Invalid):
            entry.encode("staff.signed-in", AT, bytes(length), {"staff": 1})


def test_a_last_commitment_may_repeat_where_the_catalogue_says_so() -> None:
    kind = catalogue.CATALOGUE["record.stored"]
    assert kind.repeats
    many = [COMMITMENT] * 256
    raw = entry.encode(kind.name, AT, SALT, codes(kind), many)
    assert entry.decode(raw).commitments == tuple(many)


def test_the_first_and_the_last_second_come_back() -> None:
    for at_ms in (0, 253_402_300_799_000):
        raw = entry.encode("staff.signed-in", at_ms, SALT, {"staff": 1})
        assert entry.decode(raw).at_ms == at_ms


RAW = entry.encode("staff.signed-in", AT, SALT, {"staff": 1}).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        RAW + " ",
        " " + RAW,
        RAW.replace('"v":1', '"v":2'),
        RAW.replace('"v":1', '"v":1.0'),
        RAW.replace('"v":1', '"v":true'),
        RAW.replace('"v":1', '"v":1,"v":1'),
        RAW.replace('"v":1', '"v":1,"x":1'),
        RAW.replace(',"v":1', ""),
        RAW.replace('"staff":1', '"staff":1.0'),
        RAW.replace('"staff":1', '"staff":01'),
        RAW.replace('"staff":1', '"staff":1,"staff":1'),
        RAW.replace('"staff":1', '"staff":' + "9" * 400),
        RAW.replace('"staff":1', '"staff":[1]'),
        RAW.replace('"d":', '"c":[],"d":'),
        RAW.replace("staff.signed-in", "staff.signed-up"),
        RAW.replace("staff.signed-in", "staff\\u002esigned-in"),
        RAW.replace("2026-01-02", "2026-02-30"),
        RAW.replace("03:04:05Z", "24:00:00Z"),
        RAW.replace("03:04:05Z", "03:04:60Z"),
        RAW.replace("03:04:05Z", "03:04:05+00:00"),
        RAW.replace("2026", "1969"),
        RAW.replace("2026", "0000"),
        RAW.replace("2026", "٢٠٢٦"),
        RAW.replace('"s":"A', '"s":"="'),
        RAW.replace('ODw"', 'ODx"'),
        RAW.replace("{", "{ ", 1),
        "[" * 5000,
        "{" + " " * 70_000,
    ],
)
def test_only_canonical_bytes_are_read(text: str) -> None:
    assert text != RAW
    with pytest.raises(Invalid):
        entry.decode(text.encode())
    assert entry._decode_known(text.encode()) is None


def test_what_is_not_utf8_is_refused() -> None:
    with pytest.raises(Invalid):
        entry.decode(RAW.encode().replace(b"staff.", b"\xff\xfe"))


def test_errors_never_repeat_what_they_refuse() -> None:
    with pytest.raises(Invalid) as caught:
        entry.encode("staff.refused", AT, SALT, {"reason": "Ivan Ivanov"})
    assert "Ivan" not in str(caught.value)
