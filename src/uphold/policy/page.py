# SPDX-License-Identifier: Apache-2.0
"""An edition as a page: clauses with numbers and anchors, their Markdown made into safe HTML (pure).

HTML in the text is shown, never obeyed. Links that leave the site are marked and tell the other
site nothing of where the visitor came from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from uphold.policy import check, import_, phrases, processor
from uphold.policy.document import Clause, Edition, Policy, Purpose, Recipient, Text, pick
from uphold.policy.phrases import PHRASES

OUTGOING: Final = "noopener noreferrer external"
_HTML: Final = RendererHTML()
# Block rules that remain: paragraphs and lists. Indented text is no code.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).disable(
    ["code", "fence", "heading", "lheading", "hr", "html_block", "blockquote", "reference",
     "html_inline", "image"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClauseView:
    """One clause on the page. `number` is its printed number, "" if it has none.

    Each of `paragraphs` is inline HTML, safe to put into `<p>`; an item of a list is one of them.
    """

    anchor: str
    number: str
    heading: bool
    depth: int
    """0 for headings and unnumbered text, 1 for `1.1`, 2 for `1.1.1`."""
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PurposeView:
    """One declared purpose in words, for a table below the text."""

    title: str
    ground: str
    data: tuple[str, ...]
    term: str


@dataclass(frozen=True, slots=True)
class ProcessorView:
    """Who processes on the operator's instruction, in words."""

    id: str
    name: str
    place: str
    """Its address and its country's code."""
    task: str
    contract: str
    instruction: str
    sees: tuple[str, ...]
    """What it can read."""
    purposes: tuple[str, ...]
    """Titles of the purposes whose data it has."""
    is_stated: bool
    """Whether contract, instruction and what it sees are stated: they are not in editions older than these keys."""


@dataclass(frozen=True, slots=True)
class PolicyView:
    """The policy's page in one language. Times are unix milliseconds UTC."""

    title: str
    language: str
    number: int
    digest: str
    updated_on: date | None
    """The last date of the date line: the date of the last update."""
    published_at: int
    effective_at: int
    clauses: tuple[ClauseView, ...]
    purposes: tuple[PurposeView, ...]
    processors: tuple[ProcessorView, ...]


def view(edition: Edition, language: str) -> PolicyView:
    """The page of an edition, in its first language if it has no text in `language`."""
    spoken = language if language in edition.texts else edition.policy.language
    clauses = edition.texts[spoken]
    dated = check.date_line(clauses)
    return PolicyView(
        title=title(clauses),
        language=spoken,
        number=edition.number,
        digest=edition.digest,
        updated_on=dated.last if dated else None,
        published_at=edition.published_at,
        effective_at=edition.effective_at,
        clauses=tuple(_clause(clause) for clause in clauses if clause.id != "title"),
        purposes=tuple(
            _purpose(edition.policy, p, spoken) for p in edition.policy.purposes.values()
        ),
        processors=processors(edition.policy, spoken),
    )


def processors(policy: Policy, language: str) -> tuple[ProcessorView, ...]:
    """Everybody who processes on the operator's instruction."""
    return tuple(_processor(policy, one, language) for one in processor.listed(policy))


def title(clauses: Sequence[Clause]) -> str:
    """The policy's title as plain text."""
    found = next((clause.text for clause in clauses if clause.id == "title"), "Privacy policy")
    return found.lstrip("# ").strip(" *_")


def updated_on(edition: Edition) -> date | None:
    """The date of the last update that the edition's text states."""
    dated = check.date_line(edition.texts[edition.policy.language])
    return dated.last if dated else None


def paragraphs(text: str) -> tuple[str, ...]:
    """Markdown as paragraphs of inline HTML."""
    return tuple(_render(_MARKDOWN.parse(text)))


def _clause(clause: Clause) -> ClauseView:
    numbered = clause.id[0].isdigit()
    printed, body = import_.printed(clause)
    heading = numbered and "\n" not in body and ("." not in clause.id or printed.startswith("#"))
    return ClauseView(
        anchor=clause.id,
        number=_number(clause.id, printed) if numbered else "",
        heading=heading,
        depth=0 if heading or not numbered else clause.id.count("."),
        paragraphs=paragraphs(body),
    )


def _number(name: str, printed: str) -> str:
    """The number as printed, unless the print is wrong or missing: then the clause's own."""
    bare = printed.strip("#*_ \t\\").replace("\\", "")
    return bare if bare.rstrip(".") == name else f"{name}."


def _render(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            _mark_links(token.children or [])
            yield _HTML.renderInline(token.children or [], _MARKDOWN.options, {})


def _mark_links(children: Sequence[Token]) -> None:
    for child in children:
        if child.type == "link_open":
            address = str(child.attrs.get("href", ""))
            if _leaves(address):
                child.attrSet("rel", OUTGOING)


def _leaves(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return True
    return bool(parts.netloc) or parts.scheme not in ("", "mailto", "tel")


def _processor(policy: Policy, one: Recipient, language: str) -> ProcessorView:
    def said(text: Text) -> str:
        return pick(text, language, policy.language)

    return ProcessorView(
        id=one.id,
        name=said(one.name),
        place=", ".join(filter(None, (said(one.address), one.country))),
        task=said(one.task),
        contract=said(one.contract),
        instruction=said(one.instruction),
        sees=tuple(
            said(policy.categories[name].title) for name in one.sees if name in policy.categories
        ),
        purposes=tuple(
            said(policy.purposes[name].title) for name in processor.purposes(policy, one.id)
        ),
        is_stated=processor.is_whole(one),
    )


def _purpose(policy: Policy, purpose: Purpose, language: str) -> PurposeView:
    say = PHRASES.get(language, PHRASES["en"])

    ground = say.consent if purpose.asks_consent else say.bases[purpose.basis]
    known = (policy.categories[name] for name in purpose.categories if name in policy.categories)
    return PurposeView(
        title=pick(purpose.title, language, policy.language),
        ground=ground,
        data=tuple(pick(c.title, language, policy.language) for c in known),
        term=phrases.end(say, purpose.retention, language),
    )
