# SPDX-License-Identifier: Apache-2.0
"""Every key that policy.toml and forms/*.toml may hold, with the advice given when it is missing.

This is the one list: the reader accepts nothing else, and the reference documents all of it.
"""

from dataclasses import dataclass
from typing import Final

from uphold.policy import document

SLUG: Final = r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?"
LANGUAGE: Final = r"[a-z]{2}"
DPV: Final = r"[a-z-]{2,12}:[A-Za-z0-9-]{1,60}"
EMAIL: Final = r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,255}"
DOMAIN: Final = (
    r"(?:[a-z0-9а-яё](?:[a-z0-9а-яё-]{0,61}[a-z0-9а-яё])?\.)*"
    r"[a-z0-9а-яё](?:[a-z0-9а-яё-]{0,61}[a-z0-9а-яё])?"
)
ADDRESS: Final = r"(?:https?://|/(?!/))[^\s\\]{0,500}"
# Two slugs and a dot, as `promise.ID`; whether there is such a promise is for `binding` to say.
PROMISE: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*\.[a-z0-9]+(?:-[a-z0-9]+)*"
CLAUSE: Final = r"title|date|preamble\.[1-9]\d{0,3}|[1-9]\d{0,2}(?:\.[1-9]\d{0,2}){0,9}"
# https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill
AUTOFILL: Final = (
    "on", "off", "name", "honorific-prefix", "given-name", "additional-name", "family-name",
    "honorific-suffix", "nickname", "username", "organization-title", "organization",
    "street-address", "address-line1", "address-line2", "address-line3", "address-level1",
    "address-level2", "address-level3", "address-level4", "country", "country-name",
    "postal-code", "language", "bday", "bday-day", "bday-month", "bday-year", "sex", "url",
    "tel", "tel-national", "email", "impp",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table.

    `kind` is text (a string, or a table of strings by language), string, strings, boolean,
    integer, table, tables (by id) or array (of tables). `pattern` and `choices` bind each string;
    for tables `pattern` binds the ids, which are slugs without one.
    """

    name: str
    kind: str
    advice: str
    required: bool = True
    pattern: str = ""
    choices: tuple[str, ...] = ()


_TITLE = Key("title", "text", "Write what people should read, in every language of the policy.")
_DPV = Key("dpv", "string", "Use a term such as pd:EmailAddress, or leave the key out.",
           required=False, pattern=DPV)  # fmt: skip

POLICY: Final = (
    Key("languages", "strings", 'List the languages, first that of policy.md: ["en", "ru"].',
        pattern=LANGUAGE),
    Key("profile", "string", "Name the law that the operator is under.",
        choices=document.PROFILES),
    Key("also", "strings", "List further laws that the operator is under, or leave the key out.",
        required=False, choices=document.PROFILES),
    Key("domain", "string", "Write the site's domain name as the policy's text names it.",
        pattern=DOMAIN),
    Key("operator", "table", "Say who runs the site in a table [operator]."),
    Key("storage", "table", "Say where the databases are in a table [storage]."),
    Key("withdrawal", "table", "Say how consent is withdrawn in a table [withdrawal]."),
    Key("keeps", "table", "Name the two purposes that Uphold itself keeps data for in [keeps]."),
    Key("category", "tables", "Declare each kind of data in a table [category.ID]."),
    Key("recipient", "tables", "Declare each recipient in a table [recipient.ID].",
        required=False),
    Key("purpose", "tables", "Declare each purpose in a table [purpose.ID]."),
    Key("clause", "tables", 'Name a clause of the text, in quotes: [clause."2.2.1"].',
        required=False, pattern=CLAUSE),
    Key("register", "table", "Say in [register] what only the record of processing needs.",
        required=False),
)  # fmt: skip
OPERATOR: Final = (
    Key("name", "text", "Write the full name of the company, or of the person, as registered."),
    Key("address", "text", "Write the postal address where the operator can be reached."),
    Key("contact", "string", "Write an e-mail address for questions about personal data.",
        pattern=EMAIL),
    Key("phone", "string", "Write a telephone number, or leave the key out.", required=False),
    Key("registration", "string", "Write the registration or tax number, or leave the key out.",
        required=False),
    Key("responsible", "text", "Name the person or office that answers for personal data."),
)  # fmt: skip
STORAGE: Final = (
    Key("place", "text", "Say where the databases are: a country, and a city if you wish."),
    Key("country", "string", "Write the country's two-letter code, such as RU.",
        pattern=r"[A-Z]{2}"),
)  # fmt: skip
WITHDRAWAL: Final = (
    Key("how", "text", "Say how a person withdraws consent: an address to write to, a page."),
    Key("within", "string", "Write a term such as P30D: how soon after a withdrawal the data go."),
)
# What the record of processing and the notice to the regulator ask and nothing else declares.
REGISTER: Final = (
    Key("subjects", "text", "Name the categories of people whose data these are.", required=False),
    Key("methods", "text", "Say how: automated, by hand or mixed, through which networks.",
        required=False),
    Key("started", "text", "Say when processing began, such as 2025-09-01.", required=False),
    Key("ends", "text", "Say when processing ends altogether: a date, or a condition.",
        required=False),
    Key("measures", "text", "Describe the technical and organisational measures.", required=False),
    Key("encryption", "text", "Name the means of encryption that you use.", required=False),
    Key("security", "text", "State the type of threats and the level of protection.",
        required=False),
    Key("safeguards", "text", "Name the safeguards of transfers abroad.", required=False),
)  # fmt: skip
KEEPS: Final = (
    Key("personalisation", "string", "Name the purpose under which forms come filled in, or leave "
        "the key out: then they never do.", required=False, pattern=SLUG),
    Key("evidence", "string", "Name the purpose under which the proof of consent is kept.",
        pattern=SLUG),
    Key("technical", "string", "Name the purpose under which IP, browser and time are kept.",
        pattern=SLUG),
    Key("visits", "string", "Say how long the technical data of visits are kept, or leave the key "
        "out: then a day.", required=False),
)  # fmt: skip
CATEGORY: Final = (
    _TITLE,
    Key("special", "boolean", "Say true for health, beliefs, biometrics and the like.",
        required=False),
    _DPV,
)  # fmt: skip
RECIPIENT: Final = (
    Key("name", "text", "Write the recipient's full name."),
    Key("address", "text", "Write the recipient's postal address."),
    Key("country", "string", "Write the country's two-letter code, such as RU.",
        pattern=r"[A-Z]{2}"),
    Key("kind", "string", "Say what the recipient is.", choices=document.RECIPIENT_KINDS),
    Key("task", "text", "Say what the recipient does with the data."),
    Key("contract", "text", "Of a processor: name the contract, with number and date.",
        required=False),
    Key("instruction", "text", "Of a processor: say what it is told to do and to keep to.",
        required=False),
    Key("sees", "strings", "Of a processor: list the categories that it can read; [] for none.",
        required=False, pattern=SLUG),
    Key("grounds", "strings", "Of others: list the grounds of law on which it may be given data.",
        required=False, pattern=SLUG),
)  # fmt: skip
PURPOSE: Final = (
    _TITLE,
    Key("clause", "string", "Write the number of the clause that names this purpose.",
        pattern=CLAUSE),
    Key("basis", "string", "Choose the lawful basis.", choices=document.BASES),
    Key("ground", "text", "Say in a sentence why no consent is needed.", required=False),
    Key("retention", "table", 'Say when it ends: retention = { after = "closed", term = "P30D" }.'),
    Key("actions", "strings", "List what is done with the data.", choices=document.ACTIONS),
    Key("categories", "strings", "List the categories of data that this purpose needs.",
        pattern=SLUG),
    Key("roles", "strings", "List the staff roles that may read the data for this purpose.",
        choices=document.ROLES),
    Key("recipients", "strings", "List the recipients, or leave the key out.", required=False,
        pattern=SLUG),
    Key("dpv", "string", "Use a term such as dpv:CommunicationManagement, or leave the key out.",
        required=False, pattern=DPV),
)  # fmt: skip
RETENTION: Final = (
    Key("after", "string", "Say after which event the term runs.", choices=document.EVENTS),
    Key("term", "string", "Write a term such as P30D, P1Y or PT24H."),
    Key("at-most", "string", "Write the longest term from receipt, such as P1Y.", required=False),
)
BINDING: Final = (
    Key("promises", "strings", "List ids such as consent.box-empty; docs/reference/promises.md "
        "has all.", required=False, pattern=PROMISE),
    Key("fact", "boolean", "Say true for a clause that promises nothing, else leave the key out.",
        required=False),
    Key("duty", "table", "Say what the operator itself must do, or leave the table out.",
        required=False),
)  # fmt: skip
DUTY: Final = (
    Key("who", "text", "Name the office or person who does it."),
    Key("what", "text", "Say in a sentence what is to be done."),
    Key("every", "string", "Write a term such as P1Y: after it the duty must be attested anew."),
)
FORM: Final = (
    _TITLE,
    Key("intro", "text", "Say in a sentence what the form is for.", required=False),
    Key("field", "array", "Declare each field in a table [[field]]."),
    Key("consent", "array", "Declare each consent box in a table [[consent]].", required=False),
    Key("next", "strings", "List addresses that begin with https:// or with a slash.",
        required=False, pattern=ADDRESS),
)  # fmt: skip
FIELD: Final = (
    Key("key", "string", "Give the field a short name such as email.", pattern=SLUG),
    Key("label", "text", "Write the label, without the words mandatory or optional."),
    Key("type", "string", "Say what kind of answer is expected.", choices=document.FIELD_TYPES),
    Key("mandatory", "boolean", "Say whether the form cannot be sent without it."),
    Key("categories", "strings", "List the categories of data that the answer holds.",
        pattern=SLUG),
    Key("purposes", "strings", "Name what the answer is needed for; if for nothing, drop the field.",
        pattern=SLUG),
    Key("autocomplete", "string", "Use a token of the HTML standard, or leave the key out.",
        required=False, choices=AUTOFILL),
    Key("max", "integer", "Write the greatest length, or leave the key out.", required=False),
    Key("hint", "text", "Write a short hint, or leave the key out.", required=False),
    Key("option", "array", "Declare each answer of a choice in a table [[field.option]].",
        required=False),
)  # fmt: skip
OPTION: Final = (
    Key("value", "string", "Give the answer a short name.", pattern=SLUG),
    Key("label", "text", "Write what people should read."),
)
CONSENT: Final = (
    Key("purpose", "string", "Name the purpose that the box asks consent for.", pattern=SLUG),
    Key("mandatory", "boolean", "Say whether the form cannot be taken without the tick."),
)

TABLES: Final = {
    "policy.toml": POLICY,
    "[operator]": OPERATOR,
    "[storage]": STORAGE,
    "[withdrawal]": WITHDRAWAL,
    "[keeps]": KEEPS,
    "[register]": REGISTER,
    "[category.ID]": CATEGORY,
    "[recipient.ID]": RECIPIENT,
    "[purpose.ID]": PURPOSE,
    "retention": RETENTION,
    '[clause."ID"]': BINDING,
    '[clause."ID".duty]': DUTY,
    "forms/*.toml": FORM,
    "[[field]]": FIELD,
    "[[field.option]]": OPTION,
    "[[consent]]": CONSENT,
}
