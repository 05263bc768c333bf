# SPDX-License-Identifier: Apache-2.0
"""Views in, HTML out: the Jinja environments, one per language, and the single door `render`.

The environments are made once per process. A name that a template does not get is an error, never an
empty string; whatever comes from a view is escaped. Translations are the compiled catalogues of the
package, read by the standard library.
"""

import functools
import gettext
import hashlib
from collections.abc import Mapping
from datetime import date
from importlib import resources
from types import CodeType
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup

from uphold.web import chart, dates, messages, views

if TYPE_CHECKING:
    # The views of each desk are loaded with the desk.
    from uphold.web import (
        account_views,
        alert_views,
        client_views,
        console_views,
        disclosure_views,
        drafts,
        evaluation_views,
        export_views,
        glass_views,
        hold_views,
        incident_views,
        journal_views,
        mail_views,
        my_views,
        published_views,
        request_views,
        search_views,
        statistics_views,
        threat_views,
        verdicts,
        visit_views,
    )
    from uphold.web.retention_views import Retention

    View = (
        views.View
        | console_views.View
        | drafts.View
        | verdicts.View
        | Retention
        | request_views.View
        | disclosure_views.View
        | mail_views.Mail
        | hold_views.View
        | evaluation_views.View
        | glass_views.View
        | alert_views.View
        | journal_views.View
        | incident_views.View
        | search_views.Search
        | search_views.Several
        | search_views.SeveralOpened
        | export_views.Exports
        | account_views.View
        | client_views.View
        | my_views.View
        | visit_views.Choice
        | published_views.Published
        | statistics_views.View
        | threat_views.Threats
    )
else:
    View = object

LANGUAGES: Mapping[str, str] = {"en": "English", "ru": "Русский"}
"""Languages that the pages speak, each by its own name. The first is the fallback."""


def render(view: View, frame: views.Frame) -> bytes:
    """The page of `view`, as UTF-8 bytes of HTML, in the language of `frame` (English if unknown)."""
    language = frame.language if frame.language in LANGUAGES else "en"
    template = _environment(language).get_template(view.template)
    return template.render(page=view, frame=frame).encode()


def static(name: str) -> str:
    """The address of a static file, with a mark of its contents so that it may be cached for ever."""
    return f"/static/{name}?v={_marks()[name]}"


def problem(code: str, label: str, language: str, limit: int = 0) -> str:
    """The sentence for a problem code of `submission.validate`, such as `required`, in `language`."""
    return messages.problem(code, label, limit, translations(language))


@functools.cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of `language`; English needs none, as its texts are the message ids."""
    catalogue = resources.files("uphold") / "locales" / language / "LC_MESSAGES" / "uphold.mo"
    if not catalogue.is_file():
        return gettext.NullTranslations()
    with catalogue.open("rb") as stream:
        return gettext.GNUTranslations(stream)


class _Memory(jinja2.BytecodeCache):
    """Compiled templates shared by the languages, so that each is compiled once per process."""

    def __init__(self) -> None:
        self._codes: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key] = bucket.code


_CODES = _Memory()


@functools.cache
def _environment(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("uphold.web", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_CODES,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    catalogue = translations(language)
    # The extension adds this method to the environment when it is loaded.
    install = environment.install_gettext_translations  # type: ignore[attr-defined] # it has no type
    install(catalogue, newstyle=True)
    environment.globals.update(
        at=_at, switch=_switch, static=static, languages=LANGUAGES, stylesheets=_stylesheets
    )
    environment.filters.update(
        time=functools.partial(_time, language=language),
        day=functools.partial(_day, language=language),
        number=functools.partial(dates.number, language=language),
        hundredths=functools.partial(dates.hundredths, language=language),
        draw=functools.partial(
            chart.draw, number=functools.partial(dates.number, language=language)
        ),
        bar=_bar,
        spread=chart.bar,
        age=functools.partial(_age, catalogue=catalogue),
        wait=functools.partial(_wait, catalogue=catalogue),
        refusal=functools.partial(messages.refusal, catalogue=catalogue),
        trouble=functools.partial(messages.trouble, catalogue=catalogue),
        notice=functools.partial(messages.notice, catalogue=catalogue),
        weakness=functools.partial(messages.weakness, catalogue=catalogue),
        grouped=grouped,
    )
    return environment


@jinja2.pass_context
def _at(context: jinja2.runtime.Context, address: str) -> str:
    """An address on this site, carrying the language if the reader has chosen one by hand."""
    frame: views.Frame = context["frame"]
    return in_language(address, frame.language) if frame.chosen else address


@jinja2.pass_context
def _switch(context: jinja2.runtime.Context, language: str) -> str:
    """The address of this very page in another language."""
    frame: views.Frame = context["frame"]
    return in_language(frame.path, language)


def in_language(address: str, language: str) -> str:
    """An address on this site that says its page's language; `address` says none yet."""
    path, hash_, fragment = address.partition("#")
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}{urlencode({'lang': language})}{hash_}{fragment}"


def _time(at_ms: int, language: str) -> Markup:
    moment = dates.instant(at_ms)
    return Markup('<time datetime="{}">{}, {}</time>').format(
        f"{moment:%Y-%m-%dT%H:%M:%SZ}", dates.day(moment, language), dates.clock(moment)
    )


def _day(on: str, language: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(
        on, dates.day(date.fromisoformat(on), language)
    )


def _age(milliseconds: int, catalogue: gettext.NullTranslations) -> str:
    unit, count = dates.span(milliseconds)
    texts = {
        "day": catalogue.ngettext("%(n)s day", "%(n)s days", count),
        "hour": catalogue.ngettext("%(n)s hour", "%(n)s hours", count),
        "minute": catalogue.ngettext("%(n)s minute", "%(n)s minutes", count),
    }
    return texts[unit] % {"n": count}


def _wait(seconds: int, catalogue: gettext.NullTranslations) -> str:
    if seconds < 120:
        text = catalogue.ngettext("%(n)s second", "%(n)s seconds", seconds)
        return text % {"n": seconds}
    return _age(seconds * 1000 + 59_999, catalogue)


def _bar(share: int, before: int = 0) -> Markup:
    """A bar of a length in per cent, with a line where it was before (0: none)."""
    return chart.bar(share, 100, before)


def grouped(digest: str) -> Markup:
    """A digest in groups of eight that may break between groups; copying it yields it whole."""
    return Markup("<wbr>").join(digest[at : at + 8] for at in range(0, len(digest), 8))


@functools.cache
def _stylesheets() -> Markup:
    """All style that a file needs which stands alone; it is our own and holds no markup."""
    folder = resources.files("uphold.web") / "static"
    texts = ((folder / name).read_text(encoding="utf-8") for name in ("uphold.css", "proof.css"))
    return Markup("\n").join(Markup(text) for text in texts)  # noqa: S704 - files of the package


@functools.cache
def _marks() -> Mapping[str, str]:
    folder = resources.files("uphold.web") / "static"
    return {
        item.name: hashlib.sha256(item.read_bytes()).hexdigest()[:12]
        for item in folder.iterdir()
        if item.is_file()
    }
