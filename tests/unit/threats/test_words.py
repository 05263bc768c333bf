# SPDX-License-Identifier: Apache-2.0
"""Every code of the model and of the rules has its words in both languages."""

from tests import editions
from uphold.access.permission import Role
from uphold.threats import change, judge, rule, vocabulary, words
from uphold.threats.element import ZONES, Element


def test_every_code_has_its_words_in_both_languages() -> None:
    rules = rule.catalogue().values()
    wanted = {
        "zone": set(ZONES),
        "kind": set(vocabulary.kinds()),
        "role": set(map(str, Role)),
        "state": set(map(str, judge.State)),
        "held": set(map(str, judge.Held)),
        "severity": {str(n) for n in range(1, rule.WORST + 1)},
        "change": set(map(str, change.Kind)),
        "consequence": {one.consequence for one in rules},
        "violator": {name for one in rules for name in one.violators},
        "actor": named("actor", "what"),
        "store": named("store", "what"),
        "flow": named("flow", "what"),
        "key": named("key", "kind"),
    }
    for topic, codes in wanted.items():
        told = words.topics()[topic]
        assert codes <= set(told), (topic, sorted(codes - set(told)))
    for topic, table in words.topics().items():
        for code, text in table.items():
            assert set(text) == set(words.LANGUAGES), (topic, code)


def named(kind: str, fact: str) -> set[str]:
    """The values that the vocabulary lists for a fact."""
    text = vocabulary.kinds()[kind].says[fact]
    return {one.strip() for one in text.split(",")} if "which of them" not in text else set()


def test_an_element_is_called_by_the_policys_own_words() -> None:
    edition = editions.example()
    assert words.title("form:feedback", edition, "ru") == "Напишите нам"
    assert words.title("recipient:hosting", edition, "en") == "Granite Data Centre LLC"
    assert words.title("flow:entrust/hosting", edition, "en") == (
        "is entrusted: Granite Data Centre LLC"
    )
    assert words.title("actor:subject", edition, "ru") == "Субъект данных"
    assert words.title("account:7", edition, "ru") == "учётная запись 7"
    assert words.title("field:feedback.email", edition, "en") == "E-mail"


def test_what_is_gone_or_unknown_is_called_by_its_kind_and_id() -> None:
    gone = Element("form:older", "form", "app", {})
    assert words.name(gone, editions.example(), "en") == "form older"
    assert words.name(gone, None, "ru") == "форма older"
    assert words.title("field:older.name", editions.example(), "en") == "field older.name"
    assert words.say("state", "no-such-code", "en") == "no-such-code"
