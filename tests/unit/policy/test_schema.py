# SPDX-License-Identifier: Apache-2.0
import re
from dataclasses import fields
from pathlib import Path

import pytest

from uphold.policy import document, schema

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "policy-files.md"


@pytest.mark.parametrize("table", schema.TABLES)
def test_every_key_is_documented(table: str) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    parts = re.split(r"(?m)^#+ ", text)
    section = next(part for part in parts if part.startswith(f"`{table}`"))
    documented = set(re.findall(r"(?m)^\| `([a-z-]+)` \|", section))
    assert documented == {key.name for key in schema.TABLES[table]}


@pytest.mark.parametrize(
    "choices",
    [document.BASES, document.EVENTS, document.ACTIONS, document.ROLES, document.FIELD_TYPES,
     document.RECIPIENT_KINDS, document.PROFILES],
)  # fmt: skip
def test_every_choice_is_documented(choices: tuple[str, ...]) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert [choice for choice in choices if f"`{choice}`" not in text] == []


@pytest.mark.parametrize("table", schema.TABLES)
def test_every_key_has_advice(table: str) -> None:
    keys = schema.TABLES[table]
    assert all(key.advice.endswith((".", "]", '"')) for key in keys)
    assert len({key.name for key in keys}) == len(keys)


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        (schema.OPERATOR, document.Operator),
        (schema.CATEGORY, document.Category),
        (schema.RECIPIENT, document.Recipient),
        (schema.PURPOSE, document.Purpose),
        (schema.OPTION, document.Option),
        (schema.CONSENT, document.ConsentBox),
    ],
)
def test_keys_fill_the_documents_classes(keys: tuple[schema.Key, ...], kind: type) -> None:
    assert {key.name for key in keys} | {"id"} == {field.name for field in fields(kind)} | {"id"}
