# SPDX-License-Identifier: Apache-2.0
"""The example's folder changed into later editions: one that goes beyond what was agreed to, and one that does not.

wider.write(folder)         a new recipient, a longer term; the text and its dates say so
wider.reword(folder)        other words, the same promises
"""

from pathlib import Path

RECIPIENT = """
[recipient.survey]
name.en = "Asker LLC"
name.ru = "ООО «Опрос»"
address.en = "4 Example Embankment, St. Petersburg, 190000, Russia"
address.ru = "190000, Россия, г. Санкт-Петербург, Примерная наб., д. 4"
country = "RU"
kind = "third-party"
task.en = "Asks whether people were content with the answer."
task.ru = "Спрашивает, довольны ли люди ответом."
"""


def files(found: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a folder with the wider declarations, under a later date."""
    declared = found["policy/policy.toml"].decode()
    declared = _turn(declared, 'term = "P30D", at-most = "P1Y"', 'term = "P30D", at-most = "P2Y"')
    declared = _turn(declared, '["hosting", "mail-relay"]', '["hosting", "mail-relay", "survey"]')
    texts = dated(found)
    english = _turn(
        texts["policy/policy.md"].decode(),
        "in any case one year after",
        "in any case two years after",
    )
    return {
        **texts,
        "policy/policy.toml": (declared + RECIPIENT).encode(),
        "policy/policy.md": english.encode(),
    }


def dated(found: dict[str, bytes], day: int = 20) -> dict[str, bytes]:
    """The files with one more date of amendment in each language, a day of November 2026."""
    english = _turn(
        found["policy/policy.md"].decode(),
        "with amendments dated November 16, 2026",
        f"with amendments dated November 16, 2026, November {day}, 2026",
    )
    russian = _turn(
        found["policy/policy.ru.md"].decode(),
        "с изменениями от 16 ноября 2026 г.",
        f"с изменениями от 16 ноября 2026 г., {day} ноября 2026 г.",
    )
    texts = {"policy/policy.md": english.encode(), "policy/policy.ru.md": russian.encode()}
    return {**found, **texts}


def write(folder: Path) -> None:
    """Change a site's folder so that it goes beyond what was agreed to."""
    _write(folder, files(_read(folder)))


def reword(folder: Path) -> None:
    """Change words of a site's text, and nothing that it declares."""
    found = dated(_read(folder))
    text = found["policy/policy.md"].decode()
    found["policy/policy.md"] = _turn(
        text, "Reading the Site is not consent", "To read the Site is no consent"
    ).encode()
    _write(folder, found)


def _read(folder: Path) -> dict[str, bytes]:
    names = ("policy/policy.toml", "policy/policy.md", "policy/policy.ru.md")
    return {name: (folder / name).read_bytes() for name in names}


def _write(folder: Path, found: dict[str, bytes]) -> None:
    for name, raw in found.items():
        (folder / name).write_bytes(raw)


def _turn(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new)
