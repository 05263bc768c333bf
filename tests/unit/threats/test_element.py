# SPDX-License-Identifier: Apache-2.0
"""The model as bytes: the same for the same facts, read back as it was, unknown facts apart."""

import json

import pytest

from uphold.threats import element
from uphold.threats.element import Element, Fact


def some() -> element.Model:
    facts = {
        "special": Fact(False, "policy:forms.contact"),
        "purposes": Fact(("enquiry", "news"), "policy:forms.contact"),
        "fields": Fact(3, "policy:forms.contact"),
        "public": Fact(None, "program:"),
    }
    site = {"https": Fact(True, "config:site.address"), "engine": Fact("sqlite", "db:")}
    return element.model(
        [
            Element("site", "site", "app", site),
            Element("form:contact", "form", "app", facts),
        ]
    )


def test_the_bytes_depend_on_facts_alone_and_not_on_their_order() -> None:
    found = some()
    turned = element.Model(
        tuple(
            Element(one.id, one.kind, one.zone, dict(reversed(list(one.facts.items()))))
            for one in found.elements
        )
    )
    assert turned.canonical() == found.canonical()
    assert turned.digest == found.digest
    assert [one.id for one in found.elements] == ["form:contact", "site"]
    other = element.model([found.elements[1]])
    assert other.digest != found.digest


def test_what_was_stored_is_read_back_as_it_was() -> None:
    found = some()
    again = element.read(found.canonical())
    assert again == found
    assert again.canonical() == found.canonical()
    told = json.loads(found.canonical())
    assert told["elements"][0]["facts"]["purposes"] == [
        ["enquiry", "news"],
        "policy:forms.contact",
    ]


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"format":2,"elements":[]}', b'{"format":1}'])
def test_other_bytes_are_no_model(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        element.read(raw)


def test_unknown_is_neither_yes_nor_no_and_is_told_apart() -> None:
    found = some()
    assert [(one.id, name) for one, name in found.unknown()] == [("form:contact", "public")]
    form = found.element("form:contact")
    assert form is not None
    assert form.value("special") is False
    assert form.value("public") is None
    assert found.element("form:none") is None
    assert [one.id for one in found.of("form")] == ["form:contact"]
