# SPDX-License-Identifier: Apache-2.0
"""The files of a site folder read into the document, with every fault of form reported (pure).

`read` never raises for any bytes. Whether what was read makes sense together is `check`'s matter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from uphold.policy import digest, markdown, reader, schema
from uphold.policy.document import (
    VISITS,
    Binding,
    Category,
    Clause,
    ConsentBox,
    Draft,
    Duty,
    Field,
    Form,
    Operator,
    Option,
    Policy,
    Purpose,
    Recipient,
    Retention,
    Text,
    Withdrawal,
)
from uphold.policy.locate import Path
from uphold.policy.problem import Problem
from uphold.policy.reader import Source, Table

DECLARATIONS: Final = "policy/policy.toml"
TEXT: Final = "policy/policy.md"
_OTHER_TEXT = re.compile(r"policy/policy\.([a-z]{2})\.md")
_FORM = re.compile(rf"forms/({schema.SLUG})\.toml")
# Greatest lengths where a form states none; 254 is the longest e-mail address (RFC 5321).
_MAX: Final = {
    "text": 200, "long-text": 5000, "email": 254, "phone": 40, "choice": 40, "date": 10,
    "number": 999_999_999,
}  # fmt: skip


@dataclass(slots=True)
class Parsed:
    """What a folder's files say. `draft` is None when policy.toml is missing or no TOML."""

    draft: Draft | None
    sources: dict[str, Source] = field(default_factory=dict)
    """By file: where each key stands."""
    anchors: dict[str, dict[str, int]] = field(default_factory=dict)
    """By language: where each clause stands."""
    problems: list[Problem] = field(default_factory=list)


def read(files: Mapping[str, bytes]) -> Parsed:
    """Read policy.toml, the policy's texts and the forms from their bytes by name."""
    parsed = Parsed(None)
    source = _source(files, DECLARATIONS, parsed)
    policy = _policy(source) if source.whole else None
    languages = policy.languages if policy else ("en",)
    texts = {
        language: _clauses(files, text_file(language, languages), language, parsed)
        for language in languages
    }
    forms = {}
    for name in sorted(files):
        match = _FORM.fullmatch(name)
        if match:
            form_source = _source(files, name, parsed)
            forms[match[1]] = _form(form_source, match[1], languages)
        elif not (name.startswith("wordings/") or _has_place(name, languages)):
            parsed.problems.append(_out_of_place(name, languages))
    if policy:
        parsed.draft = Draft(policy, texts, forms)
    parsed.problems += [p for source in parsed.sources.values() for p in source.problems]
    return parsed


def text_file(language: str, languages: tuple[str, ...]) -> str:
    """The file of the policy's text in a language: policy.md for the first, policy.ru.md ..."""
    return TEXT if language == languages[0] else f"policy/policy.{language}.md"


def _has_place(name: str, languages: tuple[str, ...]) -> bool:
    return name == DECLARATIONS or name in {text_file(lang, languages) for lang in languages}


def _out_of_place(name: str, languages: tuple[str, ...]) -> Problem:
    match = _OTHER_TEXT.fullmatch(name)
    if match:
        advice = f"Add {match[1]!r} to languages in {DECLARATIONS}, or remove the file."
        if match[1] == languages[0]:
            advice = f"Name it {TEXT}: that is the file of the first language."
        return Problem(name, 0, "language", "Its language is not declared.", advice)
    return Problem(name, 0, "file", "Uphold does not know this file.",
                   "Name forms forms/NAME.toml with small letters, digits and hyphens.")  # fmt: skip


def _source(files: Mapping[str, bytes], name: str, parsed: Parsed) -> Source:
    if name in files:
        source = reader.load(name, files[name])
    else:
        source = Source(name, whole=False)
        source.problems.append(Problem(name, 0, "file-missing", "The file is missing.",
                                       "Write it, or make a new folder with `uphold init`."))  # fmt: skip
    parsed.sources[name] = source
    return source


def _clauses(
    files: Mapping[str, bytes], name: str, language: str, parsed: Parsed
) -> tuple[Clause, ...]:
    parsed.anchors[language] = {}
    if name not in files:
        parsed.problems.append(Problem(name, 0, "file-missing", "The policy's text is missing.",
                                       "Write it, or drop its language from policy.toml."))  # fmt: skip
        return ()
    try:
        text = files[name].decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = files[name].count(b"\n", 0, fault.start) + 1
        parsed.problems.append(
            Problem(name, line, "encoding", "This is not UTF-8.", "Save the file in UTF-8.")
        )
        return ()
    clauses, lines, problems = markdown.read(text.replace("\r\n", "\n"), name)
    parsed.anchors[language] = lines
    parsed.problems += problems
    return clauses


