# SPDX-License-Identifier: Apache-2.0
"""Views are plain, frozen data; each has its template, and the template says what it is given."""

import ast
import dataclasses
import re
from importlib import resources
from types import ModuleType

import pytest

from uphold.web import (
    account_views,
    alert_views,
    client_views,
    console_views,
    disclosure_views,
    drafts,
    evaluation_views,
    export_views,
    glass_views,
    hold_views,
    incident_views,
    journal_views,
    mail_views,
    my_views,
    published_views,
    receipt_views,
    request_views,
    retention_views,
    search_views,
    statistics_views,
    threat_views,
    verdicts,
    views,
    visit_views,
)

TEMPLATES = resources.files("uphold.web") / "templates"
SHARED = {
    f"{name}.html"
    for name in (
        *("base", "parts", "fields", "notice", "judged", "differences", "renewals"),
        *("withdraw", "withdrawn", "kept", "asking", "opinion", "rights", "disclosed"),
    )
} | {
    f"console/{name}.html"
    for name in (
        *("base", "pieces", "picks", "faults", "figures", "figures_page"),
        "alert_pieces",
        *("opening", "passkeys", "password", "sessions", "incident_words"),
    )
}
SHARED |= {f"my/{name}.html" for name in ("base", "pieces")}
MODULES = (
    alert_views,
    *(views, my_views, receipt_views, console_views, account_views, drafts, mail_views),
    *(disclosure_views, request_views, retention_views, verdicts, hold_views, journal_views),
    *(search_views, client_views, export_views, glass_views, visit_views, statistics_views),
    incident_views,
    *(threat_views, published_views, evaluation_views),
)
ALL = tuple(
    kind
    for module in MODULES
    for kind in vars(module).values()
    if hasattr(kind, "template") and kind.__module__ == module.__name__
)


def head(view: type) -> str:
    """The comment at the top of a view's template."""
    text = (TEMPLATES / view.template).read_text(encoding="utf-8")  # type: ignore[attr-defined]  # every view has one
    found = re.match(r"\{#(.*?)#\}", text, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("view", ALL, ids=lambda view: view.__name__)
def test_the_template_names_the_view_and_every_field(view: type) -> None:
    said = head(view)
    module = view.__module__.rpartition(".")[2]
    assert f"{module}.{view.__name__}" in said
    missing = [f.name for f in dataclasses.fields(view) if not re.search(rf"\b{f.name}\b", said)]
    assert missing == []


@pytest.mark.parametrize("module", MODULES)
def test_views_are_frozen_and_said_in_words(module: ModuleType) -> None:
    kinds = [
        k for k in vars(module).values() if isinstance(k, type) and dataclasses.is_dataclass(k)
    ]
    assert kinds
    for kind in kinds:
        # A frozen dataclass refuses to be changed through this method of its own.
        assert "__delattr__" in vars(kind), kind
        assert kind.__doc__
        assert not kind.__doc__.startswith(f"{kind.__name__}("), kind


@pytest.mark.parametrize("module", MODULES)
def test_views_know_no_other_room(module: ModuleType) -> None:
    tree = ast.parse(
        (resources.files("uphold.web") / f"{module.__name__.split('.')[-1]}.py").read_text()
    )
    sources = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    rooms = {
        f"uphold.web.{name}"
        for name in (
            "views",
            "console_views",
            "verdicts",
            "renewal_views",
            "receipt_views",
            "chart",
        )
    }
    assert sources <= {"collections.abc", "dataclasses", "typing", *rooms}


def test_every_template_has_its_view() -> None:
    there = {path.name for path in TEMPLATES.iterdir() if path.name.endswith(".html")}
    there |= {
        f"{place}/{path.name}"
        for place in ("console", "my")
        for path in (TEMPLATES / place).iterdir()
    }
    assert there - SHARED == {view.template for view in ALL}
