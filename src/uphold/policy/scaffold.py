# SPDX-License-Identifier: Apache-2.0
"""A new site folder made from a policy's text: what the text says filled in, what it lacks marked.

Everything here is a pure function that returns {path: bytes}; `folder.write` puts it on the disk.
What the text lacks is written as an empty value with a comment, which `check` reports until it is
filled in. What is guessed from the text is marked as a proposal.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from uphold.errors import Invalid
from uphold.policy import import_, markdown, propose
from uphold.policy.document import PROFILES, Clause
from uphold.policy.import_ import Imported
from uphold.policy.propose import COMMUNICATION, Proposal

EXAMPLE: Final = Path(__file__).parent.parent / "example"

_CATEGORIES: Final = {
    "name": ("Name", "Имя", "pd:Name"),
    "email": ("E-mail address", "Адрес электронной почты", "pd:EmailAddress"),
    "phone": ("Telephone number", "Номер телефона", "pd:TelephoneNumber"),
    "message": ("Content of the message", "Содержание сообщения", ""),
    "consent": (
        "Which text was agreed to, and when",
        "Сведения о том, на какой текст и когда дано согласие",
        "",
    ),
    "ip-address": ("IP address", "IP-адрес", "pd:IPAddress"),
    "cookie": ("Identifier in a cookie", "Идентификатор из файла cookie", ""),
    "browser": ("Name of the browser", "Название браузера", "pd:UserAgent"),
    "time": ("Time of the request", "Время обращения", ""),
    "page": ("Address of the page", "Адрес страницы", ""),
}
_FIELDS: Final = (
    ("name", "text", False, "Name", "Имя", "name"),
    ("email", "email", True, "E-mail", "Электронная почта", "email"),
    ("phone", "phone", False, "Telephone", "Телефон", "tel"),
    ("message", "long-text", True, "Message", "Сообщение", ""),
)


@dataclass(frozen=True, slots=True)
class Made:
    """A new site folder before it is written."""

    imported: Imported
    files: Mapping[str, bytes]


def example() -> dict[str, bytes]:
    """The files of the example site, by name."""
    paths = sorted(path for path in EXAMPLE.rglob("*") if path.is_file())
    return {path.relative_to(EXAMPLE).as_posix(): path.read_bytes() for path in paths}


def make(raw: bytes, profile: str = PROFILES[0]) -> Made:
    """A site folder from the bytes of a policy's text.

    Raises `errors.Invalid` for bytes that are no text, an empty text, or an unknown profile.
    """
    if profile not in PROFILES:
        raise Invalid(f"There is no profile {profile!r}.", f"Use one of: {', '.join(PROFILES)}.")
    text = import_.decode(raw)
    imported = import_.split(text)
    if not imported.clauses:
        raise Invalid("The policy file is empty.", "Give the file with the policy's text.")
    language = guess_language(text)
    files = {
        "uphold.toml": _settings(imported.domain),
        "policy/policy.md": markdown.write(dress(imported.clauses)),
        "policy/policy.toml": "\n".join(_declarations(imported, language, profile)),
        "forms/feedback.toml": "\n".join(_form(language)),
        "statistics.toml": (EXAMPLE / "statistics.toml").read_text(encoding="utf-8"),
    }
    return Made(imported, {name: body.encode() for name, body in files.items()})


def guess_language(text: str) -> str:
    """`ru` for a text mostly in Cyrillic letters, else `en`."""
    letters = [char for char in text.lower() if char.isalpha()]
    cyrillic = sum("а" <= char <= "я" or char == "ё" for char in letters)
    return "ru" if cyrillic * 2 > len(letters) else "en"


def dress(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The clauses with `#` before the title and the section headings; not a word is changed."""
    return tuple(_dressed(clause) for clause in clauses)


def _dressed(clause: Clause) -> Clause:
    if clause.text.startswith("#") or "\n" in clause.text:
        return clause
    if clause.id == "title":
        return Clause(clause.id, f"# {clause.text}")
    if re.fullmatch(r"\d+", clause.id):
        return Clause(clause.id, f"## {clause.text}")
    return clause


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _listed(items: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, items))}]"


def _settings(domain: str) -> str:
    """Uphold.toml: the example's, with this site's address and without what is only the example's."""
    host = _ascii(domain)
    values = {
        "address": _quoted(f"https://{host}" if host else "http://127.0.0.1:8000"),
        "origin": _quoted(f"{host or 'localhost'}/journal"),
        "demo": "false",
        "public_proof": "false",
        "sender": '""',
    }
    text = (EXAMPLE / "uphold.toml").read_text(encoding="utf-8")
    for key, value in values.items():
        text = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", text, count=1)
    return text


