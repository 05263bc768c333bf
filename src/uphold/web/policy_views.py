# SPDX-License-Identifier: Apache-2.0
"""From the policy and its draft to the console's pages of them."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path

from markupsafe import Markup

from uphold import errors
from uphold.access import staff
from uphold.app import App
from uphold.assurance import unused
from uphold.policy import (
    approval,
    check,
    compare,
    digest,
    editing,
    findings,
    folder,
    page,
    parse,
    promise,
    publish,
    term,
)
from uphold.policy.change import Change, Version, What
from uphold.policy.document import PROFILES, Binding, Draft, Edition, pick
from uphold.policy.findings import Finding
from uphold.policy.problem import Problem
from uphold.retention import impact as effects
from uphold.retention.impact import Forms
from uphold.web import changes, documents, drafts, pages, verdicts, views
from uphold.web.messages import N_
from uphold.web.renewal_views import Piece

DRAFT = "draft"
_AT = "/console/policy"
# Beyond this product of lines two texts are not held against each other: nobody waits for that.
_MOST_LINES = 4_000_000
_TERM_HOLDS = N_("%(change)s. Records stored for it: %(count)s. The new term holds for them too.")
_TERM_WAITS = N_(
    "%(change)s. Records stored for it: %(count)s. The old term holds for them until the people agree anew."
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the site folder would publish now. `archive` is None while it cannot be published.

    `refusal`: `same` or `undated` where the newest edition forbids it, else empty.
    """

    files: Mapping[str, bytes]
    draft: Draft | None
    problems: tuple[Problem, ...]
    archive: bytes | None
    refusal: str = ""

    @property
    def digest(self) -> str:
        """The name of exactly these bytes; empty where there are none."""
        return digest.of(self.archive) if self.archive is not None else ""


def proposal(root: Path, newest: Edition | None) -> Proposal:
    """Read the site folder as it is; `errors.Missing` where it holds no policy."""
    files = folder.read(root)
    checked = check.files(files)
    if checked.draft is None or checked.problems:
        return Proposal(files, checked.draft, checked.problems, None)
    archive = publish.prepare(files)
    return Proposal(files, checked.draft, (), archive, _refusal(archive, newest))


def _refusal(archive: bytes, newest: Edition | None) -> str:
    if newest is None:
        return ""
    try:
        publish.refuse_unchanged(newest, publish.load(archive, digest.of(archive), 0, 0, 0))
    except errors.Conflict:
        return "same"
    except errors.Invalid:
        return "undated"
    return ""


def standing(root: Path, newest: Edition | None) -> str:
    """Say where the draft stands beside the newest edition, in the codes of `drafts.Rules`."""
    try:
        found = proposal(root, newest)
    except (errors.Missing, errors.Invalid):
        return "none"
    if found.archive is None:
        return "faulty"
    return "same" if found.refusal == "same" else "differs"


def rules(
    current: Edition | None,
    every: Iterable[drafts.Published],
    language: str,
    draft: str,
    hrefs: Mapping[str, str],
    uses: tuple[drafts.FieldUse, ...] = (),
    unused_days: int = 0,
) -> drafts.Rules:
    """Show the edition in force clause by clause with what keeps each. `hrefs` are the pages one may go to."""
    shown = page.view(current, language) if current else None
    bindings = current.policy.bindings if current else {}
    return drafts.Rules(
        title=shown.title if shown else "",
        language=shown.language if shown else language,
        edition=documents.facts(current, current) if current else None,
        clauses=tuple(_clause(one, bindings.get(one.anchor), language) for one in shown.clauses)
        if shown
        else (),
        editions=tuple(every),
        draft=draft,
        draft_href=hrefs.get("draft", ""),
        compare_href=hrefs.get("compare", ""),
        publish_href=hrefs.get("publish", ""),
        proof_href=hrefs.get("proof", ""),
        ask_href=hrefs.get("ask", ""),
        uses=uses,
        unused_days=unused_days,
    )


def uses(app: App, current: Edition | None, language: str) -> tuple[drafts.FieldUse, ...]:
    """Show when each field was last read and for what, those that nobody reads marked."""
    if current is None:
        return ()
    with app.database.read() as connection:
        found = unused.fields(connection, app.shelf.all(), current)
    now = time.time_ns() // 1_000_000
    idle = unused.reported(found, now, app.settings.minimal.unused_days)
    return tuple(_use(one, current, language, is_unused=one in idle) for one in found)


