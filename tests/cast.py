# SPDX-License-Identifier: Apache-2.0
"""The people of all tests. Each personal value is marked, so that a leak is one search away.

A mark is a string that nothing else in the product can produce: found in a file, a log line or a page
where it does not belong, it names whose value leaked and which.
"""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody would type into a form. Every value carries the person's mark."""

    mark: str
    name: str
    email: str
    phone: str
    message: str

    def values(self) -> dict[str, str]:
        """Field key to value, as the feedback form asks for them."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "mark"}

    def secrets(self) -> tuple[bytes, ...]:
        """Byte strings to look for in files: each value as UTF-8, plain and as digits or lower case."""
        digits = "".join(c for c in self.phone if c.isdigit())
        texts = {self.mark, *self.values().values(), self.email.lower(), digits}
        return tuple(sorted(text.encode() for text in texts))


@dataclass(frozen=True, slots=True)
class Staff:
    """One of the operator's people, or who pretends to be one."""

    login: str
    role: str
    password: str


subject = Person(
    mark="Zvezdochyot",
    name="Агния Zvezdochyot-Ёлкина",
    email="Agnia.Zvezdochyot@subject.example",
    phone="+7 921 555-73-19",
    message="Здравствуйте! Zvezdochyot asks: <b>когда</b> доставят «заказ № 40 217»? 🙂 & спасибо",
)
stranger = Person(
    mark="Qwyxleth",
    name="Bartholomew Qwyxleth",
    email="bartholomew.qwyxleth@stranger.example",
    phone="+44 20 7946 0173",
    message="Qwyxleth would like to know\r\nwhat it costs; 100 % \\ \"quoted\" 'text' %00 ${jndi:x}",
)

owner = Staff(login="owner-oriole", role="owner", password="correct-Oriole-ledger-61-basalt")
clerk = Staff(login="clerk-curlew", role="clerk", password="patient-Curlew-teapot-47-meadow")
officer = Staff(login="officer-osprey", role="officer", password="careful-Osprey-harbour-83-linen")
analyst = Staff(
    login="analyst-avocet", role="analyst", password="measured-Avocet-lattice-29-cobalt"
)
auditor = Staff(
    login="auditor-auklet", role="auditor", password="watchful-Auklet-ledger-57-granite"
)
# Has no account; tries everything.
intruder = Staff(login="intruder-ibis", role="", password="stolen-Ibis-lantern-29-quarry")

people = (subject, stranger)
staff = (owner, officer, clerk, analyst, auditor)


def leaks(content: bytes) -> list[bytes]:
    """The marked values of the people found in `content`, upper or lower case alike for ASCII."""
    folded = content.lower()
    return [secret for person in people for secret in person.secrets() if secret.lower() in folded]
