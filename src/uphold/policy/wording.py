# SPDX-License-Identifier: Apache-2.0
"""The separate consent document of each form and purpose, derived from the policy (pure).

Its content follows article 9 of Federal Law 152-FZ (who, what data, which actions, which purpose,
how long, how to withdraw; a document of its own since 2025-09-01) and articles 7 and 13 GDPR. For a
purpose on another ground it is a notice that says why there is no box.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from uphold.errors import Broken
from uphold.policy import digest, phrases, term
from uphold.policy.document import Draft, Form, Policy, Purpose, Text, Wording, pick
from uphold.policy.phrases import PHRASES, Phrases

LANGUAGES: Final = tuple(PHRASES)
_FILE = re.compile(
    r"<!-- wording: form=([a-z0-9-]+) purpose=([a-z0-9-]+) language=([a-z]{2}) consent=(yes|no) -->\n"
    r"# ([^\n]+)\n\n(.+)\n",
    re.DOTALL,
)


def derive(draft: Draft) -> dict[str, bytes]:
    """Every wording of a draft as the files of its edition, by name."""
    policy = draft.policy
    return {
        f"wordings/{form.key}.{purpose.id}.{language}.md": _write(policy, form, purpose, language)
        for form in draft.forms.values()
        for purpose in served(policy, form)
        for language in policy.languages
        if language in PHRASES
    }


def served(policy: Policy, form: Form) -> list[Purpose]:
    """The purposes that a post of this form serves, with those that Uphold itself keeps data for."""
    names = dict.fromkeys([*form.purposes, policy.evidence, policy.technical])
    return [policy.purposes[name] for name in names if name in policy.purposes]


def read(name: str, raw: bytes) -> Wording:
    """A wording's file as stored in an edition; `errors.Broken` if it is not one."""
    match = _FILE.fullmatch(raw.decode("utf-8", "replace"))
    if match is None:
        raise Broken(
            f"The stored wording {name} is damaged.", "Restore the database from a backup."
        )
    form, purpose, language, asks, title, text = match.groups()
    return Wording(form, purpose, language, asks == "yes", title, text, digest.of(raw))


def paragraphs(wording: Wording) -> tuple[str, ...]:
    """The wording's text as paragraphs of plain text."""
    return tuple(wording.text.split("\n\n"))


def _write(policy: Policy, form: Form, purpose: Purpose, language: str) -> bytes:
    say = PHRASES[language]
    words = _Words(policy, form, purpose, language)
    asks = purpose.asks_consent
    title = (say.consent_title if asks else say.notice_title).format(purpose=words.purpose_title)
    text = "\n\n".join(words.consent() if asks else words.notice())
    head = (
        f"<!-- wording: form={form.key} purpose={purpose.id} language={language} "
        f"consent={'yes' if asks else 'no'} -->"
    )
    return f"{head}\n# {title}\n\n{text}\n".encode()


class _Words:
    """What the sentences are filled with, for one form, purpose and language."""

    def __init__(self, policy: Policy, form: Form, purpose: Purpose, language: str) -> None:
        self.policy = policy
        self.form = form
        self.purpose = purpose
        self.language = language
        self.say: Phrases = PHRASES[language]
        self.purpose_title = self.pick(purpose.title)

    def pick(self, text: Text) -> str:
        """A text in this language on one line."""
        return " ".join(pick(text, self.language, self.policy.language).split())

    def consent(self) -> Iterator[str]:
        """The paragraphs of a consent."""
        say = self.say
        box = self.form.box(self.purpose.id)
        yield say.give.format(form=self.pick(self.form.title), operator=self.operator())
        yield say.data.format(data=self.data())
        yield say.purpose.format(purpose=self.purpose_title, clause=self.purpose.clause)
        yield say.actions.format(actions=self.actions(), place=self.pick(self.policy.storage))
        yield self.recipients()
        yield say.until.format(term=self.end())
        yield say.withdraw.format(
            how=_sentence(self.pick(self.policy.withdrawal.how)),
            within=term.words(self.policy.withdrawal.within, self.language),
        )
        yield (say.needed if box and box.mandatory else say.free).format(
            contact=self.policy.operator.contact
        )
        yield self.proof()
        yield say.law.get(self.policy.profile, say.rights)
        yield say.contact.format(contact=self.policy.operator.contact)

    def notice(self) -> Iterator[str]:
        """The paragraphs of a notice that no consent is asked."""
        say = self.say
        yield say.no_box.format(
            form=self.pick(self.form.title), basis=say.bases[self.purpose.basis]
        )
        yield say.ground.format(ground=_sentence(self.pick(self.purpose.ground)))
        yield say.who.format(operator=self.operator())
        yield say.data.format(data=self.data())
        yield say.purpose.format(purpose=self.purpose_title, clause=self.purpose.clause)
        yield say.actions.format(actions=self.actions(), place=self.pick(self.policy.storage))
        yield self.recipients()
        yield say.kept.format(term=self.end())
        yield say.rights
        yield say.contact.format(contact=self.policy.operator.contact)

    def operator(self) -> str:
        """Name, registration and address on one line."""
        who = self.policy.operator
        parts = (self.pick(who.name), " ".join(who.registration.split()), self.pick(who.address))
        return ", ".join(part for part in parts if part)

    def data(self) -> str:
        """The fields that serve the purpose, or its categories where no field does."""
        marks = self.say.marks
        fields = [
            f"{self.pick(field.label)} ({marks[field.mandatory]})"
            for field in self.form.fields
            if self.purpose.id in field.purposes
        ]
        return ", ".join(fields) or ", ".join(
            _small(self.pick(self.policy.categories[name].title))
            for name in self.purpose.categories
            if name in self.policy.categories
        )

    def actions(self) -> str:
        """What is done with the data, in nouns."""
        return ", ".join(self.say.actions_of[action] for action in self.purpose.actions)

    def recipients(self) -> str:
        """Who else receives the data, by name and address; or that nobody does."""
        found = [self.policy.recipients[name] for name in self.purpose.recipients
                 if name in self.policy.recipients]  # fmt: skip
        if not found:
            return self.say.nobody
        listed = "; ".join(
            f"{self.pick(one.name)}, {self.pick(one.address)} ({self.say.kinds[one.kind]}): "
            f"{_small(self.pick(one.task)).rstrip('.')}"
            for one in found
        )
        return self.say.somebody.format(recipients=listed)

    def end(self) -> str:
        """When the data go, in words."""
        return phrases.end(self.say, self.purpose.retention, self.language)

    def proof(self) -> str:
        """That the evidence of the consent is kept, and for how long."""
        evidence = self.policy.purposes[self.policy.evidence]
        words = _Words(self.policy, self.form, evidence, self.language)
        return self.say.proof.format(clause=evidence.clause, term=words.end())


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _small(text: str) -> str:
    """With a small first letter, unless the word is an abbreviation such as IP."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def by_digest(files: Mapping[str, bytes]) -> dict[str, Wording]:
    """The wordings among an edition's files, by digest."""
    found = (read(name, raw) for name, raw in files.items() if name.startswith("wordings/"))
    return {wording.digest: wording for wording in found}
