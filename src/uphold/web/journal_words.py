# SPDX-License-Identifier: Apache-2.0
"""Entries of the journal in the words of a language: what happened, and who did it (pure).

Only those kinds stand here that speak of a record or of a member of staff; a kind without a sentence is shown by
its name. A sentence names its codes as the catalogue does.
"""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass

from uphold.policy.document import pick
from uphold.threats import measure, rule
from uphold.web import dates, messages
from uphold.web.messages import N_

SENTENCES: Mapping[str, str] = {
    "journal.read": N_("Journal read"),
    "policy.approved": N_("Publishing of edition %(edition)s approved"),
    "record.stored": N_(
        "Received by the form “%(form)s”, under edition %(edition)s. Consents: %(consents)s"
    ),
    "consent.given": N_("Consent given: %(purpose)s"),
    "consent.withdrawn": N_("Consent withdrawn: %(purpose)s"),
    "consent.asked": N_("Asked anew for consent: %(purpose)s, edition %(edition)s"),
    "record.opened": N_("Opened: %(purpose)s. Fields: %(fields)s"),
    "access.denied": N_("Refused: %(purpose)s. %(reason)s"),
    "subject.opened": N_("Read by the person: %(purpose)s. Fields: %(fields)s"),
    "record.corrected": N_("Corrected: %(purpose)s. Fields: %(fields)s"),
    "record.erased": N_("Erased at the person's request"),
    "visits.stored": N_("Visits stored: %(visits)s. Purpose: %(purpose)s"),
    "part.destroyed": N_("Data destroyed: %(purpose)s"),
    "answer.sealed": N_("Answer written and sealed: %(purpose)s"),
    "mail.sent": N_("Message handed to the mail relay, attempt %(attempt)s"),
    "mail.failed": N_("Message not taken, attempt %(attempt)s. %(reason)s"),
    "mail.bounced": N_("Message came back. %(reason)s"),
    "mail.exported": N_("Message written to a file"),
    "enquiry.moved": N_("Enquiry moved: %(from)s → %(to)s"),
    "hold.placed": N_(
        "Reading suspended (no. %(hold)s). Whose: %(held)s. Purpose: %(purpose)s. Why: %(reason)s. Until: %(until)s"
    ),
    "glass.broken": N_("Opened in an emergency: %(purpose)s. Why: %(reason)s. Until: %(until)s"),
    "glass.read": N_("Read in an emergency, no. %(glass)s"),
    "glass.ended": N_("Opening in an emergency no. %(glass)s ended"),
    "glass.seen": N_("Opening in an emergency no. %(glass)s looked at"),
    "hold.lifted": N_("Suspension no. %(hold)s lifted"),
    "hold.lift-asked": N_("Asked to lift suspension no. %(hold)s; another must do it"),
    "restraint.placed": N_(
        "%(staff)s restrained (no. %(restraint)s) by alert no. %(alert)s: %(what)s. Until: %(until)s"
    ),
    "restraint.lifted": N_("Restraint no. %(restraint)s lifted"),
    "restraint.spared": N_("%(staff)s spared by alert no. %(alert)s: %(what)s"),
    "detection.alerted": N_("Alert no. %(alert)s about %(staff)s"),
    "detection.seen": N_("Alert no. %(alert)s judged"),
    "order.placed": N_("Preservation order no. %(order)s placed: %(purpose)s"),
    "order.lifted": N_("Preservation order no. %(order)s lifted"),
    "request.received": N_("Request no. %(request)s came in"),
    "request.moved": N_("Request no. %(request)s moved: %(from)s → %(to)s"),
    "request.proved": N_("What fulfilled request no. %(request)s was proved"),
    "staff.invited": N_("%(staff)s invited as %(role)s"),
    "staff.closed": N_("Account of %(staff)s closed for good"),
    "staff.password-set": N_("Password set"),
    "staff.signed-in": N_("Signed in"),
    "staff.signed-out": N_("Signed out"),
    "staff.recovered": N_("Signed in with a recovery code"),
    "staff.factor-set": N_("Second factor set"),
    "staff.factor-removed": N_("Second factor of %(staff)s taken away"),
    "staff.passkey-added": N_("Passkey made"),
    "staff.passkey-blocked": N_("Passkey blocked: there is a copy of its key"),
    "staff.passkey-removed": N_("Passkey of %(staff)s taken away"),
    "client.made": N_("Token made for the machine client %(staff)s, until %(until)s"),
    "client.revoked": N_("Token of the machine client %(staff)s ended"),
    "client.refused": N_("Ended token of a machine client shown: refused"),
    "exercise.began": N_("Run no. %(run)s of the probes began"),
    "exercise.marked": N_("It belongs to run no. %(run)s of the probes, and to no person"),
    "duty.attested": N_("Duty of clause %(clause)s attested, until %(until)s"),
    "statement.made": N_("Statement no. %(statement)s made to be signed"),
    "statement.signed": N_("Statement no. %(statement)s signed"),
    "threat.accepted": N_("Threat accepted until %(until)s: %(rule)s"),
    "measure.attested": N_("Attested as done until %(until)s: %(duty)s"),
    "alert.seen": N_("Alert seen: %(probe)s, run no. %(run)s"),
    "search.made": N_("Searched by a contact: %(purpose)s. Found: %(hits)s"),
    "copy.opened": N_(
        "Several opened at a time: %(purpose)s. Opened: %(records)s, refused: %(denied)s"
    ),
    "copy.refused": N_("A copy of several was refused: %(purpose)s"),
    "export.made": N_("Export no. %(export)s made: %(purpose)s. Records: %(records)s"),
    "export.taken": N_("Export no. %(export)s downloaded"),
    "export.ended": N_("Export no. %(export)s ended"),
    "canary.seen": N_("The mark of export no. %(export)s was seen outside"),
    "incident.opened": N_("Incident no. %(incident)s opened"),
    "incident.noted": N_("Line added to incident no. %(incident)s"),
    "incident.notified": N_("Incident no. %(incident)s: a notice was given"),
    "incident.closed": N_("Incident no. %(incident)s closed"),
    "disclosure.prepared": N_(
        "Disclosure no. %(disclosure)s prepared for %(recipient)s: %(purpose)s. Fields: %(fields)s"
    ),
    "disclosure.approved": N_("Disclosure no. %(disclosure)s approved"),
    "disclosure.refused": N_("Disclosure no. %(disclosure)s refused"),
    "disclosure.opened": N_("Opened for disclosure no. %(disclosure)s. Fields: %(fields)s"),
    "disclosure.sent": N_("Disclosure no. %(disclosure)s encrypted and handed over"),
    "disclosure.closed": N_("Disclosure no. %(disclosure)s closed"),
    "recipient.told": N_("The recipient of disclosure no. %(disclosure)s told of a change"),
    "recipient.answered": N_("The recipient answered notice no. %(notice)s"),
    "statistics.fixed": N_("Recipe of the figures no. %(recipe)s fixed"),
    "statistics.used": N_("Figures looked at"),
    "statistics.exported": N_("Figures taken as a file"),
}
"""What happened, by kind of entry."""

