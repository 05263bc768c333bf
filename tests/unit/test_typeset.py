# SPDX-License-Identifier: Apache-2.0
"""Documents are PDF/A-2b, the same each time, and show what people wrote as nothing but characters."""

import re
import zlib
from pathlib import Path

import pytest

from uphold import errors, typeset

DATA: dict[str, typeset.Data] = {
    "title": "Акт № 1",
    "language": "ru",
    "note": "Примечание",
    "log_title": "Выгрузка",
    "sign": ["ФИО", "Подпись"],
    "act": [{"name": "Оператор", "place": "п. 3 «а»", "values": ["ООО «Пример»"]}],
    "log": [{"name": "Дата", "place": "", "values": ["22.11.2026"]}],
}


def with_value(value: str) -> dict[str, typeset.Data]:
    return {**DATA, "act": [{"name": "x", "place": "", "values": [value]}]}


def text_of(made: bytes) -> str:
    """Every character that the fonts of a PDF map to, in the order of their first use; enough to see what was shown."""
    found = ""
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        try:
            plain = zlib.decompress(raw)
        except zlib.error:
            continue
        if b"beginbfchar" in plain:
            for code in re.findall(rb"<[0-9A-F]{4}> <([0-9A-F]+)>", plain):
                found += bytes.fromhex(code.decode()).decode("utf-16-be")
    return found


def test_it_says_that_it_is_pdf_a_2b_and_carries_its_fonts() -> None:
    made = typeset.pdf("act", DATA, 1_795_000_000)
    assert made.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in made
    assert b"/OutputIntents" in made
    assert b"/FontFile3" in made
    assert b"<dc:language><rdf:Bag><rdf:li>ru</rdf:li>" in made
    assert b"2026-11-18T" in made
    # What an archive forbids: programs, files inside, a password, addresses to fetch from.
    for forbidden in (b"/JavaScript", b"/EmbeddedFile", b"/Encrypt", b"/URI", b"/Launch"):
        assert forbidden not in made


def test_the_same_data_make_the_same_bytes() -> None:
    assert typeset.pdf("act", DATA, 7) == typeset.pdf("act", DATA, 7)
    assert typeset.pdf("act", DATA, 7) != typeset.pdf("act", DATA, 8)


def test_cyrillic_is_text_that_can_be_copied() -> None:
    assert set("Оператор«Пример»№") <= set(text_of(typeset.pdf("act", DATA)))


@pytest.mark.parametrize(
    "value",
    [
        '#read("/etc/passwd")',
        '#import "@preview/x:1.0.0": y',
        "*bold* _it_ `raw` $x$ <label> @ref // gone",
        '"] #panic("x") [',
        '\\u{41} \\ #eval("1")',
        "= Heading\n- list\n+ 1",
    ],
)
def test_markup_in_data_is_shown_and_not_obeyed(value: str) -> None:
    shown = text_of(typeset.pdf("act", with_value(value)))
    assert set(value) - set(" \n") <= set(shown)


def test_what_the_fonts_lack_is_shown_by_its_code() -> None:
    assert typeset.showable("Анна 😀 漢\r\n\x00") == "Анна [U+1F600] [U+6F22]\n[U+0000]"
    assert typeset.showable("plain") == "plain"
    made = typeset.pdf("act", with_value("😀漢\x00\udfff"))
    assert b"<pdfaid:part>2" in made


def test_each_covered_character_can_be_shown() -> None:
    lines = (typeset.FOLDER / "covered.txt").read_text().splitlines()
    ranges = [line.split("-") for line in lines if not line.startswith("#")]
    codes = [c for pair in ranges for c in range(int(pair[0], 16), int(pair[-1], 16) + 1)]
    # A letter on either side: a mark stands on something.
    values = [" ".join(f"a{chr(c)}b" for c in codes)]
    assert typeset.pdf("act", {**DATA, "act": [{"name": "x", "place": "", "values": values}]})
    assert len(codes) > 3000


def test_a_long_word_and_a_long_list_stay_on_their_pages() -> None:
    many = [f"{n:016d}: 1" for n in range(2000)]
    made = typeset.pdf("act", {**DATA, "log": [{"name": "x", "place": "", "values": many}]})
    assert len(re.findall(rb"/Type ?/Page\b", made)) > 10
    assert typeset.pdf("act", with_value("я" * 5000))


def test_a_template_is_one_of_ours() -> None:
    for name in ("nothing", "../typeset", "base.typ", "", "/etc/passwd"):
        with pytest.raises(errors.Missing):
            typeset.pdf(name, DATA)


def test_data_that_do_not_fit_are_told_without_being_quoted() -> None:
    with pytest.raises(errors.Broken) as caught:
        typeset.pdf("act", {"title": "MARKED"})
    assert "MARKED" not in str(caught.value)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typeset, "typst", None)
    assert not typeset.is_there()
    with pytest.raises(errors.Unavailable, match="uphold\\[documents\\]"):
        typeset.pdf("act", DATA)


def test_templates_read_nothing_but_their_data() -> None:
    for path in Path(typeset.FOLDER).glob("*.typ"):
        source = path.read_text(encoding="utf-8")
        for word in ("eval(", "read(", "image(", "plugin(", "@preview", "yaml(", "csv(", "xml("):
            assert word not in source, f"{path.name}: {word}"
        assert source.count("json(") == (path.name == "base.typ")
