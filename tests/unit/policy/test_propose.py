# SPDX-License-Identifier: Apache-2.0
from uphold.policy import import_, propose
from uphold.policy.document import BASES, Clause


def found(text: str) -> list[tuple[str, str]]:
    clauses = import_.split(text).clauses
    return [(proposal.kind.id, proposal.clause) for proposal in propose.purposes(clauses)]


def test_seed(seed: str) -> None:
    assert found(seed) == [
        ("personal-services", "2.2.1"),
        ("communication", "2.2.2"),
        ("improvement", "2.2.3"),
        ("statistics", "2.2.4"),
    ]
    clauses = import_.split(seed).clauses
    assert propose.technical(clauses) == "1.1.2"
    assert propose.evidence(clauses) == "1.1.1"


def test_russian() -> None:
    text = (
        "Политика\n\n1. Данные\n1.1. Согласие даётся отметкой в пустом окне.\n"
        "1.2. IP-адрес и файлы cookie.\n2. Цели обработки\n2.1. Данные обрабатываются в целях:\n"
        "2.1.1. Предоставление персонализированных сервисов;\n2.1.2. Связь с пользователем;\n"
        "2.1.3. Улучшение качества услуг;\n2.1.4. Статистические исследования;\n"
        "2.1.5. Рассылка новостей;\n2.1.6. Исполнение договора;\n2.1.7. Прочее."
    )
    assert found(text) == [
        ("personal-services", "2.1.1"),
        ("communication", "2.1.2"),
        ("improvement", "2.1.3"),
        ("statistics", "2.1.4"),
        ("newsletter", "2.1.5"),
        ("contract", "2.1.6"),
    ]
    clauses = import_.split(text).clauses
    assert (propose.evidence(clauses), propose.technical(clauses)) == ("1.1", "1.2")


def test_nothing_is_proposed_where_no_purpose_is_named() -> None:
    assert found("T\n\n1. Other\n1.1. We communicate a lot.\n1.2. Statistics.") == []
    assert propose.purposes(()) == ()
    assert propose.technical([Clause("preamble.1", "cookies")]) == ""


def test_each_kind_has_both_languages_and_a_known_basis() -> None:
    for kind in propose.KINDS:
        assert all(kind.title)
        assert kind.basis in BASES
