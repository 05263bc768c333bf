# SPDX-License-Identifier: Apache-2.0
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tests import editions, orders, personal
from uphold.policy import check, parse, scaffold

POLICY = "policy/policy.toml"
GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "add-a-purpose.md"
ORDER = "forms/order.toml"


def turned(name: str, old: str, new: str, *, count: int = 1) -> dict[str, bytes]:
    """The example with an order form, with one thing changed."""
    files = orders.files()
    text = files[name].decode()
    assert old in text
    files[name] = text.replace(old, new, count).encode()
    return files


def test_nothing_to_say_of_the_example() -> None:
    assert check.files(editions.files()).problems == ()
    assert check.files(orders.files()).problems == ()


DELIVERY = '[purpose.delivery]\nclause = "2.1"'
RETENTION = 'retention = { after = "withdrawn", term = "P1D", at-most = "P2Y" }'
GOODS = 'categories = ["goods"]\npurposes = ["delivery"]'

FAULTS = [
    # file, old, new, the row that the problem points to, code
    (ORDER, GOODS, GOODS.replace("delivery", "travel"), 'purposes = ["travel"]', "purpose-unknown"),
    (ORDER, GOODS, GOODS.replace('"delivery"', ""), "purposes = []", "field-without-purpose"),
    (ORDER, GOODS, 'categories = ["goods"]', "[[field]]", "missing"),
    (ORDER, GOODS, GOODS.replace('"goods"', ""), "categories = []", "field-without-category"),
    (ORDER, GOODS, GOODS.replace('"goods"', '"shape"'), 'categories = ["shape"]', "category-unknown"),
    (ORDER, GOODS, GOODS.replace('"goods"', '"phone"'), 'purposes = ["delivery"]', "field-unneeded"),
    (ORDER, GOODS, GOODS.replace('["delivery"]', '["security"]'), 'purposes = ["security"]', "purpose-kept"),
    (POLICY, "[keeps]", '[keeps]\npersonalisation = "prefill"', 'personalisation = "prefill"', "purpose-unknown"),
    (POLICY, "[keeps]", '[keeps]\npersonalisation = "security"', 'basis = "legitimate-interest"', "basis"),
    (POLICY, "[keeps]", '[keeps]\nvisits = "a day"', 'visits = "a day"', "term"),
    (POLICY, RETENTION, "", "[purpose.newsletter]", "purpose-without-end"),
    (POLICY, RETENTION, RETENTION.replace(', at-most = "P2Y"', ""),
     'retention = { after = "withdrawn", term = "P1D" }', "purpose-without-end"),
    (POLICY, RETENTION, RETENTION.replace("P1D", "1 day"),
     RETENTION.replace("P1D", "1 day"), "term"),
    (POLICY, 'roles = ["owner", "clerk"]', 'roles = ["owner", "auditor"]',
     'roles = ["owner", "auditor"]', "role-opens-nothing"),
    (POLICY, 'within = "P30D"', 'within = "soon"', 'within = "soon"', "term"),
    (POLICY, DELIVERY, DELIVERY.replace("2.1", "2.9"), 'clause = "2.9"', "clause-unknown"),
    (POLICY, 'title = "Goods"', 'title = "Goods"\nspecial = true', 'categories = ["goods"]', "special-category"),
    (POLICY, 'contact = "privacy@quiet-harbour.example"\n', "", "[operator]", "missing"),
    (POLICY, 'contact = "privacy@quiet-harbour.example"', 'contact = ""', 'contact = ""', "unfinished"),
    (POLICY, 'contact = "privacy@', 'contct = "privacy@', None, "unknown-key"),
    (POLICY, 'technical = "security"', 'technical = "safety"', 'technical = "safety"', "purpose-unknown"),
    (POLICY, 'technical = "security"', 'technical = "consent-evidence"', 'technical = "consent-evidence"', "value"),
    (POLICY, 'basis = "legal-duty"', 'basis = "consent"', 'basis = "consent"', "basis"),
    (POLICY, 'recipients = ["mail-relay"]', 'recipients = ["post"]', 'recipients = ["post"]', "recipient-unknown"),
    (POLICY, 'basis = "contract"\nground.en', 'basis = "consent"\nground.en', None, "ground"),
    (POLICY, 'languages = ["en", "ru"]', 'languages = ["en", "ru", "de"]', None, "language"),
    (ORDER, '[[consent]]\npurpose = "newsletter"', '[[consent]]\npurpose = "delivery"', 'purpose = "delivery"',
     "box-unasked"),
    (ORDER, '[[consent]]\npurpose = "newsletter"\nmandatory = false', "", "", "box-missing"),
    (ORDER, '["delivery", "newsletter"]', '["delivery"]', 'purpose = "newsletter"', "box-useless"),
    (ORDER, '["delivery", "newsletter"]', '["newsletter"]', "mandatory = true", "mandatory-optional"),
    (ORDER, 'purpose = "newsletter"', 'purpose = "communication"', "[[consent]]", "twice"),
    (ORDER, 'key = "goods"', 'key = "name"', "[[field]]", "twice"),
    (ORDER, 'key = "goods"', 'key = "answer-text"', 'key = "answer-text"', "value"),
    (ORDER, 'type = "choice"', 'type = "text"', "[[field.option]]", "value"),
    (ORDER, 'type = "long-text"', 'type = "choice"', "[[field]]", "missing"),
    (ORDER, 'value = "chair"', 'value = "lamp"', "[[field.option]]", "twice"),
    (ORDER, 'autocomplete = "name"', 'autocomplete = "nam"', 'autocomplete = "nam"', "value"),
    (POLICY, '[clause."1.2"]\npromises = ["links.', '[clause."1.2"]\npromises = ["link.', None, "promise-unknown"),
    (POLICY, '[clause."1.2"]', '[clause."1.4"]', '[clause."1.4"]', "clause-unknown"),
    (POLICY, '[clause."1.2"]', '[clause."1.4"]', "<!-- clause: 1.2 -->", "clause-unbound"),
    (POLICY, '[clause."1.2"]', "[clause.1.2]", "[clause.1.2]", "clause-quotes"),
    (POLICY, '[clause."1.2"]', '[clause."1.2"]\nfact = true', "fact = true", "fact-bound"),
    (POLICY, '[clause."3.1".duty]', '[clause."4.2".duty]', "fact = true", "fact-bound"),
    (POLICY, "fact = true", "fact = false", '[clause."4.2"]', "binding-empty"),
    (POLICY, 'every = "P3Y"', 'every = "3 years"', 'every = "3 years"', "term"),
    (POLICY, 'every = "P3Y"\n', "", '[clause."4.2.2".duty]', "missing"),
    (POLICY, '[clause."1.2"]', '[clause."x"]', '[clause."x"]', "value"),
    ("policy/policy.md", "<!-- clause: 4.3 -->", "<!-- clause: 4.4 -->", "<!-- clause: 4.4 -->", "clause-unbound"),
    ("policy/policy.md", "<!-- clause: 4.3 -->", "<!-- clause: 4.4 -->", None, "clauses-differ"),
    ("policy/policy.ru.md", "<!-- clause: 4.3 -->", "<!-- clause: 4.4 -->", "<!-- clause: 4.4 -->", "clauses-differ"),
    ("policy/policy.ru.md", "16 ноября 2026", "17 ноября 2026", "<!-- clause: date -->", "date-differs"),
    ("policy/policy.md", "dated September 1, 2025, with amendments dated November 16, 2026", "once",
     "<!-- clause: date -->", "date-missing"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "row", "code"), FAULTS)
