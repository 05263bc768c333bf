# SPDX-License-Identifier: Apache-2.0
"""What the console shows of the policy: the edition in force, the draft, what would change; as in `views`."""

from dataclasses import dataclass
from typing import ClassVar

from uphold.web.renewal_views import Piece
from uphold.web.verdicts import Finding
from uphold.web.views import EditionFacts, Problem, ProcessorRow


@dataclass(frozen=True, slots=True)
class Keeper:
    """A promise that a clause is bound to. One that is not `built` keeps nothing yet."""

    id: str
    title: str
    meaning: str
    built: bool = True


@dataclass(frozen=True, slots=True)
class OwnDuty:
    """What the operator keeps by hand. `every` is the term in words."""

    who: str
    what: str
    every: str


@dataclass(frozen=True, slots=True)
class BoundClause:
    """One clause and what keeps it. `unbound`: it says something, and nothing is named that keeps it."""

    anchor: str
    number: str
    paragraphs: tuple[str, ...]
    heading: bool = False
    depth: int = 0
    keepers: tuple[Keeper, ...] = ()
    duty: OwnDuty | None = None
    fact: bool = False
    unbound: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """One edition, newest first, with who published it and why; both empty where nobody said so."""

    facts: EditionFacts
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FieldUse:
    """One field of a form and when it was last read, for which purpose: `at` 0 and `purpose` "" for never.

    `name` is the keys of form and field. Times are unix ms; `since`, when submissions first had it, is 0 for never.
    """

    name: str
    form: str
    field: str
    since: int
    purpose: str
    at: int
    is_unused: bool = False


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A section of `uphold.toml` that names another machine.

    `whose`: `operator`, `processor`, or why it is nobody's: `unsaid`, `unknown`, `other`. `name` is whom it names.
    """

    section: str
    whose: str
    name: str


@dataclass(frozen=True, slots=True)
class Rules:
    """`/console/policy`: the edition in force, clause by clause, and where the draft stands beside it.

    `draft`: `same` as the newest edition, `differs`, `faulty` (cannot be published), `none` (no folder to
    be read). An address is empty for who may not go there. `publish_href` also while there is nothing to publish.
    `uses` are the fields of the forms; nobody read the unused ones for `unused_days` days. `services` are other
    machines that the site speaks to.
    """

    template: ClassVar[str] = "console/policy.html"
    title: str
    language: str
    edition: EditionFacts | None
    clauses: tuple[BoundClause, ...]
    editions: tuple[Published, ...]
    draft: str
    draft_href: str = ""
    compare_href: str = ""
    publish_href: str = ""
    proof_href: str = ""
    ask_href: str = ""
    uses: tuple[FieldUse, ...] = ()
    unused_days: int = 0
    processors: tuple[ProcessorRow, ...] = ()
    services: tuple[ServiceRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """One error in one file of the draft. `line` counts from 1, 0 for the file as a whole; `quote` is that line.

    `kind` is the error's code. `message` and `advice` are the program's own words, which are English.
    """

    file: str
    line: int
    kind: str
    message: str
    advice: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class FileTab:
    """One file of the draft. `kind`: `text` (in `language`), `declarations` or `form` (with its `key`)."""

    name: str
    href: str
    kind: str
    language: str = ""
    key: str = ""
    faults: int = 0


@dataclass(frozen=True, slots=True)
class DraftPage:
    """`/console/policy/draft`: one file of the draft, and what is found in it.

    `state`: empty (as saved), `checked` (not saved), `clash` (it changed meanwhile: `theirs` is what stands
    there now, with what is not in `text` marked), `unfit` (the text cannot be a file), `unwritten` (the
    folder cannot be written). Posts `file`, `seen`, `text`, and `act`: `check` or `save`. `faults` are those
    of this file, `elsewhere` those of the others.
    """

    template: ClassVar[str] = "console/draft.html"
    tabs: tuple[FileTab, ...]
    name: str
    text: str
    seen: str
    faults: tuple[Fault, ...]
    elsewhere: tuple[Fault, ...]
    findings: tuple[Finding, ...]
    state: str = ""
    theirs: tuple[Piece, ...] = ()
    action_href: str = "/console/policy/draft"
    compare_href: str = ""
    publish_href: str = ""


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One clause that differs, in one language of the text.

    `kind`: `added`, `removed`, `changed`, `moved` (from `was`, perhaps changed too).
    """

    kind: str
    clause: str
    pieces: tuple[Piece, ...]
    language: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One difference in what is declared. `what` is a code such as `purpose`, `recipient` or `retention`.

    `text` says in words what became of it.
    """

    what: str
    text: str
    material: bool


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything that two versions differ in. `material`: people must be told or asked anew."""

    material: bool
    clauses: tuple[ClauseChange, ...]
    rules: tuple[RuleChange, ...]

    @property
    def none(self) -> bool:
        """Whether both say the same."""
        return not (self.clauses or self.rules)


@dataclass(frozen=True, slots=True)
class ComparePage:
    """`/console/policy/compare`: two versions beside each other.

    `old` and `new` are names: a number of an edition, or `draft`. `choices` are what can be compared.
    """

    template: ClassVar[str] = "console/compare.html"
    old: str
    new: str
    choices: tuple[str, ...]
    differences: Differences
    action_href: str = "/console/policy/compare"


@dataclass(frozen=True, slots=True)
class PublicComparison:
    """`/policy/compare/A/B`: what one published edition says otherwise than another, for anybody."""

    template: ClassVar[str] = "compare.html"
    old: EditionFacts
    new: EditionFacts
    back_href: str
    differences: Differences


@dataclass(frozen=True, slots=True)
class Concerned:
    """What a new edition does to the consents given for one purpose: so many keep, so many are asked anew."""

    purpose: str
    keep: int
    ask: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What a publication would bring about, counted before it: consents, forms, terms of what is stored."""

    concerned: tuple[Concerned, ...] = ()
    forms: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishPage:
    """`/console/policy/publish`: what would be published, and the confirmation.

    `digest` names exactly the bytes that are shown, empty where they cannot be published. `state`: empty,
    `changed` (the folder is another than the one that was confirmed), `same` (the newest edition says just
    this), `undated` (the text changed and its date line did not), `wrong` (`problems` of what was typed).
    Posts `digest`, `reason`, `from`.
    """

    template: ClassVar[str] = "console/publish.html"
    digest: str
    number: int
    faults: tuple[Fault, ...]
    findings: tuple[Finding, ...]
    differences: Differences | None
    impact: Impact | None
    state: str = ""
    reason: str = ""
    effective: str = ""
    problems: tuple[Problem, ...] = ()
    action_href: str = "/console/policy/publish"
    draft_href: str = "/console/policy/draft"


@dataclass(frozen=True, slots=True)
class AskPage:
    """`/console/policy/ask`: how many `people` would be asked by mail under `edition`, and who cannot be.

    `state`: empty, or `changed` (the numbers are others than those confirmed). Posts `edition`, `people`.
    """

    template: ClassVar[str] = "console/ask.html"
    edition: int
    people: int
    before: int
    unreachable: int
    under_way: bool = False
    state: str = ""
    action_href: str = "/console/policy/ask"


View = AskPage | Rules | DraftPage | ComparePage | PublicComparison | PublishPage
