# SPDX-License-Identifier: Apache-2.0
"""The cookie of a visitor who agreed to one: two random numbers and the site's mark (pure).

The first number goes into the technical data of visits and is destroyed with them. The second is the visitor's own
proof: its digest stands in the journal beside the agreement, and nothing that is stored leads from one to the other.
Only a cookie that this site made counts. It goes to `/visit` and nowhere else.
"""

import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from uphold.web import slip

NAME = "uphold_visit"
PATH = "/visit"
SECONDS = 180 * 24 * 3600
_USE = "visit-cookie"
_BYTES = 16
_FORM = re.compile(
    rb"(?:^|; ?)uphold_visit=([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{22})\.([0-9a-f]{32})(?:;|$)"
)


@dataclass(frozen=True, slots=True)
class Cookie:
    """What a visitor's browser holds; `proof` is the visitor's alone."""

    number: str
    proof: str

    @property
    def digest(self) -> str:
        """What the journal says of it."""
        return sha256(self.proof.encode("ascii")).hexdigest()

    def text(self, key: bytes) -> str:
        """The cookie's value, marked with a key of the site."""
        return f"{self.number}.{self.proof}.{slip.write(key, _USE, self.number, self.proof)}"

    def __repr__(self) -> str:
        """Show nothing of a person."""
        return "<Cookie>"


def make() -> Cookie:
    """Make a cookie of fresh random numbers."""
    return Cookie(*(_random() for _ in range(2)))


def read(key: bytes, header: bytes) -> Cookie | None:
    """Find the cookie in a request's header `Cookie`; None without one that this site made."""
    found = _FORM.search(header)
    if found is None:
        return None
    number, proof, mark = (part.decode("ascii") for part in found.groups())
    return Cookie(number, proof) if slip.holds(key, mark, _USE, number, proof) else None


def number(key: bytes, header: bytes) -> str | None:
    """Return the number that goes into the technical data of a visit, if the visitor agreed to one."""
    found = read(key, header)
    return found.number if found else None


def _random() -> str:
    return urlsafe_b64encode(secrets.token_bytes(_BYTES)).rstrip(b"=").decode("ascii")
