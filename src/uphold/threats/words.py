# SPDX-License-Identifier: Apache-2.0
"""What codes of the model and of its threats are called, in Russian or English: `words.toml`, read once (pure)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

from uphold.policy.document import Edition, Text, pick
from uphold.threats.element import SITE, Element

LANGUAGES: Final = ("en", "ru")
_NAMED: Final = ("actor", "store", "key", "job", "role", "flow")


@cache
def topics() -> Mapping[str, Mapping[str, Text]]:
    """Every topic with its codes and what they are called."""
    raw = resources.files("uphold.threats").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(raw)


def say(topic: str, code: str, language: str) -> str:
    """What a code is called; the code itself where nothing says."""
    found = topics().get(topic, {}).get(code)
    return code if found is None else pick(found, language)


def name(element: Element, edition: Edition | None, language: str) -> str:
    """What an element is called: by its words here, by the policy's own, else by its kind and id."""
    kind, _, code = element.id.partition(":")
    if kind == SITE:
        return say("kind", SITE, language)
    if kind in _NAMED and code.partition("/")[0] in topics().get(kind, {}):
        return _coded(kind, code, edition, language)
    declared = "" if edition is None else _declared(edition, kind, code, language)
    return declared or f"{say('kind', kind, language)} {code}"


def title(id_: str, edition: Edition | None, language: str) -> str:
    """What the element with an id is called, whether or not it is there any more."""
    return name(Element(id_, id_.partition(":")[0], "", {}), edition, language)


def _coded(kind: str, code: str, edition: Edition | None, language: str) -> str:
    what, _, rest = code.partition("/")
    said = say(kind, what, language)
    if not rest:
        return said
    tables = () if edition is None else ("form", "purpose", "recipient")
    told = (_declared(edition, one, rest, language) for one in tables if edition is not None)
    return f"{said}: {next(filter(None, told), rest)}"


def _declared(edition: Edition, kind: str, code: str, language: str) -> str:
    policy = edition.policy
    if kind == "field":
        form, _, key = code.partition(".")
        field = edition.forms[form].field(key) if form in edition.forms else None
        return "" if field is None else pick(field.label, language, policy.language)
    texts: Mapping[str, Mapping[str, Text]] = {
        "form": {key: one.title for key, one in edition.forms.items()},
        "purpose": {key: one.title for key, one in policy.purposes.items()},
        "recipient": {key: one.name for key, one in policy.recipients.items()},
    }
    found = texts.get(kind, {}).get(code)
    return "" if found is None else pick(found, language, policy.language)
