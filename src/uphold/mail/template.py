# SPDX-License-Identifier: Apache-2.0
"""The words of notices: Uphold's own templates, and the operator's in their place.

    <kind>.<language>.txt     first line `Subject: ...`, an empty line, then the text
    <kind>.<language>.html    if there is one, the HTML side; else it is made of the text (`markup`)

They are Jinja2 templates in its sandbox. A subject travels in the open and is shown everywhere, so it is given
the site's name and the operator's, and nothing of the letter.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from uphold import errors
from uphold.mail import markup
from uphold.mail.letter import Words
from uphold.mail.notice import Kind

FOLDER = "letters"
"""Of the site folder: where the operator's own templates lie."""

Values = Mapping[str, str | int]

LARGEST = 100_000
LONGEST_SUBJECT = 120
FALLBACK = "en"
_OWN = Path(__file__).with_name(FOLDER)
_NAME = re.compile(r"(?P<kind>[a-z-]+)\.(?P<language>[a-z]{2,3})\.(?:txt|html)")
_SUBJECT = "Subject:"

_COMMON: Values = {
    "operator": "Example",
    "site": "example.org",
    "address": "https://example.org",
    "contact": "office@example.org",
    "my": "https://example.org/my",
    "console": "https://example.org/console",
    "day": "22 November 2026",
}
_REQUEST: Values = {"number": 7, "what": "erasure", "due": "5 December 2026", "ground": "a law"}
SAMPLES: Mapping[Kind, Values] = MappingProxyType(
    {
        Kind.MY_LINK: {
            **_COMMON,
            "link": "https://example.org/my/enter?token=sample",
            "until": "22 November 2026, 19:05",
        },
        Kind.REQUEST_RECEIVED: {**_COMMON, **_REQUEST},
        Kind.REQUEST_DONE: {**_COMMON, **_REQUEST},
        Kind.REQUEST_REFUSED: {**_COMMON, **_REQUEST},
        Kind.REQUEST_EXTENDED: {**_COMMON, **_REQUEST},
        Kind.WITHDRAWN: {**_COMMON, "purpose": "Feedback"},
        Kind.ERASED: {**_COMMON, "final": "1 March 2027"},
        Kind.DUE_SOON: {**_COMMON, "soon": 2, "late": 1},
        Kind.BOUNCED: dict(_COMMON),
        Kind.GLASS_BROKEN: dict(_COMMON),
        Kind.INCIDENT_DUE: {**_COMMON, "soon": 2, "late": 1},
    }
)
"""What each kind may name, with values to try a template on."""

_MONTHS = {
    "en": (
        "January February March April May June July August September October November December"
    ).split(),
    "ru": (
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
    ).split(),
}


class Templates:
    """The templates of one site: an operator's file stands in the place of Uphold's own."""

    def __init__(self, folder: Path | None = None) -> None:
        """Take the operator's folder of templates, which need not exist."""
        self._folder = folder
        self._text = _environment(escapes=False)
        self._html = _environment(escapes=True)

    def has(self, kind: Kind, language: str) -> bool:
        """Whether there are words for a kind in a language."""
        return self._find(kind, language, "txt") is not None

    def words(self, kind: Kind, language: str, values: Values) -> Words:
        """Put a notice into words; a language without templates gets English.

        Raises `errors.Broken` for an operator's template that is none, with what to do.
        """
        chosen = language if self.has(kind, language) else FALLBACK
        try:
            return self.render(kind, chosen, values)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise errors.Broken(
                f"The letter {kind}.{chosen} cannot be put into words ({type(error).__name__}).",
                "Mend it in the folder letters/, then run: uphold check DIR",
            ) from None

    def render(self, kind: Kind, language: str, values: Values) -> Words:
        """As `words`, in this very language; raises what is wrong as it is."""
        path = self._find(kind, language, "txt")
        head, _, body = ("" if path is None else _read(path)).partition("\n")
        if not head.startswith(_SUBJECT):
            raise ValueError("Subject")
        outside = {key: values[key] for key in ("operator", "site")}
        subject = self._text.from_string(head.removeprefix(_SUBJECT)).render(outside).strip()
        if not subject or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
            raise ValueError("Subject")
        text = _calm(self._text.from_string(body).render(values))
        own = self._find(kind, language, "html")
        if own is None:
            site = str(values["address"])
            html = markup.page(text, language=language, title=subject, site=site)
        else:
            html = self._html.from_string(_read(own)).render(values)
        return Words(subject, text, html)

    def _find(self, kind: Kind, language: str, form: str) -> Path | None:
        name = f"{kind}.{language}.{form}"
        for folder in (self._folder, _OWN):
            if folder is not None and (folder / name).is_file():
                return folder / name
        return None


