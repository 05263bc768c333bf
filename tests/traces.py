# SPDX-License-Identifier: Apache-2.0
"""Look for a text in files as an intruder would: in every form in which programs write text down."""

import base64
import html
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus


def forms(text: str) -> frozenset[bytes]:
    """The bytes that a text may have become, each of them too long to be found by chance."""
    found: set[bytes] = set()
    for variant in {text, text.lower(), text.upper()}:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp1251"):
            try:
                raw = variant.encode(encoding)
            except UnicodeEncodeError:
                continue
            found |= {raw, raw.hex().encode(), raw.hex().upper().encode(), *_base64(raw)}
        for escaped in (quote(variant, safe=""), quote_plus(variant), html.escape(variant)):
            found |= {escaped.encode(), escaped.lower().encode()}
        found |= {json.dumps(variant)[1:-1].encode(), variant.encode("unicode_escape")}
    return frozenset(found)


def _base64(raw: bytes) -> Iterator[bytes]:
    """What a text looks like within a longer one that was encoded, at each of the three alignments."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        inner = encoded[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def files(folder: Path, without: Iterable[Path] = ()) -> list[Path]:
    """Every file below a folder, except those below others."""
    left_out = tuple(without)
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and not any(map(path.is_relative_to, left_out))
    ]


def find(texts: Iterable[str], paths: Iterable[Path]) -> list[str]:
    """Say in which files which texts are, in whatever form."""
    needles = {form: text for text in texts for form in forms(text)}
    found = []
    for path in paths:
        try:
            # Logs are made long in advance: what was never written to is not looked at.
            content = path.read_bytes().rstrip(b"\0")
        except FileNotFoundError:
            continue  # gone while we looked
        found += [
            f"{text!r} in {path.name} as {needle!r}"
            for needle, text in needles.items()
            if needle in content
        ]
    return found
