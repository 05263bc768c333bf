# SPDX-License-Identifier: Apache-2.0
"""Measures by their evidence: fresh and of this configuration, or it shows nothing; people's word until its date."""

from dataclasses import replace

from uphold.assurance import evidence, measures
from uphold.assurance.evidence import Evidence, Stored
from uphold.assurance.probe import Kind, Status
from uphold.assurance.verdict import Present
from uphold.threats.attestation import Attested
from uphold.threats.judge import NOTHING, Held
from uphold.threats.measure import Measure

NOW, CONFIGURATION = 1_000, "cd" * 32
PRESENT = Present(NOW, 3, CONFIGURATION)
TOLD = Evidence(
    v=1,
    run=1,
    probe="a.b.c",
    promise="a.b",
    kind=Kind.EXAMINE,
    status=Status.KEPT,
    at=900,
    expires=2_000,
    did="looks",
    saw=(),
    edition=3,
    configuration=CONFIGURATION,
    journal=5,
    uphold="1",
)
TEXT = {"en": "x", "ru": "y"}


def measure(*probes: str, duty: str = "") -> Measure:
    """Make a measure that these probes show."""
    return Measure("m", TEXT, TEXT, probes, ("access",), (), duty=duty)


def stored(told: Evidence | None, name: str = "a.b.c", entry: int = 9) -> dict[str, Stored]:
    """Put evidence where it is found."""
    return {name: Stored(1, name, "a.b", entry, b"", told)}


def held(told: Evidence | None) -> Held:
    """How a measure of one probe stands by its evidence."""
    return measures.of(measure("a.b.c"), stored(told), {}, PRESENT).status


def test_evidence_counts_while_it_is_fresh_and_of_this_configuration() -> None:
    assert held(TOLD) is Held.KEPT
    assert held(replace_(expires=NOW)) is Held.STALE
    assert held(replace_(expires=NOW + 1)) is Held.KEPT
    assert held(replace_(edition=2)) is Held.OUTDATED
    assert held(replace_(configuration="ab" * 32)) is Held.OUTDATED
    assert held(replace_(status=Status.BROKEN)) is Held.BROKEN
    assert held(replace_(status=Status.BROKEN, expires=NOW)) is Held.STALE
    assert held(replace_(status=Status.NOT_SHOWN)) is Held.NOT_SHOWN
    assert held(replace_(status=Status.NOT_APPLICABLE)) is Held.NOT_APPLICABLE
    assert held(None) is Held.NOT_SHOWN, "altered evidence"


def replace_(**said: object) -> Evidence:
    """Make evidence that says something else."""
    fields = {name: getattr(TOLD, name) for name in TOLD.__struct_fields__}
    return Evidence(**{**fields, **said})


def test_it_says_which_evidence_until_when_and_where_it_is_journaled() -> None:
    found = measures.of(measure("a.b.c"), stored(TOLD), {}, PRESENT)
    assert (found.expires, found.evidence, found.entry) == (2_000, evidence.digest(TOLD), 9)
    assert measures.of(measure("a.b.d"), stored(TOLD), {}, PRESENT) == NOTHING


def test_a_measure_is_worth_its_worst_probe() -> None:
    two = measure("a.b.c", "a.b.d")
    for told, worst in (
        (TOLD, Held.KEPT),
        (replace_(status=Status.NOT_APPLICABLE), Held.KEPT),
        (replace_(status=Status.BROKEN), Held.BROKEN),
        (replace_(edition=2), Held.OUTDATED),
        (None, Held.NOT_SHOWN),
    ):
        both = {**stored(TOLD), **stored(told, "a.b.d")}
        assert measures.of(two, both, {}, PRESENT).status is worst
    assert measures.of(two, stored(TOLD), {}, PRESENT).status is Held.NOT_SHOWN
    soon = {**stored(TOLD, entry=1), **stored(replace_(expires=NOW + 5), "a.b.d", entry=2)}
    assert measures.of(two, soon, {}, PRESENT).entry == 2


def test_peoples_word_counts_until_its_date() -> None:
    word = Attested("media", 3, 900, NOW + 1, 12)
    only = measure(duty="media")
    found = measures.of(only, {}, {"media": word}, PRESENT)
    assert (found.status, found.expires, found.entry) == (Held.KEPT, NOW + 1, 12)
    assert len(found.evidence) == 64
    late = {"media": replace(word, until=NOW)}
    assert measures.of(only, {}, late, PRESENT).status is Held.STALE
    assert measures.of(only, {}, {}, PRESENT) == NOTHING
    both = measure("a.b.c", duty="media")
    assert measures.of(both, stored(TOLD), {}, PRESENT).status is Held.NOT_SHOWN
    assert measures.of(both, stored(TOLD), {"media": word}, PRESENT).status is Held.KEPT


def test_every_measure_is_judged() -> None:
    assert set(measures.states([measure("a.b.c")], stored(TOLD), {}, PRESENT)) == {"m"}