def _ascii(domain: str) -> str:
    """A domain name as it goes over the wire (RFC 3490), or "" if it cannot."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _declarations(found: Imported, language: str, profile: str) -> Iterator[str]:
    """Policy.toml, line by line."""
    yield from _head(found, language, profile)
    yield "# --- Categories of data: add what your forms ask, drop what they do not."
    for name, (english, russian, dpv) in _CATEGORIES.items():
        yield ""
        yield f"[category.{name}]"
        yield f"title.{language} = {_quoted(russian if language == 'ru' else english)}"
        if dpv:
            yield f"dpv = {_quoted(dpv)}"
    yield _RECIPIENTS.replace("LANGUAGE", language)
    yield "# --- Purposes"
    proposals = propose.purposes(found.clauses)
    if not any(proposal.kind is COMMUNICATION for proposal in proposals):
        proposals = (*proposals, Proposal(COMMUNICATION, ""))
    for proposal in proposals:
        yield from _purpose(proposal, language)
    yield from _kept(found.clauses, language)


def _head(found: Imported, language: str, profile: str) -> Iterator[str]:
    lacks = [] if found.domain else ["# The text names no domain."]
    yield _HEAD.format(
        language=language,
        languages=_listed([language]),
        profile=_quoted(profile),
        profiles=", ".join(PROFILES),
        lacks="\n".join([*lacks, "# The domain name of the site, as the policy's text has it."]),
        domain=_quoted(found.domain),
        date=_dated(found),
    )


def _dated(found: Imported) -> str:
    if found.date is None or found.date.last is None:
        return (
            "# The text has no date line. End policy.md with a clause `date` that says when it was\n"
            "# adopted and last amended."
        )
    return f"# Date of the last update, from the text's date line: {found.date.last.isoformat()}."


def _purpose(proposal: Proposal, language: str) -> Iterator[str]:
    kind = proposal.kind
    yield ""
    if proposal.clause:
        yield f"# PROPOSAL, recognised in clause {proposal.clause}. Check every line, or drop it."
    else:
        yield "# PROPOSAL for the feedback form. No clause was recognised that names this purpose."
    yield f"[purpose.{kind.id}]"
    if not proposal.clause:
        yield "# Number of the clause that names this purpose."
    yield f"clause = {_quoted(proposal.clause)}"
    yield f"title.{language} = {_quoted(kind.title[language == 'ru'])}"
    yield "# The text states no legal ground for this purpose. One of: consent, contract, request,"
    yield "# legal-duty, legitimate-interest. With consent, forms get an empty box for it."
    yield f"basis = {_quoted(kind.basis)}"
    if kind.basis != "consent":
        yield "# Why no consent is asked, in a sentence that people will read."
        yield f'ground.{language} = ""'
    yield "# The text states no term of storage. After which event (received, answered, closed,"
    yield "# withdrawn, visited), and how long: P30D is 30 days, P1Y a year. at-most counts from"
    yield "# receipt, for when the event never comes."
    yield 'retention = { after = "closed", term = "", at-most = "" }'
    yield 'actions = ["collect", "record", "store", "use", "destroy"]'
    yield f"categories = {_listed(kind.categories)}"
    yield "# The staff roles that may read for this purpose: owner, officer, clerk."
    yield 'roles = ["owner", "clerk"]'
    yield "recipients = []"


def _kept(clauses: Sequence[Clause], language: str) -> Iterator[str]:
    russian = language == "ru"
    texts = _KEPT[language]
    yield _EVIDENCE.format(
        clause=_quoted(propose.evidence(clauses)),
        language=language,
        title=_quoted(texts[0]),
        ground=_quoted(texts[1]),
    )
    yield _SECURITY.format(
        clause=_quoted(propose.technical(clauses)),
        language=language,
        title=_quoted(texts[2]),
        ground=_quoted(texts[3]),
    )
    yield f"# {'Готово: uphold check скажет, чего ещё нет.' if russian else _LAST}"
    yield ""


def _form(language: str) -> Iterator[str]:
    russian = language == "ru"
    yield "# The feedback form, field by field. A field that is not declared here is refused."
    yield '# Uphold writes "(mandatory)" or "(optional)" after each label by itself.'
    yield ""
    yield f"title.{language} = {_quoted('Напишите нам' if russian else 'Write to us')}"
    for key, type_, mandatory, english, label, token in _FIELDS:
        yield ""
        yield "[[field]]"
        yield f"key = {_quoted(key)}"
        yield f"label.{language} = {_quoted(label if russian else english)}"
        yield f"type = {_quoted(type_)}"
        yield f"mandatory = {str(mandatory).lower()}"
        yield f"categories = {_listed([key])}"
        yield f"purposes = {_listed([COMMUNICATION.id])}"
        if token:
            yield f"autocomplete = {_quoted(token)}"
    yield ""
    yield "# One empty box for each purpose that rests on consent."
    yield "[[consent]]"
    yield f"purpose = {_quoted(COMMUNICATION.id)}"
    yield "mandatory = true"
    yield ""


_HEAD: Final = """\
# What the policy declares. Nothing outside it is collected, read or sent.
# Complete every empty value: `uphold check` lists them with their lines.
# Each key is explained in docs/reference/policy-files.md.