_OF_STAFF = N_("Journal of %(read)s read")

WHY: Mapping[str, str] = {
    "suspicion": N_("suspicion"),
    "dispute": N_("dispute"),
    "incident": N_("incident"),
    "restriction": N_("the person asked for it"),
}
"""Why reading is suspended, by the codes of `access.hold`."""

STATES: Mapping[str, str] = {
    "aside": N_("set aside"),
    "new": N_("new"),
    "in-work": N_("in work"),
    "answered": N_("answered"),
    "closed": N_("closed"),
    "discarded": N_("discarded"),
    "received": N_("received"),
    "identity-asked": N_("identity asked"),
    "verified": N_("verified"),
    "extended": N_("in work, extended"),
    "fulfilled": N_("fulfilled"),
    "refused": N_("refused"),
    "retracted": N_("taken back"),
    "joined": N_("joined to an earlier one"),
}
"""Where an enquiry or a request stands."""

ROLES: Mapping[str, str] = {
    "owner": N_("owner"),
    "officer": N_("officer"),
    "clerk": N_("clerk"),
    "analyst": N_("analyst"),
    "auditor": N_("auditor"),
}
RESPONSES: Mapping[str, str] = {
    "delay": N_("slowed down"),
    "step-up": N_("new proof asked for"),
    "revoke": N_("sessions ended"),
    "export": N_("exports stopped"),
    "freeze-export": N_("exports stopped"),
    "lock": N_("account locked"),
    "freeze-vault": N_("all reading stopped"),
}
"""What an alert does, by the codes of `access.restraint` and of rules."""

