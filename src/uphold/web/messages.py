# SPDX-License-Identifier: Apache-2.0
"""Codes of the rooms in the words of a language: problems of a post, refusals, weak passwords (pure).

The rooms speak in codes; here, and only here, a code becomes a sentence. `N_` marks a sentence for the
catalogues without translating it yet.
"""

import gettext
from collections.abc import Mapping


def N_(text: str) -> str:  # noqa: N802 - the name by which every gettext tool knows it
    """Mark `text` for extraction."""
    return text


PROBLEMS: Mapping[str, str] = {
    "required": N_("Fill in “%(label)s”"),
    "too-long": N_("“%(label)s” is too long: the limit is %(limit)s characters"),
    "too-large": N_("“%(label)s” is too large: the limit is %(limit)s"),
    "not-email": N_("“%(label)s” must look like name@example.org"),
    "not-phone": N_("“%(label)s” must be a telephone number such as +7 900 000-00-00"),
    "not-number": N_("“%(label)s” must be a number"),
    "not-date": N_("“%(label)s” must be a date"),
    "not-choice": N_("Choose “%(label)s” from the list"),
    "control-character": N_("“%(label)s” contains a character that cannot be shown; type it anew"),
    "undeclared": N_("The form has no field “%(label)s”; nothing of it was stored"),
    "consent-missing": N_(
        "Tick the box if you agree: without consent your message cannot be taken"
    ),
}
"""What is wrong with a post, by the codes of `submission.validate`."""

REFUSALS: Mapping[str, str] = {
    "not-permitted": N_("Your role may not open enquiries."),
    "purpose-missing": N_("No purpose was named."),
    "purpose-undeclared": N_("The policy declares no such purpose."),
    "purpose-retired": N_("The edition in force no longer has this purpose."),
    "exercise-only": N_("Records of an exercise and those of people are kept apart."),
    "role-refused": N_("The policy does not give your role this purpose."),
    "purpose-not-given": N_("The machine client was not given this purpose."),
    "consent-missing": N_("The person gave no consent for this purpose."),
    "consent-withdrawn": N_("The person has withdrawn the consent for this purpose."),
    "staff-held": N_("Your access is suspended."),
    "proof-needed": N_("Prove first that it is you: something unusual was seen."),
    "record-held": N_("Access to this enquiry is suspended."),
    "purpose-held": N_("Access for this purpose is suspended."),
    "all-held": N_("All access to personal data is suspended."),
    "part-destroyed": N_("What this enquiry held for this purpose was destroyed."),
    "nothing-asked": N_("This enquiry holds nothing for this purpose."),
    "field-undeclared": N_("The policy does not give this purpose one of the fields asked for."),
    "limit-reached": N_("That is more than may be taken at a time. Take less, or wait."),
    "export-frozen": N_("Exports are stopped for now, because something unusual was seen."),
    "nothing-found": N_("There is nothing that you may take for this purpose."),
    "export-over": N_("This export is over: make a new one if you still need it."),
    "recipient-undeclared": N_("The policy in force does not name this recipient."),
    "ground-refused": N_("The policy lets this recipient have nothing on this ground."),
}
"""Why the gate said no, by the codes of `access.gate`."""

WEAKNESSES: Mapping[str, str] = {
    "password-too-short": N_("The password is too short"),
    "password-too-long": N_("The password is too long"),
    "password-has-login": N_("The password contains your sign-in name"),
    "password-common": N_("The password is too easy to guess"),
    "differ": N_("The two passwords differ"),
}
"""What is wrong with a new password, by the codes of `access.password`."""


ANSWERS: Mapping[str, str] = {
    "answer-empty": N_("Write the answer"),
    "answer-text-too-long": N_("The answer is too long: the limit is %(limit)s characters"),
    "answer-subject-too-long": N_("The subject is too long: the limit is %(limit)s characters"),
    "answer-no-address": N_(
        "The enquiry has no e-mail address that an answer can be sent to. Answer in another way, "
        "and move the enquiry by hand"
    ),
}
"""What is wrong with an answer, by the codes of `mail.letter`, and that there is nowhere to send it."""