def faults(folder: Path) -> list[tuple[str, str]]:
    """Everything that is wrong with an operator's templates: file name and what it is, in English."""
    if not folder.is_dir():
        return []
    found = []
    templates = Templates(folder)
    for path in sorted(folder.iterdir()):
        match = _NAME.fullmatch(path.name)
        if match is None or match["kind"] not in list(Kind):
            found.append(
                (
                    path.name,
                    f"is no letter of Uphold: <kind>.<language>.txt or .html, where kind is one of {_kinds()}",
                )
            )
            continue
        problem = _fault(templates, Kind(match["kind"]), match["language"], path)
        if problem:
            found.append((path.name, problem))
    return found


def outside(html: str) -> str:
    """Name the first thing in HTML that would be fetched or run when it is read; empty when there is none."""
    parser = _Fetching()
    parser.feed(html)
    parser.close()
    return parser.found


def day(moment: date, language: str) -> str:
    """`22 November 2026` or `22 ноября 2026 г.`; in another language 2026-11-22."""
    if language not in _MONTHS:
        return moment.isoformat()
    text = f"{moment.day} {_MONTHS[language][moment.month - 1]} {moment.year}"
    return f"{text} г." if language == "ru" else text


def minute(moment: datetime, language: str) -> str:
    """A day with the time and its zone, such as `22 November 2026, 19:05 UTC`."""
    return f"{day(moment, language)}, {moment:%H:%M %Z}"


def _environment(*, escapes: bool) -> SandboxedEnvironment:
    return SandboxedEnvironment(
        autoescape=escapes, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()
        return raw.decode("utf-8-sig").replace("\r\n", "\n") if len(raw) <= LARGEST else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(type(error).__name__) from None


def _calm(text: str) -> str:
    """Leave one empty line where a condition has left several."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _fault(templates: Templates, kind: Kind, language: str, path: Path) -> str:
    if path.suffix == ".html" and not templates.has(kind, language):
        return "has no .txt beside it, which every letter needs"
    try:
        words = templates.render(kind, language, SAMPLES[kind])
    except (TemplateError, ArithmeticError, LookupError, TypeError) as error:
        return f"cannot be put into words: {error}"
    except ValueError:
        return (
            f"must be UTF-8, begin with `Subject: ...` of at most {LONGEST_SUBJECT} characters, "
            f"and have at most {LARGEST} bytes"
        )
    found = outside(words.html)
    return f"would fetch or run something when it is read: {found}" if found else ""


def _kinds() -> str:
    return ", ".join(Kind)


class _Fetching(HTMLParser):
    """Looks for what a mail reader would fetch or run."""

    _TAGS = frozenset(
        "script img iframe frame object embed link video audio source picture svg form input base".split()
    )
    _ATTRIBUTES = frozenset("src srcset background data poster action formaction".split())

    def __init__(self) -> None:
        super().__init__()
        self.found = ""
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        if tag in self._TAGS:
            self._say(f"<{tag}>")
        for name, value in attrs:
            if name in self._ATTRIBUTES or name.startswith("on"):
                self._say(f"{name}=")
            if name == "style":
                self._css(value or "")
            if name == "href" and (value or "").strip().lower().startswith(
                ("javascript:", "data:")
            ):
                self._say("href=")
            if tag == "meta" and name == "http-equiv" and (value or "").lower() == "refresh":
                self._say("<meta refresh>")

    def handle_endtag(self, _tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._css(data)

    def _css(self, text: str) -> None:
        if "url(" in text.lower() or "@import" in text.lower():
            self._say("url()")

    def _say(self, what: str) -> None:
        self.found = self.found or what
