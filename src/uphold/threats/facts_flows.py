# SPDX-License-Identifier: Apache-2.0
"""Which data go from where to where: derived from what the policy declares, the settings switch on and accounts may.

Flows have their facts from the elements they join, so a model with one change has it in all that depend on it.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from uphold.access import permission
from uphold.access.permission import Permission, Role
from uphold.policy.document import PROCESSOR, Edition, Field, Policy
from uphold.threats import facts_policy
from uphold.threats.element import FLOW, SITE, Element, facts
from uphold.threats.ground import Ground

DATABASE: Final = "store:database"
SUBJECT, STRANGER, STAFF = "actor:subject", "actor:stranger", "actor:staff"
_OUTSIDE: Final = ("internet", "recipient")


def elements(ground: Ground, known: Mapping[str, Element]) -> Iterator[Element]:
    """Go through the flows among the elements that are known, by their ids."""
    flows = _Flows(ground, known)
    yield from flows.of_everybody()
    if ground.edition is not None:
        yield from flows.of_forms(ground.edition)
        yield from flows.of_purposes(ground.edition)
        yield from flows.of_recipients(ground.edition.policy)
        yield from flows.of_clients(ground.edition)


class _Flows:
    """Makes flows of one site."""

    def __init__(self, ground: Ground, known: Mapping[str, Element]) -> None:
        self.settings, self.edition, self.known = ground.settings, ground.edition, known
        # On a trial nothing leaves the machine; a site reached from outside needs TLS.
        self.is_safe = self.settings.secure or bool(known[SITE].value("loopback"))
        self.link = known[DATABASE].value("encrypted_link") is True
        self.is_second = self.settings.console.second_factor == "required"

    def of_everybody(self) -> Iterator[Element]:
        """What every site has, whatever its policy."""
        personal = self.edition is not None
        special = bool(self.known[SITE].value("special"))
        yield self.flow(
            "sign-in", "", STAFF, SITE, second_factor=self.is_second, journaled=True, limited=True
        )
        yield self.flow(
            "own-page",
            "",
            DATABASE,
            SUBJECT,
            personal=personal,
            special=special,
            journaled=True,
            limited=True,
        )
        yield self.flow("receipt", "", SITE, SUBJECT, journaled=True)
        yield self.flow("journal", "", DATABASE, STRANGER)
        yield self.flow("unlock", "", "store:keys", DATABASE, encrypted=True)
        if self.settings.mail.host:
            yield self.flow(
                "mail",
                "",
                DATABASE,
                SUBJECT,
                personal=personal,
                special=special,
                encrypted=self._mail(),
                journaled=True,
            )
            yield self.flow("notify", "", SITE, STAFF, encrypted=self._mail(), journaled=True)
        if self.settings.backup.recipient:
            yield self.flow(
                "backup",
                "",
                DATABASE,
                "store:backups",
                personal=True,
                special=special,
                encrypted=True,
                sealed=True,
                journaled=True,
            )
        if self.settings.visits.record:
            yield self.flow(
                "visit", "", SUBJECT, DATABASE, personal=True, sealed=True, limited=True
            )
            yield self.flow(
                "statistics", "", DATABASE, "store:statistics", encrypted=True, journaled=True
            )
        if self.settings.visits.public:
            yield self.flow("statistics", "public", "store:statistics", STRANGER, journaled=True)

    def of_forms(self, edition: Edition) -> Iterator[Element]:
        """What people send, and how it comes to rest."""
        for form in edition.forms.values():
            told = self._told(edition.policy, form.fields)
            consent = any(box.mandatory for box in form.consents)
            here = f"form:{form.key}"
            yield self.flow(
                "submit",
                form.key,
                SUBJECT,
                here,
                **told,
                consent=consent,
                sealed=True,
                limited=True,
                journaled=True,
            )
            yield self.flow(
                "store",
                form.key,
                here,
                DATABASE,
                **told,
                consent=consent,
                sealed=True,
                encrypted=self.link,
                journaled=True,
            )

    def of_purposes(self, edition: Edition) -> Iterator[Element]:
        """What staff read and export."""
        policy = edition.policy
        for purpose in policy.purposes.values():
            roles = [role for role in Role if purpose.id in facts_policy.reads(policy, role)]
            told = self._told(policy, facts_policy.fields_of(edition, purpose.id))
            told |= {
                "personal": bool(purpose.categories),
                "purpose": purpose.id,
                "consent": purpose.asks_consent,
            }
            told |= {"special": facts_policy.is_special(policy, purpose.categories)}
            told |= {"journaled": True, "limited": True, "second_factor": self.is_second}
            if roles:
                yield self.flow("read", purpose.id, DATABASE, STAFF, **told)
            # A file has what a form declares, and nothing of the proof of consent or of a request.
            if told["fields"] and any(
                permission.holds(role, Permission.EXPORT_MAKE) for role in roles
            ):
                yield self.flow("export", purpose.id, DATABASE, STAFF, **told)

    def of_recipients(self, policy: Policy) -> Iterator[Element]:
        """What goes to somebody else: disclosed by two people's decision, or entrusted to a processor."""
        special = bool(self.known[SITE].value("special"))
        for one in policy.recipients.values():
            there = f"recipient:{one.id}"
            if one.kind == PROCESSOR:
                seen = facts_policy.is_special(policy, one.sees)
                carries_mail = one.id == self.settings.mail.run_by
                yield self.flow(
                    "entrust", one.id, DATABASE, there, personal=bool(one.sees), special=seen, sealed=not one.sees,
                    encrypted=self._mail() if carries_mail else self.link)  # fmt: skip
            elif one.grounds:
                yield self.flow(
                    "disclose", one.id, DATABASE, there, personal=True, special=special, sealed=True, encrypted=True,
                    journaled=True, approved=True)  # fmt: skip

    def of_clients(self, edition: Edition) -> Iterator[Element]:
        """What programs fetch."""
        for one in self.known.values():
            purposes = one.value("purposes")
            if one.kind != "client" or not isinstance(purposes, tuple):
                continue
            fields = [each for name in purposes for each in facts_policy.fields_of(edition, name)]
            told = self._told(edition.policy, tuple(fields)) if one.value("reads") else {}
            only = purposes[0] if len(purposes) == 1 else ""
            yield self.flow(
                "api",
                one.id.partition(":")[2],
                DATABASE,
                one.id,
                **told,
                purpose=only,
                journaled=True,
                limited=True,
            )

    def flow(
        self, what: str, name: str, from_id: str, to_id: str, **told: bool | int | str
    ) -> Element:
        """Make a flow; what is not told is no, and its way is as safe as the site's own."""
        zones = self.known[from_id].zone, self.known[to_id].zone
        said: dict[str, bool | int | str] = {
            **dict.fromkeys(_PLAIN, False),
            "encrypted": self.is_safe,
            "fields": 0,
            "purpose": "",
            **told,
        }
        derived = facts(
            "program:",
            what=what,
            from_id=from_id,
            to_id=to_id,
            crosses=zones[0] != zones[1],
            leaves=zones[0] not in _OUTSIDE and zones[1] == "recipient",
        )
        place = f"{FLOW}:{what}/{name}" if name else f"{FLOW}:{what}"
        return Element(
            place, FLOW, self.known[from_id].zone, {**derived, **facts(_source(what), **said)}
        )

    def _mail(self) -> bool:
        return self.known[SITE].value("mail_encrypted") is True

    def _told(self, policy: Policy, fields: tuple[Field, ...]) -> dict[str, bool | int | str]:
        return {
            "personal": any(one.categories for one in fields),
            "special": any(facts_policy.is_special(policy, one.categories) for one in fields),
            "fields": len(fields),
        }


_PLAIN: Final = (
    *("personal", "special", "sealed", "consent", "journaled", "limited", "approved"),
    "second_factor",
)
_SOURCES: Final = {
    "submit": "policy:forms",
    "store": "policy:forms",
    "read": "policy:purposes",
    "export": "policy:purposes",
    "disclose": "policy:recipients",
    "entrust": "policy:recipients",
    "mail": "config:mail",
    "notify": "config:mail",
    "backup": "config:backup",
    "visit": "config:visits",
    "statistics": "config:visits",
    "sign-in": "config:console",
    "api": "db:access_client",
}


def _source(what: str) -> str:
    return _SOURCES.get(what, "program:")