TROUBLES: Mapping[str, str] = {
    "restored": N_("It waited when the site was restored; it may have left before"),
    "relay-unreachable": N_("The mail relay cannot be reached."),
    "relay-timeout": N_("The mail relay did not answer in time."),
    "relay-closed": N_("The mail relay broke the connection off."),
    "relay-tls": N_("The certificate of the mail relay cannot be trusted."),
    "relay-unfit": N_("The mail relay offers no TLS or no log-in, although they are demanded."),
    "relay-login": N_("The mail relay refused our log-in."),
    "relay-later": N_("The mail relay asked to be tried later."),
    "address-refused": N_("The mail relay refused the address."),
    "message-refused": N_("The mail relay refused the message."),
    "no-address": N_("There is no e-mail address that it could go to."),
    "message-broken": N_(
        "It cannot be put into words: the letter's template or what is stored is damaged."
    ),
    "link-over": N_("The link in it was used, or its time was over before it could leave."),
    "request-gone": N_("There is no such request any more."),
    "notice-unknown": N_("This version of Uphold knows no such letter."),
    "mailbox-unknown": N_("It came back: there is no such mailbox."),
    "mailbox-full": N_("It came back: the mailbox is full."),
    "mailbox-closed": N_("It came back: the mailbox takes no mail."),
    "delivery-refused": N_("It came back: the other side refused it."),
    "delivery-expired": N_("It came back: the other side could not be reached for days."),
    "not-delivered": N_("It came back: it could not be delivered."),
}
"""Why a message has not left or came back, by the codes of `mail`; the gate's are among the refusals."""

NOTICES: Mapping[str, str] = {
    "answer": N_("Answer"),
    "my-link": N_("Link to the person's page"),
    "request-received": N_("Request received"),
    "request-done": N_("Request fulfilled"),
    "request-refused": N_("Request refused"),
    "request-extended": N_("Request takes longer"),
    "withdrawn": N_("Consent withdrawn"),
    "erased": N_("Data erased"),
    "due-soon": N_("Reminder of what is due"),
    "bounced": N_("Report that a letter came back"),
    "glass-broken": N_("Report of an opening in an emergency"),
    "incident-due": N_("Reminder of notices of incidents"),
}
"""What a message is, by the kinds of `mail.notice`."""

HOLDING: Mapping[str, str] = {
    "what": N_("Choose what to suspend"),
    "receipt": N_("There is no submission with this number"),
    "person": N_("Choose a member of staff"),
    "purpose": N_("Choose a purpose"),
    "reason": N_("Choose a reason"),
    "span": N_("Choose how long; a stop of all reading needs an end"),
}
"""What is wrong with a suspension that was entered, by the field of the form."""

PLEA: Mapping[str, str] = {
    "purpose": N_("Choose the purpose that you need the data for"),
    "reason": N_("Choose why it cannot wait"),
    "words": N_("Say what happened, in 2,000 characters at most"),
    "minutes": N_("Choose for how long"),
    "needless": N_(
        "It is open to you already, or too much is open to you in an emergency: end what is done"
    ),
}
"""What is wrong with what is asked in an emergency, by the names of the fields."""

REASON_NEEDED = N_("Say why, in 2,000 characters at most")
DAY_TO_COME = N_("Choose a day to come, or leave it empty")
PURPOSE_NEEDED = N_("Choose the purpose that you need the data for")


def problem(code: str, label: str, limit: int, catalogue: gettext.NullTranslations) -> str:
    """The message at a field, and in the summary. `label` is the field's; `limit` what it may not pass."""
    text = PROBLEMS.get(code, N_("“%(label)s” cannot be accepted as it is"))
    return catalogue.gettext(text) % {"label": label, "limit": limit}


def refusal(code: str, catalogue: gettext.NullTranslations) -> str:
    """Why an enquiry was not opened."""
    text = REFUSALS.get(code, N_("The policy does not allow it."))
    return catalogue.gettext(text)


def answer(code: str, limit: int, catalogue: gettext.NullTranslations) -> str:
    """Why an answer was not taken. `limit` is what it may not pass."""
    return catalogue.gettext(ANSWERS[code]) % {"limit": limit}


def notice(code: str, catalogue: gettext.NullTranslations) -> str:
    """What a message is."""
    return catalogue.gettext(NOTICES.get(code, N_("Letter of the site")))


def trouble(code: str, catalogue: gettext.NullTranslations) -> str:
    """Why a message has not left or came back."""
    return catalogue.gettext(TROUBLES[code]) if code in TROUBLES else refusal(code, catalogue)


def weakness(code: str, catalogue: gettext.NullTranslations) -> str:
    """Why a password was not taken; empty for no code."""
    text = WEAKNESSES.get(code, N_("Choose another password"))
    return catalogue.gettext(text) if code else ""
