# SPDX-License-Identifier: Apache-2.0
"""Whether a site folder makes sense: every fault with its file, its line and a way out (pure).

`parse` finds faults of form; here the declarations are held against each other and the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from uphold.policy import binding, capacity, dates, parse, processor, term, wording
from uphold.policy.document import (
    CONSENT,
    READERS,
    ROLES,
    Clause,
    DateLine,
    Draft,
    Field,
    Form,
    Policy,
    Purpose,
)
from uphold.policy.locate import Lines, Path
from uphold.policy.parse import DECLARATIONS, Parsed
from uphold.policy.problem import Problem

# Events that may never come, so that a term after them alone would be no end.
_UNSURE: Final = ("answered", "closed", "withdrawn")
# An answer to an enquiry is stored as fields of these names beside those of the form.
_RESERVED: Final = ("answer-to", "answer-subject", "answer-text")


@dataclass(frozen=True, slots=True)
class Checked:
    """The folder's contents, and all that is wrong with them in order of file and line."""

    draft: Draft | None
    problems: tuple[Problem, ...]


def files(contents: Mapping[str, bytes]) -> Checked:
    """Check the files of a site folder by name. Never raises, whatever the bytes."""
    parsed = parse.read(contents)
    problems = set(parsed.problems)
    if parsed.draft:
        rules = _Rules(parsed, parsed.draft)
        rules.run()
        problems.update(rules.problems)
    return Checked(parsed.draft, tuple(sorted(problems)))


def date_line(clauses: tuple[Clause, ...]) -> DateLine | None:
    """The date line of a policy's text, if it has one."""
    return next((dates.line(c.text) for c in clauses if c.id == "date"), None)