def test_each_fault_is_found_at_its_line_with_a_way_out(
    name: str, old: str, new: str, row: str | None, code: str
) -> None:
    files = turned(name, old, new)
    found = [problem for problem in check.files(files).problems if problem.code == code]
    assert found
    assert all(problem.message and problem.advice for problem in found)
    if row is not None:
        pointed = {
            files[problem.file].decode().split("\n")[problem.line - 1]
            for problem in found
            if problem.line
        }
        assert row in pointed


def test_a_mandatory_field_may_serve_a_purpose_that_can_be_refused_beside_another() -> None:
    form = orders.edition().form("order")
    email = form.field("email")
    assert email is not None
    assert email.mandatory
    assert "newsletter" in email.purposes


def test_the_guide_adds_a_purpose() -> None:
    """The how-to guide, followed to the letter on the example, leaves nothing to mend."""
    blocks = re.findall(r"(?s)```\w+\n(.*?)```", GUIDE.read_text(encoding="utf-8"))
    clause, purpose, form = (textwrap.dedent(block) for block in blocks)
    field, _, box = form.partition("\n")
    files = {name: raw.decode() for name, raw in editions.files().items()}
    for name in ("policy/policy.md", "policy/policy.ru.md"):
        files[name] = files[name].replace("<!-- clause: 3 -->", f"{clause}\n<!-- clause: 3 -->")
    files[POLICY] += purpose
    before, email, after = files["forms/feedback.toml"].partition('categories = ["email"]\n')
    after = after.replace('purposes = ["communication"]', field, 1)
    files["forms/feedback.toml"] = before + email + after + box
    checked = check.files({name: text.encode() for name, text in files.items()})
    assert checked.problems == ()
    assert checked.draft is not None
    assert checked.draft.forms["feedback"].box("news") is not None


