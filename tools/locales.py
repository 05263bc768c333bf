# SPDX-License-Identifier: Apache-2.0
"""Bring the catalogues up to date: collect the texts of templates and code, merge, compile.

    python tools/locales.py          extract, update every .po, compile every .mo
    python tools/locales.py --check  change nothing; exit 1 if a catalogue is behind or incomplete

Needs Babel, which the running product does not.
"""

import argparse
import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent / "src" / "uphold"
LANGUAGES = ("ru",)
METHODS = [
    ("**/templates/**.html", "jinja2.ext:babel_extract"),
    ("**/web/*.py", "python"),
    # What probes do and see is written down in English and shown in the reader's language.
    ("**/assurance/**.py", "python"),
]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# N_ marks a text in code that is translated where it is shown.
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}


def collected() -> Catalog:
    """All texts of the templates, of the web room and of the probes, with where they stand."""
    catalogue = Catalog(project="uphold", charset="utf-8")
    found = extract_from_dir(
        ROOT,
        method_map=METHODS,
        options_map=OPTIONS,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
    )
    for path, _line, text, comments, context in sorted(found, key=lambda item: (item[0], item[1])):
        # Line numbers would change the file with every edit; the file is enough to find a text.
        catalogue.add(text, locations=[(path, 0)], auto_comments=comments, context=context)
    return catalogue


def updated(path: Path, language: str) -> Catalog:
    """The catalogue at `path` with new texts added (empty) and vanished ones dropped."""
    catalogue = Catalog(locale=language, project="uphold", charset="utf-8")
    if path.exists():
        with path.open("rb") as stream:
            catalogue = read_po(stream, locale=language)
    catalogue.update(collected(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def printed(catalogue: Catalog) -> bytes:
    """The catalogue as .po text: sorted, without dates, so that equal contents give equal bytes."""
    stream = io.BytesIO()
    write_po(stream, catalogue, omit_header=True, sort_output=True, include_lineno=False, width=100)
    head = (
        'msgid ""\nmsgstr ""\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return head.encode() + stream.getvalue()


def compiled(po: bytes, language: str) -> bytes:
    """The .mo of a .po text."""
    stream, catalogue = io.BytesIO(), read_po(io.BytesIO(po), locale=language)
    # Babel would write the time of this very moment into it, and no two files would be equal.
    catalogue.creation_date = catalogue.revision_date = EPOCH
    write_mo(stream, catalogue)
    return stream.getvalue()


def missing(catalogue: Catalog) -> list[str]:
    """Texts without a translation, or with a plural form left out."""
    return [
        str(entry.id)
        for entry in catalogue
        if entry.id
        and not all(entry.string if isinstance(entry.string, tuple) else (entry.string,))
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Update and compile the catalogues.")
    parser.add_argument("--check", action="store_true", help="change nothing, only report")
    check = parser.parse_args(arguments).check
    faults = 0
    for language in LANGUAGES:
        folder = ROOT / "locales" / language / "LC_MESSAGES"
        source, target = folder / "uphold.po", folder / "uphold.mo"
        catalogue = updated(source, language)
        po = printed(catalogue)
        mo = compiled(po, language)
        for text in missing(catalogue):
            print(f"{source}: no translation of {text!r}", file=sys.stderr)
            faults += 1
        if not check:
            folder.mkdir(parents=True, exist_ok=True)
            source.write_bytes(po)
            target.write_bytes(mo)
        elif not source.exists() or source.read_bytes() != po or target.read_bytes() != mo:
            print(f"{source}: behind the texts; run: python tools/locales.py", file=sys.stderr)
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
