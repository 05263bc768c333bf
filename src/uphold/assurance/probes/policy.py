# SPDX-License-Identifier: Apache-2.0
"""The policy itself: anybody can read it, it says whose it is, and its law finds nothing wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from uphold.assurance import html
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    Said,
    judged,
    not_shown,
    said,
)
from uphold.assurance.scene import Scene
from uphold.policy import findings
from uphold.policy.document import pick


@dataclass(frozen=True, slots=True)
class Opened:
    """What a stranger got at an address, and whether the page leads to the policy."""

    path: str
    language: str
    status: int
    has_text: bool
    leads: bool


def read(scene: Scene) -> tuple[Opened, ...]:
    """Open the policy, the front page and each form as a stranger, in every language."""
    paths = ["/policy", "/", *(f"/f/{key}" for key in scene.edition.forms)]
    return tuple(
        _opened(scene, path, language)
        for language in scene.edition.policy.languages
        for path in paths
    )


def _opened(scene: Scene, path: str, language: str) -> Opened:
    answer = scene.stranger({"accept-language": language}).get(path)
    page = html.parse(answer.text)
    articles = page.all("article")
    leads = path == "/policy" or any(
        link.href.partition("?")[0] == "/policy" for link in html.links(page)
    )
    has_text = bool(articles and articles[0].text) or path != "/policy"
    return Opened(path, language, answer.status, has_text, leads)


def judge_read(trace: tuple[Opened, ...]) -> Outcome:
    """Each opened, the policy has its text, and every page leads to it."""
    return judged(
        [fault for one in trace for fault in _open_faults(one)],
        said(N_("A stranger read the policy; %(count)s pages lead to it."), count=len(trace)),
    )


def _open_faults(one: Opened) -> Iterator[Said]:
    place = {"path": one.path, "language": one.language}
    if one.status != 200 or not one.has_text:
        yield said(
            N_("%(path)s (%(language)s) does not open for a stranger: %(status)s."),
            **place,
            status=one.status,
        )
    if not one.leads:
        yield said(N_("%(path)s (%(language)s) has no link to the policy."), **place)


@dataclass(frozen=True, slots=True)
class Named:
    """Which of the declared facts about the operator a text lacks: `name`, `address`, `contact`."""

    path: str
    language: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """The texts, the domain of the policy and the host that the site answers at; "" for a demonstration."""

    texts: tuple[Named, ...]
    domain: str
    host: str


def read_names(scene: Scene) -> Names:
    """Read the policy and each consent's text for whose they are."""
    site = scene.settings.site
    host = "" if site.demo else urlsplit(site.address).hostname or ""
    wordings = scene.edition.wordings.values()
    texts = [
        _named(scene, path, language)
        for language in scene.edition.policy.languages
        for path in (
            "/policy",
            *(f"/wording/{w.digest}" for w in wordings if w.language == language),
        )
    ]
    return Names(tuple(texts), scene.edition.policy.domain, host)


def _named(scene: Scene, path: str, language: str) -> Named:
    operator, first = scene.edition.policy.operator, scene.edition.policy.language
    answer = scene.stranger({"accept-language": language}).get(path)
    text = html.parse(answer.text).text
    wanted = {
        "name": pick(operator.name, language, first),
        "address": pick(operator.address, language, first),
        "contact": operator.contact,
    }
    lacks = [what for what, value in wanted.items() if not value or _spaced(value) not in text]
    return Named(path, language, tuple(lacks))


def _spaced(text: str) -> str:
    return " ".join(text.split())


def judge_names(trace: Names) -> Outcome:
    """Each text names the operator; the domain of the policy is that of the site, or of one around it."""
    faults = [
        said(
            N_("%(path)s (%(language)s) does not name the operator's %(what)s."),
            path=one.path,
            language=one.language,
            what=what,
        )
        for one in trace.texts
        for what in one.lacks
    ]
    if trace.host and trace.host != trace.domain and not trace.host.endswith(f".{trace.domain}"):
        faults.append(
            said(
                N_("The policy speaks of %(domain)s, and the site answers at %(host)s."),
                domain=trace.domain,
                host=trace.host,
            )
        )
    return judged(
        faults, said(N_("%(count)s texts name the operator in full."), count=len(trace.texts))
    )


@dataclass(frozen=True, slots=True)
class Found:
    """One finding about the text in force."""

    rule: str
    kind: str
    clause: str
    language: str


@dataclass(frozen=True, slots=True)
class Held:
    """The text in force held against its law on a day."""

    profile: str
    on: date
    languages: tuple[str, ...]
    found: tuple[Found, ...]


def hold(scene: Scene) -> Held:
    """Hold every text of the edition in force against the rules of its law that are valid today."""
    policy = scene.edition.policy
    on = datetime.fromtimestamp(scene.now / 1000, UTC).date()
    known = tuple(name for name in policy.languages if name in findings.LANGUAGES)
    found = [
        Found(one.rule, one.kind, one.clause, language)
        for language in known
        for law in policy.laws
        for one in findings.find(policy, scene.edition.texts.get(language, ()), language, law, on)
    ]
    return Held(", ".join(policy.laws), on, known, tuple(found))


def judge_held(trace: Held) -> Outcome:
    """Nothing is open."""
    if not trace.languages:
        return not_shown(said(N_("The rules read none of the policy's languages.")))
    faults = [
        said(
            N_("Finding %(rule)s (%(kind)s) is open at clause %(clause)s (%(language)s)."),
            rule=one.rule,
            kind=one.kind,
            clause=one.clause or "-",
            language=one.language,
        )
        for one in trace.found
    ]
    return judged(
        faults,
        said(
            N_("The rules of %(profile)s valid on %(on)s find nothing."),
            profile=trace.profile,
            on=trace.on.isoformat(),
        ),
    )


REACHABLE = Probe(
    id="policy.reachable.page",
    promise="policy.reachable",
    kind=Kind.EXAMINE,
    does=N_("Opens the policy as a stranger, and looks on every form's page for the link to it."),
    act=read,
    oracle=judge_read,
)
NAMES = Probe(
    id="policy.names-operator.page",
    promise="policy.names-operator",
    kind=Kind.EXAMINE,
    does=N_("Reads the policy and each consent's text for whose they are."),
    act=read_names,
    oracle=judge_names,
)
CLEAR = Probe(
    id="law.profile-clear.findings",
    promise="law.profile-clear",
    kind=Kind.EXAMINE,
    does=N_("Holds the text in force against the rules of its law that are valid today."),
    act=hold,
    oracle=judge_held,
)

PROBES = (REACHABLE, NAMES, CLEAR)
