# SPDX-License-Identifier: Apache-2.0
"""Every language says everything: no message without its translation, no compiled file out of step."""

from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import locales
from uphold.assurance import probes

PLURAL = ("%(num)s day", "%(num)s days")


def catalogues() -> list[Path]:
    return sorted((locales.ROOT / "locales").glob("*/LC_MESSAGES/uphold.po"))


def unsure(catalogue: Catalog) -> list[str]:
    """Messages whose translation lost a placeholder, or that no person has looked at."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and (message.fuzzy or (message.string and any(message.check())))
    ]


def test_catalogues_are_in_step_with_the_source() -> None:
    assert locales.main(["--check"]) == 0


def test_every_catalogue_is_of_a_known_language() -> None:
    assert {path.parts[-3] for path in catalogues()} == set(locales.LANGUAGES)


def test_translations_are_sure_and_keep_placeholders() -> None:
    for path in catalogues():
        assert unsure(locales.updated(path, path.parts[-3])) == []


def russian() -> Catalog:
    catalogue = Catalog(locale="ru")
    catalogue.add("Send", "Отправить")
    catalogue.add(PLURAL, ("%(num)s день", "%(num)s дня", "%(num)s дней"))
    return catalogue


def empty(catalogue: Catalog) -> None:
    catalogue["Send"].string = ""


def doubt(catalogue: Catalog) -> None:
    catalogue["Send"].flags.add("fuzzy")


def halve(catalogue: Catalog) -> None:
    catalogue[PLURAL].string = ("%(num)s день", "", "%(num)s дней")


def misplace(catalogue: Catalog) -> None:
    catalogue[PLURAL].string = ("%(n)s день", "%(n)s дня", "%(n)s дней")


def faults(catalogue: Catalog) -> list[str]:
    return sorted({*locales.missing(catalogue), *unsure(catalogue)})


def test_a_whole_catalogue_passes() -> None:
    assert faults(russian()) == []


@pytest.mark.parametrize("spoil", [empty, doubt, halve, misplace])
def test_a_gap_is_found(spoil: Callable[[Catalog], None]) -> None:
    catalogue = russian()
    spoil(catalogue)
    assert len(faults(catalogue)) == 1


def test_a_catalogue_behind_the_source_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "{% trans n=3 %}One{% pluralize %}Many {{ n }}{% endtrans %}{{ _('From a page') }}"
    (tmp_path / "web" / "templates").mkdir(parents=True)
    (tmp_path / "web" / "templates" / "page.html").write_text(page)
    (tmp_path / "web" / "pages.py").write_text('N_("From Python")\n')
    monkeypatch.setattr(locales, "ROOT", tmp_path)
    ids = {message.id for message in locales.collected() if message.id}
    assert ids == {"From Python", "From a page", ("One", "Many %(n)s")}
    assert locales.main([]) == 1  # written, but nothing is translated
    (tmp_path / "web" / "pages.py").write_text("")
    assert locales.main(["--check"]) == 1


def test_equal_texts_compile_to_equal_bytes() -> None:
    """Whenever it is done: a file that bears a time would always be behind."""
    made = locales.compiled(locales.printed(russian()), "ru")
    assert b"POT-Creation-Date: 1970-01-01 00:00+0000" in made
    assert made == locales.compiled(locales.printed(russian()), "ru")


def test_what_probes_say_is_collected() -> None:
    """It is marked in a room without pages, and shown on them."""
    ids = {str(message.id) for message in locales.collected()}
    for probe in probes.PROBES:
        assert probe.does in ids, probe.id