class _Rules:
    """One run over one draft; each rule reports what it finds."""

    def __init__(self, parsed: Parsed, draft: Draft) -> None:
        self.parsed = parsed
        self.draft = draft
        self.policy: Policy = draft.policy
        self.problems: list[Problem] = []

    def run(self) -> None:
        self.languages()
        self.texts()
        self.kept()
        self.personalised()
        for purpose in self.policy.purposes.values():
            self.purpose(purpose)
        self.term(("withdrawal", "within"), self.policy.withdrawal.within)
        self.bindings()
        self.recipients()
        for form in self.draft.forms.values():
            self.form(form)

    def report(self, path: Path, code: str, message: str, advice: str) -> None:
        """A problem at a key of policy.toml."""
        self.at(DECLARATIONS, path, code, message, advice)

    def at(self, file: str, path: Path, code: str, message: str, advice: str) -> None:
        """A problem at a key of a TOML file."""
        source = self.parsed.sources.get(file)
        lines = source.lines if source else Lines()
        self.problems.append(Problem(file, lines.line(*path), code, message, advice))

    def languages(self) -> None:
        for language in self.policy.languages:
            if language not in wording.LANGUAGES:
                known = ", ".join(wording.LANGUAGES)
                self.report(("languages",), "language",
                            f"Uphold cannot word a consent in {language!r}.",
                            f"Use the languages that it can: {known}.")  # fmt: skip

    def texts(self) -> None:
        """All languages have the same clauses, and the same dates."""
        first = self.policy.language
        ids = [clause.id for clause in self.draft.texts[first]]
        for language, clauses in self.draft.texts.items():
            file = parse.text_file(language, self.policy.languages)
            if not clauses:
                continue
            anchors = self.parsed.anchors[language]
            mine = [clause.id for clause in clauses]
            for missing in sorted(set(ids) - set(mine)):
                self.problems.append(Problem(file, len(anchors) and 1, "clauses-differ",
                    f"Clause {missing} is missing in {language!r}.",
                    f"Translate it from {parse.TEXT}, under the same anchor."))  # fmt: skip
            for extra in sorted(set(mine) - set(ids)) if ids else []:
                self.problems.append(Problem(file, anchors.get(extra, 1), "clauses-differ",
                    f"Clause {extra} is only in {language!r}.",
                    f"Add it to {parse.TEXT}, or remove it here."))  # fmt: skip
            self.date(language, file)

    def date(self, language: str, file: str) -> None:
        clauses = self.draft.texts[language]
        found = date_line(clauses)
        line = self.parsed.anchors[language].get("date", 1)
        if found is None or found.last is None:
            self.problems.append(Problem(file, line, "date-missing",
                "The text does not say when it was last updated.",
                "End it with a clause `date`, such as: St. Petersburg, adopted May 25, 2015, "
                "amended June 5, 2017."))  # fmt: skip
            return
        first = date_line(self.draft.texts[self.policy.language])
        if first and (first.adopted, first.amended) != (found.adopted, found.amended):
            self.problems.append(Problem(file, line, "date-differs",
                f"The dates differ from those in {parse.TEXT}.",
                "State the same dates in every language."))  # fmt: skip

    def bindings(self) -> None:
        """Every clause of the text is bound to promises, a duty or a fact, and to nothing else."""
        clauses = self.draft.texts[self.policy.language]
        tables = self.parsed.sources[DECLARATIONS].table.get("clause")
        declared = tables if isinstance(tables, dict) else {}
        for fault in binding.faults(self.policy, clauses, declared):
            self.report(*fault)
        anchors = self.parsed.anchors[self.policy.language]
        for clause in binding.unbound(self.policy, clauses):
            self.problems.append(Problem(parse.TEXT, anchors.get(clause.id, 1), "clause-unbound",
                f"Clause {clause.id} is bound to nothing that keeps it.",
                f'Say in {DECLARATIONS}, [clause."{clause.id}"], which promises keep it, whose duty '
                "it is, or fact = true; `uphold policy suggest` proposes."))  # fmt: skip

    def recipients(self) -> None:
        """Whoever processes for the operator does so by a contract that is named, and people are told."""
        tables = self.parsed.sources[DECLARATIONS].table.get("recipient")
        for fault in processor.faults(self.policy, tables if isinstance(tables, dict) else {}):
            self.report(*fault)

    def kept(self) -> None:
        """The two purposes that Uphold itself keeps data for are declared and ask no consent."""
        for key, name in (("evidence", self.policy.evidence), ("technical", self.policy.technical)):
            purpose = self.policy.purposes.get(name)
            if name and purpose is None:
                self.report(("keeps", key), "purpose-unknown",
                            f"keeps.{key} names the purpose {name!r}, which is not declared.",
                            self.known_purposes())  # fmt: skip
            if purpose and purpose.basis == CONSENT:
                self.report(("purpose", name, "basis"), "basis",
                            f"Purpose {name!r} cannot rest on consent: its data are kept for every "
                            "post, and the proof of a consent outlives the consent.",
                            "Name another ground, such as legitimate-interest or legal-duty.")  # fmt: skip
        self.term(("keeps", "visits"), self.policy.visits)
        if self.policy.evidence and self.policy.evidence == self.policy.technical:
            self.report(("keeps", "technical"), "value", "Both keys name the same purpose.",
                        "Declare one purpose for each: they end at different times.")  # fmt: skip

    def personalised(self) -> None:
        """What forms are filled in with stands on a consent of its own, which nobody has to give."""
        name = self.policy.personalisation
        purpose = self.policy.purposes.get(name)
        if name and purpose is None:
            self.report(("keeps", "personalisation"), "purpose-unknown",
                        f"keeps.personalisation names the purpose {name!r}, which is not declared.",
                        self.known_purposes())  # fmt: skip
        if purpose and purpose.basis != CONSENT:
            self.report(("purpose", name, "basis"), "basis",
                        f"Purpose {name!r} fills forms in, so it must rest on consent.",
                        'Write basis = "consent", and ask for it by a box of its own.')  # fmt: skip

    def known_purposes(self) -> str:
        names = ", ".join(self.policy.purposes)
        return f"Declare it in [purpose.ID], or use one of: {names or '(none is declared)'}."

    def purpose(self, purpose: Purpose) -> None:
        path: Path = ("purpose", purpose.id)
        ids = {clause.id for clause in self.draft.texts[self.policy.language]}
        if purpose.clause and ids and purpose.clause not in ids:
            self.report((*path, "clause"), "clause-unknown",
                        f"The policy's text has no clause {purpose.clause}.",
                        f"Name a clause that {parse.TEXT} has an anchor for.")  # fmt: skip
        for name in purpose.categories:
            if name not in self.policy.categories:
                self.report((*path, "categories"), "category-unknown",
                            f"Category {name!r} is not declared.",
                            f"Declare it in [category.{name}].")  # fmt: skip
        for name in purpose.recipients:
            if name not in self.policy.recipients:
                self.report((*path, "recipients"), "recipient-unknown",
                            f"Recipient {name!r} is not declared.",
                            f"Declare it in [recipient.{name}].")  # fmt: skip
        for role in purpose.roles:
            if role in ROLES and role not in READERS:
                self.report((*path, "roles"), "role-opens-nothing",
                            f"The role {role} opens no personal data, for no purpose.",
                            f"Drop it; those that may be named are: {', '.join(READERS)}.")  # fmt: skip
        self.ground(purpose)
        self.end(purpose)

    def ground(self, purpose: Purpose) -> None:
        path: Path = ("purpose", purpose.id, "ground")
        if purpose.basis == CONSENT and purpose.ground:
            self.report(path, "ground", f"Purpose {purpose.id!r} rests on consent and on a ground.",
                        "Drop the ground, or choose the basis that it describes.")  # fmt: skip
        elif purpose.basis not in ("", CONSENT) and "ground" not in self.declared(purpose):
            self.report(path, "missing", f"purpose.{purpose.id}.ground is missing.",
                        "Say in a sentence, in every language, why no consent is needed.")  # fmt: skip

    def end(self, purpose: Purpose) -> None:
        """A purpose must end, and surely so."""
        ends = purpose.retention
        path: Path = ("purpose", purpose.id, "retention")
        declared = self.declared(purpose).get("retention")
        if not isinstance(declared, dict):
            self.report(path, "purpose-without-end", f"Purpose {purpose.id!r} never ends.",
                        'Say when: retention = { after = "received", term = "P1Y" }.')  # fmt: skip
            return
        self.term((*path, "term"), ends.term)
        self.term((*path, "at-most"), ends.at_most)
        if ends.after in _UNSURE and "at-most" not in declared:
            self.report(path, "purpose-without-end",
                        f"Purpose {purpose.id!r} never ends if the data are never {ends.after}.",
                        'Add the longest term from receipt: at-most = "P1Y".')  # fmt: skip

    def declared(self, purpose: Purpose) -> Mapping[str, Any]:
        """The purpose's table as it stands in the file, empty values included."""
        table: Mapping[str, Any] = self.parsed.sources[DECLARATIONS].table["purpose"][purpose.id]
        return table

    def term(self, path: Path, text: str) -> None:
        if text and term.parse(text) is None:
            self.report(path, "term", f"{text!r} is no term.",
                        "Write P30D for 30 days, P1Y for a year, PT24H for 24 hours.")  # fmt: skip

    def form(self, form: Form) -> None:
        file = f"forms/{form.key}.toml"
        keys = [field.key for field in form.fields if field.key]
        for at, field in enumerate(form.fields):
            if field.key and field.key in keys[:at]:
                self.at(file, ("field", at), "twice", f"Field {field.key!r} stands twice.",
                        "Give each field a key of its own.")  # fmt: skip
            self.field(file, form, at, field)
        for at, name in capacity.crowded(self.policy, form):
            self.at(file, ("field", at), "addresses",
                    f"With this field purpose {name!r} has more than {capacity.ADDRESSES} addresses "
                    "of a person, and a post with all of them could not be stored.",
                    "Ask for fewer e-mail addresses and telephone numbers.")  # fmt: skip
        named: list[str] = []
        for at, box in enumerate(form.consents):
            self.box(file, form, at, box.purpose)
            if box.purpose and box.purpose in named:
                self.at(file, ("consent", at), "twice", "This purpose has two boxes.", "Drop one.")
            if box.mandatory and box.purpose == self.policy.personalisation:
                self.at(file, ("consent", at, "mandatory"), "basis",
                        "Nobody can be made to agree that forms are filled in for them.",
                        "Write mandatory = false.")  # fmt: skip
            named.append(box.purpose)
        for name in form.purposes:
            purpose = self.policy.purposes.get(name)
            if purpose and purpose.asks_consent and form.box(name) is None:
                self.at(file, (), "box-missing",
                        f"Purpose {name!r} rests on consent, and the form does not ask for it.",
                        f'Add [[consent]] with purpose = "{name}".')  # fmt: skip

    def field(self, file: str, form: Form, at: int, field: Field) -> None:
        path: Path = ("field", at)
        for name in field.categories:
            category = self.policy.categories.get(name)
            if category is None:
                self.at(file, (*path, "categories"), "category-unknown",
                        f"Category {name!r} is not declared.",
                        f"Declare it in {DECLARATIONS}: [category.{name}].")  # fmt: skip
            elif category.special:
                self.at(file, (*path, "categories"), "special-category",
                        f"Field {field.key!r} asks for a special category, {name!r}, "
                        "which needs consent in writing; a ticked box is not that.",
                        "Drop the field and take such data on paper or with a signature.")  # fmt: skip
        self.purposes_of(file, path, field)
        self.shape(file, path, field)
        boxes = [form.box(name) for name in field.purposes]
        if field.mandatory and boxes and all(box and not box.mandatory for box in boxes):
            self.at(file, (*path, "mandatory"), "mandatory-optional",
                    f"Field {field.key!r} is mandatory, but only for what a person may refuse.",
                    "Make the field optional, or the consent box mandatory.")  # fmt: skip

    def purposes_of(self, file: str, path: Path, field: Field) -> None:
        """Each purpose that a field names is declared, needs such data, and is open to forms."""
        declared = self.parsed.sources[file].table["field"][path[1]]
        if declared.get("purposes") == []:
            self.at(file, (*path, "purposes"), "field-without-purpose",
                    f"Field {field.key!r} serves no purpose.",
                    "Name the purposes that need it, or drop the field.")  # fmt: skip
        if declared.get("categories") == []:
            self.at(file, (*path, "categories"), "field-without-category",
                    f"Field {field.key!r} holds no category of data.",
                    "Name the categories that the answer holds.")  # fmt: skip
        for name in field.purposes:
            purpose = self.policy.purposes.get(name)
            if purpose is None:
                self.at(file, (*path, "purposes"), "purpose-unknown",
                        f"Purpose {name!r} is not declared.", self.known_purposes())  # fmt: skip
            elif name in (self.policy.evidence, self.policy.technical):
                self.at(file, (*path, "purposes"), "purpose-kept",
                        f"Purpose {name!r} is for what Uphold itself keeps.",
                        "Name the purpose that the answer serves.")  # fmt: skip
            else:
                for category in field.categories:
                    if category not in purpose.categories:
                        self.at(file, (*path, "purposes"), "field-unneeded",
                                f"Purpose {name!r} does not need {category!r} of {field.key!r}.",
                                f"Add {category!r} to the categories of [purpose.{name}] "
                                "if it does, or drop the field.")  # fmt: skip

    def shape(self, file: str, path: Path, field: Field) -> None:
        if field.key in _RESERVED:
            self.at(file, (*path, "key"), "value", f"{field.key!r} is kept for answers.",
                    "Give the field another key.")  # fmt: skip
        if field.type == "choice" and not field.options:
            self.at(file, path, "missing", f"Field {field.key!r} gives no choice.",
                    "Add [[field.option]] with value and label for each answer.")  # fmt: skip
        if field.type and field.type != "choice" and field.options:
            self.at(file, (*path, "option"), "value", f"Field {field.key!r} is no choice.",
                    'Set type = "choice", or drop the options.')  # fmt: skip
        values = [option.value for option in field.options]
        if len(set(values)) < len(values):
            self.at(file, (*path, "option"), "twice", "An answer stands twice.", "Drop one.")

    def box(self, file: str, form: Form, at: int, name: str) -> None:
        path: Path = ("consent", at, "purpose")
        purpose = self.policy.purposes.get(name)
        if name and purpose is None:
            self.at(file, path, "purpose-unknown", f"Purpose {name!r} is not declared.",
                    self.known_purposes())  # fmt: skip
        elif purpose and purpose.basis and not purpose.asks_consent:
            self.at(file, path, "box-unasked",
                    f"Purpose {name!r} rests on {purpose.basis}: it asks no consent.",
                    "Drop the box; a box whose answer changes nothing misleads.")  # fmt: skip
        elif purpose and not any(name in field.purposes for field in form.fields):
            self.at(file, path, "box-useless", f"No field of the form serves {name!r}.",
                    "Drop the box, or name the purpose in a field.")  # fmt: skip
