# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given, strategies as st

from tests import editions, orders
from uphold.policy import parse
from uphold.policy.document import Option


def test_the_example_is_read_whole() -> None:
    parsed = parse.read(editions.files())
    assert parsed.problems == []
    assert parsed.draft is not None
    policy = parsed.draft.policy
    assert policy.languages == ("en", "ru")
    assert policy.operator.contact == "privacy@quiet-harbour.example"
    assert (policy.evidence, policy.technical) == ("consent-evidence", "security")
    purpose = policy.purpose("communication")
    assert (purpose.retention.after, purpose.retention.term, purpose.retention.at_most) == (
        "closed",
        "P30D",
        "P1Y",
    )
    assert set(parsed.draft.texts) == {"en", "ru"}
    form = parsed.draft.forms["feedback"]
    assert [(f.key, f.type, f.mandatory) for f in form.fields] == [
        ("name", "text", False),
        ("email", "email", True),
        ("phone", "phone", False),
        ("message", "long-text", True),
    ]
    assert [field.max for field in form.fields] == [100, 254, 40, 4000]


def test_an_operator_may_be_under_further_laws() -> None:
    files, name = editions.files(), "policy/policy.toml"
    before = parse.read(files).draft
    text = files[name].decode()
    profile = 'profile = "ru-152fz"\n'
    assert text.count(profile) == 1

    def also(listed: str) -> parse.Parsed:
        changed = text.replace(profile, f"{profile}also = {listed}\n")
        return parse.read({**files, name: changed.encode()})

    both = also('["eu-gdpr", "ru-152fz"]').draft
    assert both is not None
    assert both.policy.laws == ("ru-152fz", "eu-gdpr")
    assert before is not None
    assert before.policy.laws == ("ru-152fz",)
    (problem,) = also('["eu-gpdr"]').problems
    assert (problem.file, problem.code) == (name, "value")


def test_a_text_without_language_serves_all() -> None:
    draft = parse.read(orders.files()).draft
    assert draft is not None
    assert draft.policy.categories["goods"].title == {"en": "Goods", "ru": "Goods"}
    goods = draft.forms["order"].field("goods")
    assert goods is not None
    assert goods.options[0] == Option("lamp", {"en": "Lamp", "ru": "Лампа"})


def test_a_missing_language_is_reported_where_it_is_missing() -> None:
    files = editions.files()
    raw = files["forms/feedback.toml"]
    files["forms/feedback.toml"] = raw.replace('label.ru = "Имя"\n'.encode(), b"")
    problems = parse.read(files).problems
    assert [(p.file, p.code, p.advice) for p in problems] == [
        ("forms/feedback.toml", "language", "Add the key label.ru.")
    ]
    row = files["forms/feedback.toml"].decode().split("\n")[problems[0].line - 1]
    assert row == 'label.en = "Name"'


def test_a_policy_in_one_language() -> None:
    files = editions.files()
    del files["policy/policy.ru.md"]
    raw = files["policy/policy.toml"]
    files["policy/policy.toml"] = raw.replace(b'["en", "ru"]', b'["en"]')
    parsed = parse.read(files)
    assert parsed.problems == []
    assert parsed.draft is not None
    assert set(parsed.draft.texts) == {"en"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("policy/policy.de.md", "language"),
        ("policy/policy.en.md", "language"),
        ("policy/notes.md", "file"),
        ("policy/other.toml", "file"),
        ("forms/My Form.toml", "file"),
    ],
)
def test_a_file_out_of_place(name: str, code: str) -> None:
    problems = parse.read({**editions.files(), name: b""}).problems
    assert [(p.file, p.line, p.code) for p in problems] == [(name, 0, code)]
    assert problems[0].advice


def test_missing_files_are_named() -> None:
    parsed = parse.read({})
    assert parsed.draft is None
    assert {(p.file, p.code) for p in parsed.problems} == {
        ("policy/policy.toml", "file-missing"),
        ("policy/policy.md", "file-missing"),
    }


def test_windows_line_ends_and_a_mark_change_nothing() -> None:
    files = editions.files()
    turned = {name: b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n") for name, raw in files.items()}
    one, other = parse.read(files).draft, parse.read(turned).draft
    assert one == other


NAMES = st.sampled_from(sorted(orders.files()))


@given(NAMES, st.binary())
def test_any_bytes_in_any_file_are_read_without_fault(name: str, raw: bytes) -> None:
    parse.read({**orders.files(), name: raw})


@given(NAMES, st.data())
def test_a_damaged_file_is_read_without_fault(name: str, data: st.DataObject) -> None:
    rows = orders.files()[name].decode().split("\n")
    at = data.draw(st.integers(0, len(rows) - 1))
    pieces = ['""', "1", "[[field]]", "[purpose]", "x = {", "true", "", "[keeps]", '"""', "= []"]
    damage = data.draw(st.one_of(st.text(), st.sampled_from(pieces)))
    how = data.draw(st.sampled_from(["replace", "insert", "value"]))
    if how == "value":
        rows[at] = rows[at].partition("=")[0] + "= " + damage
    elif how == "insert":
        rows.insert(at, damage)
    else:
        rows[at] = damage
    parse.read({**orders.files(), name: "\n".join(rows).encode(errors="surrogatepass")})
