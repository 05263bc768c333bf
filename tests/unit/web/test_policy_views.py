# SPDX-License-Identifier: Apache-2.0
"""The policy and its draft as views: what stands where, and that no draft, however broken, breaks a page."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests import editions
from uphold.errors import Missing
from uphold.policy import digest, folder, publish
from uphold.policy.document import Edition
from uphold.web import policy_views

DECLARATIONS = "policy/policy.toml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder.write(tmp_path, editions.files())
    return tmp_path


def newest() -> Edition:
    return replace(editions.example(), number=1)


def change(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_proposal_is_named_by_its_bytes(root: Path) -> None:
    proposed = policy_views.proposal(root, None)
    assert proposed.archive == publish.prepare(editions.files())
    assert proposed.digest == digest.of(publish.prepare(editions.files()))
    assert proposed.refusal == ""


def test_where_the_draft_stands(root: Path) -> None:
    assert policy_views.standing(root, newest()) == "same"
    assert policy_views.standing(root, None) == "differs"
    change(root, DECLARATIONS, 'at-most = "P1Y"', 'at-most = "P2Y"')
    assert policy_views.standing(root, newest()) == "differs"
    change(root, DECLARATIONS, 'at-most = "P2Y"', 'at-most = "never"')
    assert policy_views.standing(root, newest()) == "faulty"
    assert policy_views.standing(root / "nowhere", newest()) == "none"


def test_a_text_that_changed_without_its_date_is_not_offered(root: Path) -> None:
    change(root, "policy/policy.md", "Reading the Site", "Looking at the Site")
    proposed = policy_views.proposal(root, newest())
    assert proposed.refusal == "undated"
    view = policy_views.publication(proposed, newest(), "en")
    assert (view.state, view.digest, view.number) == ("undated", "", 2)
    assert view.differences is not None
    assert [found.clause for found in view.differences.clauses] == ["preamble.3"]


def test_what_keeps_each_clause_of_the_example() -> None:
    edition = editions.example()
    view = policy_views.rules(edition, [], "ru", "same", {})
    assert [c.anchor for c in view.clauses] == [
        c.id for c in edition.texts["ru"] if c.id != "title"
    ]
    assert [c.anchor for c in view.clauses if c.unbound and not c.heading] == []
    keepers = {keeper.id: keeper for clause in view.clauses for keeper in clause.keepers}
    assert keepers["consent.box-empty"].built
    assert all(keeper.title and keeper.meaning for keeper in keepers.values())
    assert any(clause.duty for clause in view.clauses)


def test_a_promise_that_the_catalogue_lost_is_still_named() -> None:
    edition = editions.example()
    bound = edition.policy.bindings["1.1.1"]
    bindings = {**edition.policy.bindings, "1.1.1": replace(bound, promises=("gone.promise",))}
    old = replace(edition, policy=replace(edition.policy, bindings=bindings))
    view = policy_views.rules(old, [], "en", "same", {})
    (keeper,) = next(c.keepers for c in view.clauses if c.anchor == "1.1.1")
    assert (keeper.id, keeper.title, keeper.built) == ("gone.promise", "gone.promise", False)


def test_before_the_first_edition_there_is_a_page(root: Path) -> None:
    view = policy_views.rules(None, [], "en", "differs", {})
    assert (view.edition, view.clauses) == (None, ())
    published = policy_views.publication(policy_views.proposal(root, None), None, "en")
    assert (published.number, published.differences) == (1, None)
    assert published.digest


def test_the_editor_lists_texts_first_and_counts_problems(root: Path) -> None:
    view = policy_views.editor(root, DECLARATIONS, "en", text='profile = "moon"\n', state="checked")
    assert [tab.name for tab in view.tabs] == [
        "policy/policy.md",
        "policy/policy.ru.md",
        DECLARATIONS,
        "forms/feedback.toml",
    ]
    assert [tab.language for tab in view.tabs] == ["en", "ru", "", ""]
    assert view.faults
    assert all(fault.file == DECLARATIONS for fault in view.faults)
    assert all(fault.file != DECLARATIONS for fault in view.elsewhere)
    quoted = [fault.quote for fault in view.faults if fault.line == 1]
    assert set(quoted) == {'profile = "moon"'}


def test_a_form_that_is_not_there_yet_can_be_begun(root: Path) -> None:
    view = policy_views.editor(root, "forms/visit.toml", "en")
    assert (view.text, view.seen) == ("", "")
    assert "forms/visit.toml" in [tab.name for tab in view.tabs]
    with pytest.raises(Missing):
        policy_views.editor(root, "keys/ring.json", "en")


@pytest.mark.parametrize("name", sorted(editions.files()))
@pytest.mark.parametrize(
    "text",
    ["", "\n", "[", "= =", "x = 1", "<!-- clause: 1 -->", "<!-- clause: date -->\nno date", "# ф\n" * 50,
     'profile = "../../x"', "languages = []", "languages = [1]", "[purpose]\nx = 1", "[clause]\n1 = 2",
     "[[field]]\nkey = 1", "\x7f", "[clause.1]\npromises = 7", "[purpose.a]\nclause = []"],
    ids=lambda text: repr(text)[:24],
)  # fmt: skip
def test_no_text_breaks_the_page(root: Path, name: str, text: str) -> None:
    view = policy_views.editor(root, name, "ru", text=text, state="checked")
    assert view.text == text
    (root / name).write_text(text, encoding="utf-8")
    shown = policy_views.publication(policy_views.proposal(root, newest()), newest(), "en")
    assert shown.digest == "" or not shown.faults


def test_what_another_wrote_is_marked_by_lines() -> None:
    pieces = policy_views.beside("one\ntwo\nthree\n", "one\n2\nthree\nfour\n")
    assert [(piece.text, piece.mark) for piece in pieces] == [
        ("one\n", ""),
        ("2\n", "+"),
        ("three\n", ""),
        ("four\n", "+"),
    ]
    long = "x\n" * 3000
    assert [piece.mark for piece in policy_views.beside(long, long)] == [""]


def test_every_cut_of_the_declarations_leaves_a_page(root: Path) -> None:
    whole = editions.files()[DECLARATIONS].decode()
    for end in range(0, len(whole), 97):
        policy_views.editor(root, DECLARATIONS, "en", text=whole[:end], state="checked")