def _use(one: unused.Used, edition: Edition, language: str, *, is_unused: bool) -> drafts.FieldUse:
    form, purpose = edition.forms[one.form], edition.policy.purposes.get(one.purpose)
    field = form.field(one.field)
    return drafts.FieldUse(
        name=f"{one.form}.{one.field}",
        form=pick(form.title, language),
        field=pick(field.label, language) if field else one.field,
        since=one.since,
        # An earlier edition may have had a purpose that this one has not.
        purpose=pick(purpose.title, language) if purpose else one.purpose,
        at=one.at,
        is_unused=is_unused,
    )


def history(app: App, every: Iterable[Edition], current: Edition | None) -> list[drafts.Published]:
    """List the editions, newest first, with who published each and why."""
    with app.database.read() as connection:
        approved, names = approval.all(connection), staff.names(connection)
    found = []
    for edition in every:
        facts, yes = documents.facts(edition, current or edition), approved.get(edition.number)
        by = names.get(yes.staff, "") if yes else ""
        found.append(drafts.Published(facts, by, yes.reason if yes else ""))
    return found


def _clause(one: page.ClauseView, bound: Binding | None, language: str) -> drafts.BoundClause:
    duty = bound.duty if bound else None
    return drafts.BoundClause(
        anchor=one.anchor,
        number=one.number,
        paragraphs=safe(one.paragraphs),
        heading=one.heading,
        depth=one.depth,
        keepers=tuple(_keeper(name, language) for name in bound.promises) if bound else (),
        duty=drafts.OwnDuty(
            pick(duty.who, language), pick(duty.what, language), term.words(duty.every, language)
        )
        if duty
        else None,
        fact=bool(bound and bound.fact),
        unbound=bound is None and not one.heading,
    )


def safe(paragraphs: Iterable[str]) -> tuple[str, ...]:
    """Inline HTML of a clause, which the policy room has made safe, as the templates take it."""
    return tuple(Markup(text) for text in paragraphs)  # noqa: S704 - the policy room escapes what it did not make


def _keeper(name: str, language: str) -> drafts.Keeper:
    known = promise.catalogue().get(name)
    if known is None:
        return drafts.Keeper(name, name, "", built=False)
    return drafts.Keeper(
        known.id, pick(known.title, language), pick(known.meaning, language), known.built
    )


def editor(
    root: Path,
    name: str,
    language: str,
    *,
    text: str | None = None,
    seen: str = "",
    state: str = "",
    theirs: str = "",
    publish_href: str = "",
) -> drafts.DraftPage:
    """Show one file of the draft with what is found in it; `text` is what was typed and is not saved."""
    there = editing.files(root)
    file = there.get(name) or editing.File(editing.require(name), "")
    typed = file.text if text is None else text
    files = {**folder.read(root), name: typed.encode("utf-8", "replace")}
    checked = check.files(files)
    counts = Counter(problem.file for problem in checked.problems)
    shown = [(problem.file == name, _fault(problem, files)) for problem in checked.problems]
    return drafts.DraftPage(
        tabs=tuple(_tab(one, counts[one], files) for one in sorted({*there, name}, key=order)),
        name=name,
        text=typed,
        seen=seen or file.digest,
        faults=tuple(fault for mine, fault in shown if mine),
        elsewhere=tuple(fault for mine, fault in shown if not mine),
        findings=found(checked.draft, language),
        state=state,
        theirs=beside(typed, theirs) if theirs else (),
        compare_href=f"{_AT}/compare",
        action_href=f"{_AT}/draft",
        publish_href=publish_href,
    )


def beside(mine: str, theirs: str) -> tuple[Piece, ...]:
    """Show somebody else's text, what is not in one's own marked line by line."""
    old, new = mine.splitlines(keepends=True), theirs.splitlines(keepends=True)
    if len(old) * len(new) > _MOST_LINES:
        return (Piece(theirs),)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(
        Piece("".join(new[start:end]), "" if what == "equal" else "+")
        for what, _, _, start, end in steps
        if end > start
    )


def order(name: str) -> tuple[bool, bool, int, str]:
    """Texts first, the main one before its translations; then the declarations, then the forms."""
    return name.startswith("forms/"), not name.endswith(".md"), len(name), name


def _tab(name: str, faults: int, files: Mapping[str, bytes]) -> drafts.FileTab:
    address = f"{_AT}/draft?file={name}"
    if name == parse.DECLARATIONS:
        return drafts.FileTab(name, address, "declarations", faults=faults)
    if name.startswith("forms/"):
        key = name.removeprefix("forms/").removesuffix(".toml")
        return drafts.FileTab(name, address, "form", key=key, faults=faults)
    draft = parse.read(files).draft
    spoken = name.removeprefix("policy/policy").removesuffix(".md").strip(".")
    first = draft.policy.language if draft and draft.policy.languages else ""
    return drafts.FileTab(name, address, "text", spoken or first, faults=faults)