_PURPOSES: Mapping[str, str] = {"all": N_("every purpose"), "none": N_("no purpose")}
_NOBODY = N_("everybody")
_TIMES = frozenset({"until", "effective", "due", "ends"})
_PEOPLE = frozenset({"staff", "by", "held", "read"})


@dataclass(frozen=True, slots=True)
class Glossary:
    """What stands for numbers and codes: logins by number, titles of purposes, labels of fields and forms."""

    language: str
    catalogue: gettext.NullTranslations
    people: Mapping[int, str]
    purposes: Mapping[str, str]
    fields: Mapping[str, str]
    forms: Mapping[str, str]


def person(codes: Mapping[str, str | int], known: Glossary) -> str:
    """Who did it; empty where it was nobody on the staff."""
    number = codes.get("by", codes.get("staff", 0))
    return known.people.get(number, "") if isinstance(number, int) else ""


def sentence(kind: str, codes: Mapping[str, str | int], known: Glossary) -> str:
    """What happened."""
    if kind not in SENTENCES:
        return kind
    text = _OF_STAFF if codes.get("of") == "staff" else SENTENCES[kind]
    said = {name: _value(kind, name, value, known) for name, value in codes.items()}
    return known.catalogue.gettext(text) % said


def _value(kind: str, name: str, value: str | int, known: Glossary) -> str:
    if isinstance(value, int):
        return _number(name, value, known)
    if name == "reason":
        return _reason(kind, value, known)
    if name in {"consents", "fields"}:
        return ", ".join(_code(name, one, known) for one in value.split("+"))
    return _code(name, value, known)


def _code(name: str, value: str, known: Glossary) -> str:
    """A code in words, by what it is a code of; itself where nothing is known of it."""
    if name in ("rule", "duty"):
        return _titled(name, value, known.language)
    ours = {
        "purpose": _PURPOSES,
        "consents": _PURPOSES,
        "from": STATES,
        "to": STATES,
        "role": ROLES,
        "what": RESPONSES,
    }
    if value in ours.get(name, {}):
        return known.catalogue.gettext(ours[name][value])
    theirs = {
        "purpose": known.purposes,
        "consents": known.purposes,
        "fields": known.fields,
        "form": known.forms,
    }
    return theirs.get(name, {}).get(value, value)


def _titled(name: str, value: str, language: str) -> str:
    """What a rule of threats is called, or the measure that is somebody's duty."""
    if name == "rule":
        found = rule.catalogue().get(value)
        return value if found is None else pick(found.title, language)
    named = (one.title for one in measure.catalogue().values() if one.duty == value)
    return next((pick(title, language) for title in named), value)


def _number(name: str, value: int, known: Glossary) -> str:
    if name in _PEOPLE:
        return known.people.get(value, known.catalogue.gettext(_NOBODY))
    if name in _TIMES:
        if not value:
            return known.catalogue.gettext(N_("no end"))
        moment = dates.instant(value * 1000)
        return f"{dates.day(moment, known.language)}, {dates.clock(moment)}"
    return str(value)


def _reason(kind: str, code: str, known: Glossary) -> str:
    if kind == "access.denied":
        return messages.refusal(code, known.catalogue)
    if kind == "hold.placed":
        return known.catalogue.gettext(WHY.get(code, code))
    return messages.trouble(code, known.catalogue) if kind.startswith("mail.") else code
