# SPDX-License-Identifier: Apache-2.0
"""Documents to print, sign and keep: a template of `sheets/` and data become a PDF/A-2b.

    pdf("act", data)      the bytes; the same for the same template, data and moment
    is_there()            whether the extra `documents` is installed

Templates are ours; whatever a person wrote is data, handed over as JSON and shown as the characters it is made
of. Nothing of it is ever read as markup, as code, or as a path: templates import and read nothing but `base.typ`
beside them. Fonts are those inside the typesetter, so a document looks the same on every machine, and nothing
is fetched. The typesetter lets other threads run while it works.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

import msgspec

from uphold import errors

try:
    import typst
except ImportError:  # the extra is not installed: whoever prints is told, everything else goes on
    typst = None  # type: ignore[assignment] # asked about before each use

Data = str | int | float | bool | None | Sequence["Data"] | Mapping[str, "Data"]

FOLDER = Path(str(resources.files("uphold") / "sheets"))
_NAME = re.compile(r"[a-z][a-z-]*")
# The typesetter remembers what it made during so many runs; what people wrote shall not stay in memory.
_REMEMBERED = 11


def is_there() -> bool:
    """Tell whether documents can be made."""
    return typst is not None


def pdf(template: str, data: Mapping[str, Data], at: int = 0) -> bytes:
    """Fill a template of `sheets/` with data and return a PDF/A-2b of it.

    `at` (unix seconds) is when the document says that it was made. A character that the fonts lack is shown as
    its code, such as [U+1F600]: an archive must not hold a sign that nobody can read. Raises
    `errors.Unavailable` without the extra, `errors.Missing` for a template that there is not, `errors.Broken`
    when a template and its data do not fit together.
    """
    if not is_there():
        raise errors.Unavailable(
            "No PDF can be made: the extra `documents` is not installed.",
            "Install it (pip install 'uphold[documents]'), or print the HTML.",
        )
    path = FOLDER / f"{template}.typ"
    if not _NAME.fullmatch(template) or not path.is_file():
        raise errors.Missing(f"There is no template {template!r}.", "See src/uphold/sheets.")
    given = msgspec.json.encode(_shown(data)).decode()
    try:
        return _compiled(path, given, at)
    except typst.TypstError as error:
        # Its message may quote what was to be shown; the place in the template is ours.
        raise errors.Broken(
            f"The template {template!r} does not fit its data ({type(error).__name__}).",
            "Print the HTML, and report this.",
        ) from None
    finally:
        _forget()


def showable(text: str) -> str:
    """Write each character that the fonts lack as its code (pure)."""
    if text.isascii() and text.isprintable():
        return text
    plain = text.replace("\r\n", "\n").replace("\t", " ")
    return _lacking().sub(lambda found: f"[U+{ord(found.group()):04X}]", plain)


def _compiled(path: Path, given: str, at: int) -> bytes:
    made = typst.compile(
        path,
        root=FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": given},
        pdf_standards=["a-2b"],
        # Nothing is fetched: no template names a package, and there is no place to keep one.
        package_path=FOLDER,
        package_cache_path=FOLDER,
        timestamp=at,
    )
    return bytes(made)


def _forget() -> None:
    for _ in range(_REMEMBERED):
        typst.compile(b"", format="pdf", font_paths=_fonts(), ignore_system_fonts=True)


def _shown(data: Data) -> Data:
    if isinstance(data, str):
        return showable(data)
    if isinstance(data, Mapping):
        return {str(name): _shown(value) for name, value in data.items()}
    if isinstance(data, Sequence):
        return [_shown(value) for value in data]
    return data


@cache
def _fonts() -> "typst.Fonts":
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


@cache
def _lacking() -> re.Pattern[str]:
    """What the fonts of `base.typ` lack, by the ranges of `sheets/covered.txt`."""
    lines = (FOLDER / "covered.txt").read_text(encoding="utf-8").splitlines()
    ranges = [line.partition("-")[::2] for line in lines if line and not line.startswith("#")]
    inside = "".join(
        f"{re.escape(chr(int(first, 16)))}-{re.escape(chr(int(last or first, 16)))}"
        for first, last in ranges
    )
    return re.compile(f"[^\n{inside}]")