def _fault(problem: Problem, files: Mapping[str, bytes]) -> drafts.Fault:
    lines = files.get(problem.file, b"").decode("utf-8", "replace").split("\n")
    quote = lines[problem.line - 1].strip() if 0 < problem.line <= len(lines) else ""
    return drafts.Fault(
        problem.file, problem.line, problem.code, problem.message, problem.advice, quote[:200]
    )


def faults(problems: Iterable[Problem], files: Mapping[str, bytes]) -> tuple[drafts.Fault, ...]:
    """Show problems with the lines that they stand on."""
    return tuple(_fault(problem, files) for problem in problems)


def found(version: Version | None, language: str) -> tuple[verdicts.Finding, ...]:
    """Show what a version's texts get wrong by their law today."""
    # A draft may name a law that nobody knows; that is a problem of its own.
    if version is None or version.policy.profile not in PROFILES:
        return ()
    today = datetime.now(UTC).date()
    return tuple(
        finding(one, language) for one in findings.of(version.policy, version.texts, today)
    )


def finding(one: Finding, language: str) -> verdicts.Finding:
    """Show one finding in the reader's language, with the quote in the text's own."""
    return verdicts.Finding(
        kind=one.kind,
        title=pick(one.title, language),
        why=pick(one.why, language),
        way_out=pick(one.way_out, language),
        source=one.source,
        clause=one.clause,
        quote=one.quote,
    )


def comparison(
    old: str, new: str, versions: Mapping[str, Version], language: str
) -> drafts.ComparePage:
    """Show two of the versions beside each other; `errors.Missing` for a name that none of them has."""
    for name in (old, new):
        if name not in versions:
            raise errors.Missing("There is no such version.", "Choose two from the lists.")
    a, b = versions[old], versions[new]
    return drafts.ComparePage(
        old, new, tuple(versions), changes.shown(compare.compare(a, b), a, b, language)
    )


def impact(
    app: App, proposed: Proposal, current: Edition | None, language: str
) -> drafts.Impact | None:
    """Count what publishing would bring about beside the edition in force; None while there is nothing to count."""
    if proposed.archive is None or proposed.refusal or current is None:
        return None
    coming = publish.load(proposed.archive, proposed.digest, current.number + 1, 0, 0)
    with app.database.read() as connection:
        counted = effects.of(
            connection, app.shelf.edition, compare.compare(current, coming), current, coming
        )
    say, fallback = pages.translations(language).gettext, coming.policy.language
    return drafts.Impact(
        concerned=tuple(
            drafts.Concerned(pick(one.title, language, fallback), one.keep, one.ask)
            for one in counted.consents
        ),
        forms=tuple(
            line for one in counted.forms for line in _form_lines(one, current, coming, language)
        ),
        terms=tuple(
            say(_TERM_HOLDS if one.applies else _TERM_WAITS)
            % {
                "change": changes.sentence(one.change, current, coming, language),
                "count": one.records,
            }
            for one in counted.terms
        ),
    )


def _form_lines(one: Forms, old: Edition, new: Edition, language: str) -> tuple[str, ...]:
    # A form without a change of its own is here because its consent reads otherwise.
    found = one.changes or (Change(What.WORDING, form=one.form, name=one.title),)
    return tuple(changes.sentence(change, old, new, language) for change in found)


def publication(
    proposed: Proposal,
    newest: Edition | None,
    language: str,
    *,
    state: str = "",
    reason: str = "",
    effective: str = "",
    problems: tuple[views.Problem, ...] = (),
    impact: drafts.Impact | None = None,
) -> drafts.PublishPage:
    """Show what would be published; there is nothing to confirm while the newest edition forbids it."""
    may = proposed.archive is not None and not proposed.refusal
    different = None
    if newest is not None and proposed.draft is not None and proposed.archive is not None:
        draft = proposed.draft
        different = changes.shown(compare.compare(newest, draft), newest, draft, language)
    return drafts.PublishPage(
        digest=proposed.digest if may else "",
        number=newest.number + 1 if newest else 1,
        faults=faults(proposed.problems, proposed.files),
        findings=found(proposed.draft, language),
        differences=different if proposed.refusal != "same" else None,
        impact=impact,
        state=proposed.refusal or state,
        reason=reason,
        effective=effective,
        problems=problems,
    )
