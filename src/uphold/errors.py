# SPDX-License-Identifier: Apache-2.0
"""The small tree of errors. Each says what is wrong and what to do; doors map them to statuses and exit codes.

A refusal by the gate is *not* here: it is a value (`access.gate.Denial`), because an exception would
roll back the journal entry that records it.
"""


class UpholdError(Exception):
    """Root of every error that Uphold raises on purpose.

    `message` says what is wrong, `advice` what to do about it. Neither ever holds personal data.
    """

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".rstrip()


class Invalid(UpholdError):
    """The input cannot be accepted as it is (HTTP 400 or 422, exit code 2)."""


class Missing(UpholdError):
    """The thing asked for does not exist, or not for the one who asks (HTTP 404)."""


class Conflict(UpholdError):
    """The thing has moved on since it was looked at (HTTP 409)."""


class Unavailable(UpholdError):
    """Storage cannot be used just now; nothing was stored, unless the message says otherwise (HTTP 503)."""


class Moved(Unavailable):
    """The site's data went into another database: whoever has opened this one opens the other (HTTP 503)."""


class Broken(UpholdError):
    """Integrity is lost: stop signing and serving, and let a person look (HTTP 503, exit code 1)."""
