# SPDX-License-Identifier: Apache-2.0
"""The policy in the console: read, edit, compare, publish in two steps, and what happens to two who do so at once."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests import cast, site, visitor
from tests.editions import FORM, PURPOSE
from tests.visitor import Answer, Visitor
from uphold.access import reading
from uphold.access.permission import Actor, Role
from uphold.access.reading import Opened, Question
from uphold.app import App
from uphold.journal import entry
from uphold.policy import approval, editing, folder

pytestmark = pytest.mark.usefixtures("quick_hashing")

TEXT, RUSSIAN = "policy/policy.md", "policy/policy.ru.md"
DECLARATIONS = "policy/policy.toml"
EDIT = "/console/policy/draft"
PUBLISH = "/console/policy/publish"
# Lines of the example: one that can be amended without a change of meaning, and its date line.
REASON = "The office has moved to another street."


def signed_in(app: App, person: cast.Staff) -> Visitor:
    who = Visitor(app)
    visitor.employ(app, person)
    assert who.sign_in(person).status == 303
    return who


@pytest.fixture
def owner(one_app: App) -> Iterator[Visitor]:
    who = signed_in(one_app, cast.owner)
    yield who
    who.close()


@pytest.fixture
def officer(one_app: App) -> Iterator[Visitor]:
    who = signed_in(one_app, cast.officer)
    yield who
    who.close()


def root(who: Visitor) -> Path:
    return who.app.settings.folder


def at(name: str) -> str:
    return f"{EDIT}?file={quote(name)}"


def edit(who: Visitor, text: str, name: str = TEXT, act: str = "save", seen: str = "") -> Answer:
    page = who.get(at(name)).page
    fields = {"file": name, "seen": seen or page.fields["seen"], "text": text, "act": act}
    return who.post(EDIT, {"_csrf": page.fields["_csrf"], **fields})


def text_of(who: Visitor, name: str = TEXT) -> str:
    return (root(who) / name).read_text(encoding="utf-8")


def amend(who: Visitor) -> None:
    """Change the declarations in the folder, so that there is something to publish."""
    path = root(who) / DECLARATIONS
    changed = path.read_text(encoding="utf-8").replace('at-most = "P1Y"', 'at-most = "P2Y"', 1)
    assert changed != path.read_text(encoding="utf-8")
    path.write_text(changed, encoding="utf-8")


def journal(app: App) -> list[entry.Entry]:
    with app.database.read() as connection:
        return [entry.decode(raw) for _, raw in app.log.entries(connection)]


def confirm(who: Visitor, **changed: str) -> Answer:
    fields = who.get(PUBLISH).page.fields
    posted = {name: fields[name] for name in ("_csrf", "digest")}
    return who.post(PUBLISH, {**posted, "reason": REASON, "from": "", **changed})


# Reading


def test_each_clause_stands_beside_what_keeps_it(officer: Visitor) -> None:
    answer = officer.get("/console/policy")
    assert answer.status == 200
    assert "What keeps each clause" in answer.page.text
    assert "The draft says exactly what the newest edition says." in answer.page.text
    for clause in officer.app.shelf.in_force().texts["en"]:
        if clause.id != "title":
            assert f'id="{clause.id}"' in answer.html


def test_the_officer_edits_and_does_not_publish(officer: Visitor) -> None:
    page = officer.get("/console/policy").page
    assert EDIT in page.links
    assert PUBLISH not in page.links
    assert officer.get(PUBLISH).status == 404
    assert PUBLISH not in officer.get(EDIT).page.links


def test_a_clerk_learns_nothing_of_it(one_app: App) -> None:
    clerk = signed_in(one_app, cast.clerk)
    for address in ("/console/policy", EDIT, PUBLISH, "/console/policy/compare"):
        assert clerk.get(address).status == 404
        assert address not in clerk.get("/console").page.links
    clerk.close()


# Editing


def test_every_file_of_the_draft_can_be_opened(owner: Visitor) -> None:
    names = set(editing.files(root(owner)))
    assert {TEXT, RUSSIAN, DECLARATIONS, "forms/feedback.toml"} <= names
    for name in names:
        page = owner.get(at(name)).page
        assert page.fields["text"] == text_of(owner, name)
        assert page.fields["file"] == name


def test_what_is_saved_is_the_draft_and_no_edition(owner: Visitor) -> None:
    before = owner.get("/policy").html
    changed = text_of(owner).replace("\n", "\r\n") + "\r\n<!-- looked through -->"
    answer = edit(owner, changed)
    assert (answer.status, answer.location) == (303, f"{at(TEXT)}&done=saved".replace("%2F", "/"))
    assert "Saved. Visitors see no change" in owner.get(answer.location).page.text
    assert text_of(owner).endswith("<!-- looked through -->\n")
    assert "\r" not in text_of(owner)
    assert owner.get("/policy").html == before
    assert "says something else than" in owner.get("/console/policy").page.text


def test_a_check_saves_nothing_and_says_what_is_wrong_where(owner: Visitor) -> None:
    before = folder.read(root(owner))
    lines = text_of(owner, DECLARATIONS).splitlines()
    at_line = next(n for n, line in enumerate(lines, 1) if line.startswith("profile"))
    lines[at_line - 1] = 'profile = "moon-law"'
    answer = edit(owner, "\n".join(lines), DECLARATIONS, act="check")
    assert answer.status == 200
    page = answer.page
    assert "not saved yet" in page.text
    assert f"line {at_line}" in page.text
    assert 'profile = "moon-law"' in page.fields["text"]
    assert folder.read(root(owner)) == before


def test_findings_stand_beside_the_text(owner: Visitor) -> None:
    said = "Using the Site means the unconditional consent of the user to this Policy.\n\n"
    text = text_of(owner).replace("<!-- clause: 1 -->", f"{said}<!-- clause: 1 -->", 1)
    page = edit(owner, text, act="check").page
    assert "By the law" in page.text
    assert "Claims too much:" in page.text
    assert "unconditional consent of the user" in page.text


def test_two_who_edit_at_once_lose_nothing(owner: Visitor, officer: Visitor) -> None:
    seen = owner.get(at(TEXT)).page.fields["seen"]
    assert edit(officer, text_of(officer) + "\nThe officer's.\n").status == 303
    answer = edit(owner, "The owner's.", seen=seen)
    assert answer.status == 409
    assert answer.page.title.startswith("Error: ")
    assert answer.page.fields["text"] == "The owner&#39;s.".replace("&#39;", "'") + "\n"
    assert "The officer&#39;s." in answer.html
    assert text_of(owner).endswith("The officer's.\n")
    again = {**answer.page.fields, "act": "save"}
    assert owner.post(EDIT, again).status == 303
    assert text_of(owner) == "The owner's.\n"


@pytest.mark.parametrize(
    "name",
    ["../uphold.toml", "uphold.toml", "/etc/passwd", "policy/../keys/ring.json", "keys/ring.json",
     "forms/../../x.toml", "wordings/feedback.communication.en.md", "policy/policy.md\0"],
)  # fmt: skip
def test_no_other_file_is_read_or_written(owner: Visitor, name: str) -> None:
    paths = [path for path in root(owner).rglob("*") if path.is_file() and "data" not in path.parts]
    before = {path: path.read_bytes() for path in paths}
    assert owner.get(at(name)).status == 404
    assert owner.act(EDIT, file=name, seen="", text="x", act="save").status == 404
    assert owner.act(EDIT, file=name, seen="", text="x", act="check").status == 404
    assert {path: path.read_bytes() for path in paths} == before


def test_a_form_is_begun_and_saved(owner: Visitor) -> None:
    page = owner.get(f"{EDIT}?form=visit").page
    assert (page.fields["file"], page.fields["seen"], page.fields["text"]) == (
        "forms/visit.toml",
        "",
        "",
    )
    assert not (root(owner) / "forms" / "visit.toml").exists()
    fields = {name: page.fields[name] for name in ("_csrf", "file", "seen")}
    saved = owner.post(
        EDIT, {**fields, "text": text_of(owner, "forms/feedback.toml"), "act": "save"}
    )
    assert saved.status == 303
    assert "forms/visit.toml" in owner.get(saved.location).html
    # Whoever begins the same meanwhile is told.
    assert owner.post(EDIT, {**fields, "text": "x = 1", "act": "save"}).status == 409
    for key in ("../x", "A", "a/b", "x" * 41):
        assert owner.get(f"{EDIT}?form={quote(key)}").status == 404


def test_a_text_that_cannot_be_a_file_comes_back(owner: Visitor) -> None:
    before = text_of(owner)
    answer = edit(owner, "one\ntwo \x01")
    assert answer.status == 422
    assert "cannot be saved" in answer.page.summary
    assert "one\ntwo" in answer.page.fields["text"]
    assert edit(owner, "ф" * (editing.LONGEST // 2 + 1)).status == 422
    assert text_of(owner) == before


def test_a_text_beyond_all_limits_is_not_read(owner: Visitor) -> None:
    assert edit(owner, "ф" * (2 * editing.LONGEST)).status == 413


def test_no_edit_without_the_token(owner: Visitor) -> None:
    before = text_of(owner)
    seen = owner.get(at(TEXT)).page.fields["seen"]
    fields = {"file": TEXT, "seen": seen, "text": "x", "act": "save"}
    assert owner.post(EDIT, fields).status == 403
    headers = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    token = owner.get(EDIT).page.fields["_csrf"]
    assert owner.post(EDIT, {**fields, "_csrf": token}, headers).status == 403
    assert text_of(owner) == before


# Comparing


def test_the_draft_is_compared_word_by_word(owner: Visitor) -> None:
    amend(owner)
    answer = owner.get("/console/policy/compare")
    assert "material" in answer.page.text
    assert "2 years" in answer.page.text
    same = owner.get("/console/policy/compare?old=1&new=1")
    assert "Both say the same." in same.page.text
    for query in ("old=7&new=draft", "old=draft&new=../x", "old=1&new=%D1%8F"):
        assert owner.get(f"/console/policy/compare?{query}").status == 404


# Publishing


def test_publishing_takes_two_steps_and_remembers_who_and_why(owner: Visitor) -> None:
    amend(owner)
    first = owner.get(PUBLISH)
    assert "Publish edition 2" in first.page.text
    assert "2 years" in first.page.text
    assert [e.number for e in owner.app.shelf.all()] == [1]
    done = confirm(owner)
    assert (done.status, done.location) == (303, "/console/policy?done=published")
    edition = owner.app.shelf.in_force()
    assert (edition.number, edition.digest) == (2, first.page.fields["digest"])
    with owner.app.database.read() as connection:
        approved = approval.all(connection)[2]
    assert approved.reason == REASON
    history = owner.get("/console/policy").page.text
    assert REASON in history
    assert cast.owner.login in history
    kinds = [found.kind for found in journal(owner.app)]
    assert kinds[-3:] == ["policy.published", "policy.approved", "policy.in-force"]
    assert REASON.encode() not in b"".join(found_raw(owner.app))


def found_raw(app: App) -> list[bytes]:
    with app.database.read() as connection:
        return [raw for _, raw in app.log.entries(connection)]


def test_what_it_brings_about_is_counted_before(owner: Visitor) -> None:
    with visitor.visiting(owner.app) as anna:
        for _ in range(3):
            anna.receipt()
    amend(owner)
    page = owner.get(PUBLISH).page
    assert "What it brings about" in page.text
    numbers = re.findall(
        r"<td data-head=\"(?:Keep their scope|Must be asked anew)\">(\d+)</td>",
        owner.get(PUBLISH).html,
    )
    # A longer term is more than they agreed to.
    assert numbers == ["0", "3"]
    assert "The old term holds for them until the people agree anew." in page.text


def test_a_draft_that_changed_is_not_published(owner: Visitor) -> None:
    amend(owner)
    shown = owner.get(PUBLISH).page.fields
    path = root(owner) / DECLARATIONS
    path.write_text(path.read_text(encoding="utf-8") + "\n# Another thought.\n", encoding="utf-8")
    fields = {"_csrf": shown["_csrf"], "digest": shown["digest"], "reason": REASON}
    answer = owner.post(PUBLISH, fields)
    assert answer.status == 409
    assert "the draft has changed since you looked" in answer.page.text
    assert answer.page.fields["reason"] == REASON
    assert answer.page.fields["digest"] != shown["digest"]
    assert [e.number for e in owner.app.shelf.all()] == [1]
    assert owner.post(PUBLISH, {**answer.page.fields}).status == 303


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 2_001}, "reason"),
        ({"from": "2020-01-01"}, "from"),
        ({"from": "tomorrow"}, "from"),
    ],
)
def test_what_was_typed_wrong_publishes_nothing(
    owner: Visitor, changed: dict[str, str], field: str
) -> None:
    amend(owner)
    answer = confirm(owner, **changed)
    assert answer.status == 422
    assert answer.page.problems == [field]
    assert [e.number for e in owner.app.shelf.all()] == [1]


def test_an_edition_may_wait_for_its_day(owner: Visitor) -> None:
    amend(owner)
    assert confirm(owner, **{"from": "2100-01-01"}).status == 303
    assert owner.app.shelf.in_force().number == 1
    assert owner.app.shelf.all()[0].effective_at == 4_102_444_800_000


def test_a_draft_with_problems_has_nothing_to_confirm(owner: Visitor) -> None:
    (root(owner) / RUSSIAN).unlink()
    first = owner.get(PUBLISH)
    assert "cannot be published" in first.page.text
    assert "digest" not in first.page.fields
    assert owner.act(PUBLISH, digest="0" * 64, reason=REASON).status == 409
    assert [e.number for e in owner.app.shelf.all()] == [1]


def test_the_same_again_is_nothing_to_publish(owner: Visitor) -> None:
    assert "There is nothing to publish" in owner.get(PUBLISH).page.text
    edition = owner.app.shelf.in_force()
    assert owner.act(PUBLISH, digest=edition.digest, reason=REASON).status == 409


def test_a_changed_text_needs_its_date(owner: Visitor) -> None:
    for name in (TEXT, RUSSIAN):
        path = root(owner) / name
        lines = (
            path.read_text(encoding="utf-8")
            .replace("e-mail", "E-mail")
            .replace("телефон", "Телефон")
        )
        path.write_text(lines, encoding="utf-8")
    page = owner.get(PUBLISH).page
    assert "its date line has not" in page.text
    assert "digest" not in page.fields


def test_no_publishing_without_the_token(owner: Visitor) -> None:
    amend(owner)
    digest = owner.get(PUBLISH).page.fields["digest"]
    assert owner.post(PUBLISH, {"digest": digest, "reason": REASON}).status == 403
    assert [e.number for e in owner.app.shelf.all()] == [1]


def test_what_each_field_was_last_read_for(officer: Visitor) -> None:
    app = officer.app
    before = officer.get("/console/policy").page
    assert "No field that submissions have is unread for 90 days." in before.text
    record, edition = site.submit(app).number, app.shelf.in_force()
    clerk = Actor(99, Role.CLERK)
    question = Question(clerk, record, FORM, PURPOSE, edition, edition, exercise=False)
    assert isinstance(reading.open_record(app.writer, app.ring, question), Opened)
    html = officer.get("/console/policy").html
    assert html.count('data-head="Last read"') == len(edition.forms[FORM].fields)
    assert html.count('data-head="Last read">never') == 0
    assert "data-unused" not in html


def test_a_folder_without_a_policy_says_so(owner: Visitor) -> None:
    for path in (root(owner) / "policy").iterdir():
        path.unlink()
    for path in (root(owner) / "forms").iterdir():
        path.unlink()
    assert "holds no draft that can be read" in owner.get("/console/policy").page.text
    for address in (EDIT, PUBLISH, "/console/policy/compare"):
        assert owner.get(address).status == 404
