# SPDX-License-Identifier: Apache-2.0
"""What two versions of a policy differ in, in the words of a page (pure)."""

import gettext
from collections.abc import Iterable, Mapping

from uphold.policy.change import Change, Version, What
from uphold.policy.compare import ClauseChange, Comparison
from uphold.policy.document import Text, pick
from uphold.policy.words import Mark, Run
from uphold.web import drafts, pages, renewal_views
from uphold.web.messages import N_

_MARKS = {Mark.SAME: "", Mark.ADDED: "+", Mark.REMOVED: "-"}
_FROM_TO = N_("“%(before)s” becomes “%(after)s”")
SAID: Mapping[What, str] = {
    What.PURPOSE_ADDED: N_("a purpose that was not there before"),
    What.PURPOSE_REMOVED: N_("the purpose is given up"),
    What.PURPOSE_TITLE: N_("title: “%(before)s” becomes “%(after)s”"),
    What.PURPOSE_CLAUSE: N_("stands in clause %(after)s instead of %(before)s"),
    What.PURPOSE_TERMS: N_("another term in the vocabulary for programs"),
    What.BASIS: N_("ground of law: “%(before)s” becomes “%(after)s”"),
    What.GROUND: N_("reason given: “%(before)s” becomes “%(after)s”"),
    What.CATEGORY_ADDED: N_("more data: %(name)s"),
    What.CATEGORY_REMOVED: N_("no more of these data: %(name)s"),
    What.CATEGORY_MEANING: N_("data named otherwise: “%(before)s” becomes “%(after)s”"),
    What.RECIPIENT_ADDED: N_("a new recipient: %(name)s"),
    What.RECIPIENT_REMOVED: N_("no longer a recipient: %(name)s"),
    What.RECIPIENT_CHANGED: N_("a recipient is another: “%(before)s” becomes “%(after)s”"),
    What.RECIPIENT_ADDRESS: N_("a recipient's address: “%(before)s” becomes “%(after)s”"),
    What.RECIPIENT_SEES: N_("what a processor can read: “%(before)s” becomes “%(after)s”"),
    What.RECIPIENT_CONTRACT: N_("another contract, or other instructions, with: %(name)s"),
    What.RECIPIENT_GROUNDS: N_(
        "grounds on which %(name)s may be given data: %(before)s becomes %(after)s"
    ),
    What.RETENTION_LONGER: N_("kept longer: %(after)s (was: %(before)s)"),
    What.RETENTION_SHORTER: N_("kept for a shorter time: %(after)s (was: %(before)s)"),
    What.RETENTION_OTHER: N_("kept by another term: %(after)s (was: %(before)s)"),
    What.RETENTION_SPELLING: N_("the term is written otherwise and is the same"),
    What.ACTION_ADDED: N_("more is done with the data: %(name)s"),
    What.ACTION_REMOVED: N_("no longer done with the data: %(name)s"),
    What.ROLE_ADDED: N_("may be read by the role: %(name)s"),
    What.ROLE_REMOVED: N_("may no longer be read by the role: %(name)s"),
    What.OPERATOR: N_("the operator: “%(before)s” becomes “%(after)s”"),
    What.OPERATOR_DETAILS: N_("details of the operator: “%(before)s” becomes “%(after)s”"),
    What.COUNTRY: N_("country of the databases: %(before)s becomes %(after)s"),
    What.PLACE: N_("place of the databases: “%(before)s” becomes “%(after)s”"),
    What.WITHDRAWAL_HOW: N_("how to withdraw: “%(before)s” becomes “%(after)s”"),
    What.WITHDRAWAL_LONGER: N_("a withdrawal takes longer: %(after)s (was: %(before)s)"),
    What.WITHDRAWAL_SHORTER: N_("a withdrawal takes less time: %(after)s (was: %(before)s)"),
    What.LAW: N_("law: %(before)s becomes %(after)s"),
    What.DOMAIN: N_("site: %(before)s becomes %(after)s"),
    What.KEEPS: N_("what Uphold keeps by itself: %(before)s becomes %(after)s"),
    What.LANGUAGES: N_("languages: %(before)s becomes %(after)s"),
    What.PROMISE_ADDED: N_("clause %(after)s promises more: %(name)s"),
    What.PROMISE_REMOVED: N_("clause %(before)s no longer promises: %(name)s"),
    What.FORM_ADDED: N_("a new form"),
    What.FORM_REMOVED: N_("the form is given up"),
    What.FORM_TITLE: N_("title: “%(before)s” becomes “%(after)s”"),
    What.FORM_HELP: N_("words of help change"),
    What.FIELD_ADDED: N_("a new field: %(name)s"),
    What.FIELD_REMOVED: N_("a field is dropped: %(name)s"),
    What.FIELD_CHANGED: N_("a field changes: %(name)s"),
    What.BOX_ADDED: N_("a new consent box: %(name)s"),
    What.BOX_REMOVED: N_("a consent box is dropped: %(name)s"),
    What.BOX_CHANGED: N_("a consent box changes: %(name)s"),
    What.WORDING: N_("the wording of the consent changes"),
}
"""Each kind of difference as the rest of a sentence that begins with what it concerns."""


