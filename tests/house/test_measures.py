# SPDX-License-Identifier: Apache-2.0
"""The catalogue of measures is whole: every probe shows one, every harm of clause 4.1 has one."""

from collections import Counter
from collections.abc import Mapping

from tools import measures
from uphold.assurance import attacks
from uphold.assurance.probes import PROBES
from uphold.detection import sigma
from uphold.threats import measure
from uphold.threats.measure import ACCIDENTAL, HARMS, Measure

SHOWN = frozenset(probe.id for probe in PROBES)


def faults(measures: Mapping[str, Measure]) -> list[str]:
    """What a catalogue lacks."""
    named = {name for one in measures.values() for name in one.probes}
    harms = {harm for one in measures.values() if one.probes for harm in one.harms}
    mishaps = {h for one in measures.values() if one.accidental and one.probes for h in one.harms}
    return [
        *(f"no measure for probe {name}" for name in sorted(SHOWN - named)),
        *(f"no such probe: {name}" for name in sorted(named - SHOWN)),
        *(f"nothing probed against {harm}" for harm in sorted({*HARMS, ACCIDENTAL} - harms)),
        *(f"nothing probed against accidental {harm}" for harm in sorted({*HARMS} - mishaps)),
    ]


def test_every_probe_shows_a_measure_and_every_harm_has_one() -> None:
    assert faults(measure.catalogue()) == []


def test_each_probed_measure_is_missed() -> None:
    for name, one in measure.catalogue().items():
        rest = {other: m for other, m in measure.catalogue().items() if other != name}
        assert one.probes == () or faults(rest), f"nobody would miss {name}"


def test_every_rule_of_detection_that_is_shipped_is_a_measure() -> None:
    files = [(path.name, path.read_bytes()) for path in sorted(measure.PACK.glob("*.yml"))]
    rules = {f"detection-{one.name}": one for one in sigma.load(files).alerting}
    found = {name for name in measure.catalogue() if name.startswith("detection-")}
    assert found in (set(), set(rules)), "a rule has no probe, or a probe no rule"
    for one in rules.values():
        measure.of_rule(one)


def test_a_drill_is_of_what_it_plays() -> None:
    played = {
        f"detection-{rule}": name for name, one in attacks.ATTACKS.items() for rule in one.rules
    }
    drilled = {one.id: one.drill for one in measure.catalogue().values() if one.drill}
    found = {name: drill for name, drill in played.items() if name in measure.catalogue()}
    assert drilled == found


def test_an_id_stands_once() -> None:
    texts = [path.read_text(encoding="utf-8") for path in measure.FOLDER.glob("*.toml")]
    names = Counter(one.id for text in texts for one in measure.read(text))
    assert [name for name, count in names.items() if count > 1] == []


def test_a_duty_is_of_one_measure() -> None:
    duties = Counter(one.duty for one in measure.catalogue().values() if one.duty)
    assert [name for name, count in duties.items() if count > 1] == []


def test_the_reference_of_measures_is_the_catalogue() -> None:
    assert measures.PAGE.read_text(encoding="utf-8") == measures.page(), "run: make promises"