# The languages of the policy; the first is that of policy.md, others are policy.LANGUAGE.md.
languages = {languages}
# The law that the operator is under. One of: {profiles}.
profile = {profile}
{lacks}
domain = {domain}
{date}

# Who answers for the data by law. The text does not say: complete all of it.
[operator]
# Full name of the company, or of the person, as registered.
name.{language} = ""
# Postal address.
address.{language} = ""
# E-mail address for questions about personal data.
contact = ""
# Telephone and registration number; leave the keys out if there are none.
# phone = ""
# registration = ""
# The person or office that answers for personal data.
responsible.{language} = ""

# Where the databases are. The text does not say.
[storage]
place.{language} = ""
# Two letters, such as RU. Data of Russian citizens are to be collected into databases in Russia.
country = ""

# How a consent is withdrawn. The text does not say.
[withdrawal]
how.{language} = ""
# How soon after a withdrawal the data are destroyed; the law allows at most P30D.
within = "P30D"

# The two purposes that Uphold itself keeps data for with every post; they are declared below.
[keeps]
evidence = "consent-evidence"
technical = "security"
"""

_RECIPIENTS: Final = """
# --- Recipients: everybody who keeps or carries data for you (hosting, mail relay) and everybody
# whom you send them to. The text names none. Uncomment, complete, and name it in the purposes.
#
# [recipient.hosting]
# name.LANGUAGE = ""
# address.LANGUAGE = ""
# country = ""
# kind = "processor"            # or third-party, authority
# task.LANGUAGE = "Keeps the server with the site and its database."
# contract.LANGUAGE = ""         # of a processor: number and date
# instruction.LANGUAGE = ""      # of a processor: what the contract tells it to do and to keep to
# sees = []                      # of a processor: ids of the categories that it can read
"""

_EVIDENCE: Final = """
# Uphold's own: the proof that a consent was given. It outlives the consent and needs a ground.
[purpose.consent-evidence]
# Number of the clause that speaks of it.
clause = {clause}
title.{language} = {title}
basis = "legal-duty"
ground.{language} = {ground}
# The text states no term. As long as the data are kept, and as a claim may be brought after that.
retention = {{ after = "received", term = "" }}
actions = ["record", "store", "use", "destroy"]
categories = ["consent", "email", "phone"]
roles = ["owner", "officer"]
recipients = []
"""

_SECURITY: Final = """\
# Uphold's own: the technical data of each post, kept to notice and stop attacks.
[purpose.security]
# Number of the clause that speaks of it.
clause = {clause}
title.{language} = {title}
basis = "legitimate-interest"
ground.{language} = {ground}
# The text states no term. Days, not years.
retention = {{ after = "visited", term = "" }}
actions = ["collect", "record", "store", "use", "destroy"]
categories = ["ip-address", "cookie", "browser", "time", "page"]
roles = ["owner", "officer"]
recipients = []
"""

_KEPT: Final = {
    "en": (
        "proof that consent was given",
        "The operator must be able to prove that it received consent.",
        "keeping the site safe from attack and abuse",
        "Without these data an attack could be neither noticed nor stopped.",
    ),
    "ru": (
        "подтверждение того, что согласие получено",
        "Оператор обязан иметь возможность доказать получение согласия.",
        "защита сайта от атак и злоупотреблений",
        "Без этих сведений нельзя ни заметить, ни остановить атаку.",
    ),
}
_LAST: Final = "That is all; `uphold check` tells what is still to be done."
