# SPDX-License-Identifier: Apache-2.0
"""A file of measures is read strictly: what is not as it must be is told, not passed over."""

import pytest

from uphold.detection import sigma
from uphold.threats import measure

GOOD = """
[locked]
title = {en = "Locked", ru = "Заперто"}
does = {en = "It is locked.", ru = "Заперто."}
probes = ["access.strangers-refused.console"]
harms = ["access", "accidental"]
order21 = ["УПД.2"]
"""


def test_a_measure_is_read_whole() -> None:
    (one,) = measure.read(GOOD)
    assert (one.id, one.title["en"], one.probes) == (
        "locked", "Locked", ("access.strangers-refused.console",)
    )  # fmt: skip
    assert (one.order21, one.drill, one.duty, one.accidental) == (("УПД.2",), "", "", True)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('"access", "accidental"', '"theft"'),
        ('"access", "accidental"', '"accidental"'),
        ('["access.strangers-refused.console"]', "[]"),
        ("УПД.2", "UPD.2"),
        (', ru = "Заперто"', ""),
        ('ru = "Заперто"', 'ru = ""'),
        ("[locked]", "[Locked]"),
        ("order21", "order22"),
        ("[locked]", '[locked]\nextra = "x"'),
    ],
)
def test_what_is_not_as_it_must_be_is_told(was: str, becomes: str) -> None:
    text = GOOD.replace(was, becomes, 1)
    assert text != GOOD
    with pytest.raises((ValueError, TypeError, KeyError)):
        list(measure.read(text))


def test_a_duty_alone_is_enough() -> None:
    text = GOOD.replace('["access.strangers-refused.console"]', "[]") + 'duty = "premises"\n'
    (one,) = measure.read(text)
    assert (one.probes, one.duty) == ((), "premises")


def test_the_catalogue_is_read_once_and_cannot_be_changed() -> None:
    assert measure.catalogue() is measure.catalogue()
    with pytest.raises(TypeError):
        measure.catalogue()["x"] = next(iter(measure.catalogue().values()))  # type: ignore[index]  # tried on purpose


WATCHES = """
title: Many records are opened
name: many-opened
logsource: {product: uphold, service: journal}
detection:
  opened: {kind: record.opened}
  condition: opened
uphold:
  title: {ru: Открыто много записей}
  why: {en: Nobody needs so many., ru: Столько никому не нужно.}
  severity: 3
  respond: [log, notify]
"""


def test_a_rule_of_detection_is_a_measure() -> None:
    (rule,) = sigma.load([("reading.yml", WATCHES.encode())]).alerting
    one = measure.of_rule(rule)
    assert (one.id, one.probes) == ("detection-many-opened", ("intrusion.detected.many-opened",))
    assert (one.title["ru"], one.does["en"]) == ("Открыто много записей", "Nobody needs so many.")
    assert (one.harms, one.order21) == (("access", "copying"), ("СОВ.1", "РСБ.5", "ИНЦ.2"))
