# SPDX-License-Identifier: Apache-2.0
"""Nothing on any page comes from another site, and links that lead to one are marked."""

from collections.abc import Iterator
from dataclasses import dataclass

from uphold.assurance import crawl, html
from uphold.assurance.crawl import Crawl, Fetched
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_shown, said
from uphold.assurance.scene import Scene

NO_PAGE = said(N_("No page could be read."))
# What a page must forbid by itself; each may say 'none' or 'self' and nothing wider.
DIRECTIVES = ("default-src", "form-action", "base-uri", "frame-ancestors")
_NARROW = frozenset({"'none'", "'self'"})
_SILENT = frozenset({"no-referrer", "same-origin"})
MARKS = frozenset({"noopener", "noreferrer", "external"})


@dataclass(frozen=True, slots=True)
class Loads:
    """What one address makes a browser fetch from elsewhere, and script that it brings within itself."""

    path: str
    outside: tuple[str, ...]
    inline: tuple[str, ...]


def look_for_loads(scene: Scene) -> tuple[Loads, ...]:
    """Read every page of the public and of the console, style sheet and script."""
    return tuple(_loads(one, seen) for seen in _everything(scene) for one in seen.fetched)


def _everything(scene: Scene) -> tuple[Crawl, Crawl]:
    return crawl.public(scene), crawl.inside(scene)


def _loads(one: Fetched, seen: Crawl) -> Loads:
    addresses: list[str] = []
    inline: list[str] = []
    if one.is_page:
        addresses = html.loads(one.page) + [form.action for form in html.forms(one.page)]
        inline = html.inline(one.page)
    elif one.kind in {"text/css", "image/svg+xml"}:
        addresses = html.css(one.text)
    elif "javascript" in one.kind:
        addresses = html.js(one.text)
    addresses += [text.partition(">")[0].strip("< ") for text in _named(one, "link")]
    addresses += [text.partition("=")[2] for text in _named(one, "refresh")]
    addresses += _named(one, "location")
    outside = [address for address in addresses if html.outside(address, seen.hosts)]
    return Loads(one.path, tuple(outside), tuple(inline))


def _named(one: Fetched, name: str) -> list[str]:
    return [value for key, value in one.headers if key == name]


def judge_loads(trace: tuple[Loads, ...]) -> Outcome:
    """No page makes the browser ask another site for anything."""
    if not trace:
        return not_shown(NO_PAGE)
    faults = [
        said(
            N_("Page %(path)s makes the browser ask %(address)s."),
            path=one.path,
            address=address[:80],
        )
        for one in trace
        for address in one.outside
    ]
    faults += [
        said(N_("Page %(path)s brings script within itself (%(what)s)."), path=one.path, what=what)
        for one in trace
        for what in one.inline
    ]
    return judged(
        faults,
        said(N_("%(count)s pages, styles and scripts name no other host."), count=len(trace)),
    )


@dataclass(frozen=True, slots=True)
class Allows:
    """What the headers of a page permit: its content policy, and what other sites learn of its address."""

    path: str
    policy: str
    referrer: str


def look_at_policies(scene: Scene) -> tuple[Allows, ...]:
    """Read the headers of every page of the public and of the console."""
    return tuple(
        Allows(one.path, one.header("content-security-policy"), one.header("referrer-policy"))
        for seen in _everything(scene)
        for one in seen.pages
    )


def judge_policies(trace: tuple[Allows, ...]) -> Outcome:
    """Each page forbids the browser everything that is not of this site."""
    if not trace:
        return not_shown(NO_PAGE)
    return judged(
        [fault for one in trace for fault in _policy_faults(one)],
        said(
            N_("The content policies of %(count)s pages permit this site alone."), count=len(trace)
        ),
    )


def _policy_faults(one: Allows) -> Iterator[Said]:
    # Of a directive that stands twice, browsers take the first (CSP 3, 2.2.1).
    directives: dict[str, list[str]] = {}
    for words in map(str.split, one.policy.split(";")):
        if words:
            directives.setdefault(words[0].lower(), words[1:])
    for name in DIRECTIVES:
        if name not in directives:
            yield said(N_("Page %(path)s does not say %(name)s."), path=one.path, name=name)
    for name, sources in directives.items():
        for source in sources:
            if source.lower() not in _NARROW:
                yield said(
                    N_("Page %(path)s permits %(source)s in %(name)s."),
                    path=one.path,
                    source=source[:80],
                    name=name,
                )


@dataclass(frozen=True, slots=True)
class Leaving:
    """A link to another site on a page, its marks, and what the page tells where it is followed."""

    path: str
    address: str
    rel: frozenset[str]


@dataclass(frozen=True, slots=True)
class Marked:
    """Every link that leaves, and the pages that tell other sites their address."""

    links: tuple[Leaving, ...]
    talkative: tuple[str, ...]


def look_for_leaving(scene: Scene) -> Marked:
    """Read the links of every page of the public and of the console."""
    pages = [one for seen in _everything(scene) for one in seen.pages]
    own = crawl.hosts(scene)
    leaving = [
        Leaving(one.path, link.href, link.rel)
        for one in pages
        for link in html.links(one.page)
        if html.outside(link.href, own)
    ]
    talkative = [p.path for p in pages if p.header("referrer-policy") not in _SILENT]
    return Marked(tuple(leaving), tuple(talkative))


def judge_leaving(trace: Marked) -> Outcome:
    """Each link that leaves says so, and no page is named to the other site."""
    faults = [
        said(
            N_("The link to %(address)s on %(path)s lacks %(marks)s."),
            address=one.address[:80],
            path=one.path,
            marks=" ".join(sorted(MARKS - one.rel)),
        )
        for one in trace.links
        if not one.rel >= MARKS
    ]
    faults += [
        said(N_("Page %(path)s tells other sites its address."), path=path)
        for path in trace.talkative
    ]
    return judged(
        faults, said(N_("%(count)s links leave the site, all marked."), count=len(trace.links))
    )


NOTHING_LOADED = Probe(
    id="links.no-third-party.crawl",
    promise="links.no-third-party",
    kind=Kind.EXAMINE,
    does=N_(
        "Reads every page of the public and the console, style and script for addresses of other hosts."
    ),
    act=look_for_loads,
    oracle=judge_loads,
)
NOTHING_ALLOWED = Probe(
    id="links.no-third-party.policy",
    promise="links.no-third-party",
    kind=Kind.EXAMINE,
    does=N_("Reads what the content policy of every page of the public and the console permits."),
    act=look_at_policies,
    oracle=judge_policies,
)
LEAVING = Probe(
    id="links.marked.crawl",
    promise="links.marked",
    kind=Kind.EXAMINE,
    does=N_(
        "Reads the links of every page of the public and the console that lead to other sites."
    ),
    act=look_for_leaving,
    oracle=judge_leaving,
)

PROBES = (NOTHING_LOADED, NOTHING_ALLOWED, LEAVING)