def shown(found: Comparison, old: Version, new: Version, language: str) -> drafts.Differences:
    """Show a comparison of two versions to a reader of `language`, their own language first."""
    clauses = sorted(found.clauses, key=lambda change: change.language != language)
    return drafts.Differences(
        material=found.material,
        clauses=tuple(_clause(change) for change in clauses),
        rules=tuple(
            drafts.RuleChange(str(one.what), sentence(one, old, new, language), one.material)
            for one in found.changes
        ),
    )


def sentence(one: Change, old: Version, new: Version, language: str) -> str:
    """Say one difference of the declarations, beginning with the purpose or form that it concerns."""
    catalogue = pages.translations(language)
    text = said(one, new, language)
    return f"{_concerned(one, old, new, language, catalogue)}: {text}"


def said(one: Change, new: Version, language: str) -> str:
    """Say one difference where it is known already what it concerns."""
    catalogue = pages.translations(language)
    fallback = new.policy.language
    words = {
        name: _short(pick(text, language, fallback))
        for name, text in (("name", one.name), ("before", one.before), ("after", one.after))
    }
    words["name"] = words["name"] or one.item
    return catalogue.gettext(SAID.get(one.what, _FROM_TO)) % words


def _concerned(
    one: Change,
    old: Version,
    new: Version,
    language: str,
    catalogue: gettext.NullTranslations,
) -> str:
    titles: list[str] = []
    if one.form:
        form = new.forms.get(one.form) or old.forms.get(one.form)
        name = pick(form.title, language, new.policy.language) if form else one.form
        titles.append(catalogue.gettext(N_("Form “%(name)s”")) % {"name": name})
    if one.purpose:
        purpose = new.policy.purposes.get(one.purpose) or old.policy.purposes.get(one.purpose)
        text: Text = purpose.title if purpose else {"": one.purpose}
        name = pick(text, language, new.policy.language)
        titles.append(catalogue.gettext(N_("Purpose “%(name)s”")) % {"name": name})
    return ", ".join(titles) or catalogue.gettext(N_("The whole policy"))


def _short(text: str) -> str:
    """Whole texts stand in the files; a line names them by their beginning."""
    return text if len(text) <= 240 else f"{text[:239]}…"


def pieces(runs: Iterable[Run]) -> tuple[renewal_views.Piece, ...]:
    """Show runs of words; the space before a changed one is not marked."""
    found: list[renewal_views.Piece] = []
    for run in runs:
        bare = run.text.lstrip(" ")
        if run.mark is not Mark.SAME and bare != run.text:
            found.append(renewal_views.Piece(" "))
        found.append(
            renewal_views.Piece(run.text if run.mark is Mark.SAME else bare, _MARKS[run.mark])
        )
    return tuple(found)


def _clause(change: ClauseChange) -> drafts.ClauseChange:
    return drafts.ClauseChange(
        kind=change.kind,
        clause=change.after or change.before,
        pieces=pieces(change.runs),
        language=change.language,
        was=change.before if change.kind == "moved" else "",
    )