def test_a_new_folder_has_nothing_wrong_but_what_the_text_lacks(seed: str) -> None:
    made = scaffold.make(seed.encode())
    files = {name: raw for name, raw in made.files.items() if "/" in name}
    found = check.files(files).problems
    assert {problem.code for problem in found} == {"unfinished", "clause-unbound"}
    problems = [problem for problem in found if problem.code == "unfinished"]
    assert {problem.file for problem in problems} == {POLICY}
    rows = files[POLICY].decode().split("\n")
    for problem in problems:
        assert '""' in rows[problem.line - 1]
        above = rows[problem.line - 3 : problem.line - 1]
        assert any(row.startswith("#") for row in above), "a comment says what to write"


NAMES = st.sampled_from(sorted(orders.files()))


@given(NAMES, st.data())
def test_any_change_of_a_value_is_checked_without_fault(name: str, data: st.DataObject) -> None:
    rows = orders.files()[name].decode().split("\n")
    at = data.draw(st.integers(0, len(rows) - 1))
    values = [
        "1",
        "true",
        '""',
        "[]",
        "{}",
        "[1]",
        '["x"]',
        '"x"',
        "{ a = 1 }",
        "1979-05-27",
        "[{}]",
    ]
    rows[at] = rows[at].partition("=")[0] + "= " + data.draw(st.sampled_from(values))
    checked = check.files({**orders.files(), name: "\n".join(rows).encode()})
    assert all(problem.advice for problem in checked.problems)


@given(st.dictionaries(st.sampled_from([*sorted(orders.files()), "forms/x.toml"]), st.binary()))
def test_any_folder_is_checked_without_fault(files: dict[str, bytes]) -> None:
    assert check.files(files).problems
    assert parse.read(files)


def test_nobody_is_made_to_agree_that_forms_are_filled_in() -> None:
    files = personal.files(editions.files())
    assert check.files(files).problems == ()
    form = files["forms/feedback.toml"].decode()
    files["forms/feedback.toml"] = form.replace(
        "mandatory = false\n\n[[consent]]", "mandatory = true\n\n[[consent]]"
    ).encode()
    (problem,) = check.files(files).problems
    assert (problem.file, problem.code) == ("forms/feedback.toml", "basis")
