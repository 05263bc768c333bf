# SPDX-License-Identifier: Apache-2.0
"""What the people of a soak know: each form that they sent, what was acknowledged of it, and what must hold for it.

Nothing here asks the site: it is what the site is held against.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MARK = "Kvyrzhlup"
RUSSIAN = "Квыржлуп"
PHONE = "9997315"
TEXTS = (MARK, RUSSIAN, PHONE, "999 731-5")
"""What stands in every value that anybody types, and nowhere else."""


@dataclass(eq=False)
class Form:
    """One form under one token. `receipt` is empty as long as nobody was told that it is stored."""

    email: str
    values: dict[str, str]
    token: str
    receipt: str = ""
    number: int = 0
    withdrawn: bool = False
    asked_to_withdraw: bool = False
    erased: bool = False
    asked_to_erase: bool = False
    corrected: bool = False
    answered: bool = False
    """An answer was written, which is a part of it; perhaps only on its way."""
    also: set[str] = field(default_factory=set)
    """Messages that it may hold as well: corrections that got no answer."""

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was done to it but to store it."""
        changed = self.corrected or self.answered or self.also
        return not (self.asked_to_withdraw or self.asked_to_erase or changed)


@dataclass
class Book:
    """Everything that was sent and told, and every fault that was seen on the way."""

    forms: list[Form] = field(default_factory=list)
    by_number: dict[int, Form] = field(default_factory=dict)
    by_email: dict[str, list[Form]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    visits: int = 0
    """Acknowledged."""
    visits_at_risk: int = 0
    """Of these, those that may be lost: from just before the process ended, or while nothing could be stored."""
    readings: int = 0
    """Openings that staff and programs were shown."""
    own: int = 0
    """Openings that people were shown of their own."""
    heads: dict[int, bytes] = field(default_factory=dict)
    """Size to root of every signed head that was ever seen."""
    links: int = 0
    links_late: int = 0
    """Of the links that were asked for, those that did not come in time."""
    proofs: int = 0
    """Receipts that were verified."""
    packages: int = 0
    visited: list[float] = field(default_factory=list)
    """When each visit was acknowledged."""

    @property
    def acknowledged(self) -> list[Form]:
        """The forms that somebody was told are stored."""
        return [one for one in self.forms if one.receipt]

    @property
    def pending(self) -> list[Form]:
        """The forms of which nobody knows yet whether they are stored."""
        return [one for one in self.forms if not one.receipt]

    def begin(self, form: Form) -> None:
        """Note a form that is about to be sent."""
        self.forms.append(form)
        self.by_email.setdefault(form.email, []).append(form)

    def acknowledge(self, form: Form, receipt: str, number: int | None) -> None:
        """Note that a form is stored under a receipt: one and no other, and nobody else's."""
        if number is None:
            self.faults.append("a receipt was given that is no receipt of this site")
            return
        if form.receipt and form.receipt != receipt:
            self.faults.append(
                f"submission {number} is stored a second time, as {form.number} before"
            )
            return
        if self.by_number.setdefault(number, form) is not form:
            self.faults.append(f"the receipt of submission {number} was given to two")
            return
        form.receipt, form.number = receipt, number

    def see(self, size: int, root: bytes) -> None:
        """Note a head; two of one size are one."""
        if self.heads.setdefault(size, root) != root:
            self.faults.append(f"two heads of size {size} have different roots")

    def of(self, email: str) -> Iterator[Form]:
        """What one person was told is stored."""
        return (one for one in self.by_email.get(email, ()) if one.receipt)


def person(number: int) -> Mapping[str, str]:
    """What a person of the soak types; each value is marked."""
    return {
        "name": f"{RUSSIAN} {MARK}-{number}",
        "email": f"{MARK.lower()}-{number}@soak.example",
        "phone": f"+7 999 731-5{number % 1000:03}",
    }