class _Builder:
    """Tables of one file made into the document's classes, texts completed to all languages."""

    def __init__(self, source: Source, languages: tuple[str, ...]) -> None:
        self.source = source
        self.languages = languages

    def values(
        self, table: Table, keys: tuple[schema.Key, ...], *path: str | int
    ) -> dict[str, Any]:
        """The values of a table, its localised texts completed."""
        found = reader.values(self.source, table, keys, path)
        for key in keys:
            if key.kind == "text":
                found[key.name] = self.text(found[key.name], (*path, key.name))
        return found

    def text(self, text: Text, path: Path) -> Text:
        """A text in all languages: one without language serves all, else each must be there."""
        if not text:
            return {}
        if "" in text:
            return dict.fromkeys(self.languages, text[""])
        for language in self.languages:
            if language not in text:
                self.source.report(path, "language", f"There is no text in {language!r}.",
                                   f"Add the key {path[-1]}.{language}.")  # fmt: skip
        return text

    def policy(self) -> Policy:
        """The whole of policy.toml."""
        top = self.values(self.source.table, schema.POLICY)
        storage = self.values(top["storage"], schema.STORAGE, "storage")
        keeps = self.values(top["keeps"], schema.KEEPS, "keeps")
        how = self.values(top["withdrawal"], schema.WITHDRAWAL, "withdrawal")
        return Policy(
            languages=self.languages,
            profile=top["profile"],
            also=tuple(name for name in top["also"] if name != top["profile"]),
            domain=top["domain"],
            operator=Operator(**self.values(top["operator"], schema.OPERATOR, "operator")),
            storage=storage["place"],
            country=storage["country"],
            withdrawal=Withdrawal(how["how"], how["within"]),
            evidence=keeps["evidence"],
            technical=keeps["technical"],
            personalisation=keeps["personalisation"],
            visits=keeps["visits"] or VISITS,
            purposes={name: self.purpose(name, t) for name, t in top["purpose"].items()},
            categories={
                name: Category(id=name, **self.values(t, schema.CATEGORY, "category", name))
                for name, t in top["category"].items()
            },
            recipients={
                name: Recipient(id=name, **self.values(t, schema.RECIPIENT, "recipient", name))
                for name, t in top["recipient"].items()
            },
            bindings={name: self.binding(name, t) for name, t in top["clause"].items()},
            register={
                name: text
                for name, text in self.values(top["register"], schema.REGISTER, "register").items()
                if text
            },
        )

    def binding(self, name: str, table: Table) -> Binding:
        """What keeps one clause."""
        found = self.values(table, schema.BINDING, "clause", name)
        duty = None
        if "duty" in table:
            duty = Duty(**self.values(found["duty"], schema.DUTY, "clause", name, "duty"))
        return Binding(name, found["promises"], found["fact"], duty)

    def purpose(self, name: str, table: Table) -> Purpose:
        """One purpose."""
        found = self.values(table, schema.PURPOSE, "purpose", name)
        ends = Retention("", "", "")
        if "retention" in table:
            path = ("purpose", name, "retention")
            end = self.values(found["retention"], schema.RETENTION, *path)
            ends = Retention(end["after"], end["term"], end["at-most"])
        return Purpose(id=name, **{**found, "retention": ends})

    def form(self, key: str) -> Form:
        """One form, with its digest."""
        top = self.values(self.source.table, schema.FORM)
        boxes = enumerate(top["consent"])
        form = Form(
            key=key,
            title=top["title"],
            intro=top["intro"],
            fields=tuple(self.field(at, table) for at, table in enumerate(top["field"])),
            consents=tuple(
                ConsentBox(**self.values(table, schema.CONSENT, "consent", at))
                for at, table in boxes
            ),
            next=top["next"],
            digest="",
        )
        return replace(form, digest=digest.form(form))

    def field(self, at: int, table: Table) -> Field:
        """One field of a form."""
        found = self.values(table, schema.FIELD, "field", at)
        options = tuple(
            Option(**self.values(option, schema.OPTION, "field", at, "option", number))
            for number, option in enumerate(found.pop("option"))
        )
        found["max"] = found["max"] or _MAX.get(found["type"], 200)
        return Field(**found, options=options)


def _policy(source: Source) -> Policy:
    stated = source.table.get("languages")
    languages: tuple[str, ...] = ("en",)
    if isinstance(stated, list):
        fit = [item for item in stated if isinstance(item, str) and re.fullmatch("[a-z]{2}", item)]
        languages = tuple(dict.fromkeys(fit)) or languages
    return _Builder(source, languages).policy()


def _form(source: Source, key: str, languages: tuple[str, ...]) -> Form:
    return _Builder(source, languages).form(key)
