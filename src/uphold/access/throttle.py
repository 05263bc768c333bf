# SPDX-License-Identifier: Apache-2.0
"""How long a login or a source must wait after failed sign-ins. Pure: times in, times out.

The first failures are free, because people mistype; each one after that doubles the wait, up to a cap.
The cap keeps a stranger from locking a member of staff out for longer than a coffee break, and still
leaves under a hundred guesses a day (NIST SP 800-63B, section 5.2.2, allows a hundred in all, with a
password of twelve characters or more neither is a threat).
"""

from dataclasses import dataclass

SECOND = 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """`free` failures cost nothing; then `first_ms` doubles up to `cap_ms`; `quiet_ms` forgets all."""

    free: int
    first_ms: int = 2 * SECOND
    cap_ms: int = 15 * 60 * SECOND
    quiet_ms: int = 24 * 60 * 60 * SECOND


# One source may be a whole office behind one address, so it gets more free tries than one login.
LOGIN = Rule(free=5)
SOURCE = Rule(free=20)


def wait(rule: Rule, failures: int) -> int:
    """Milliseconds to wait after the given number of failures in a row."""
    over = failures - rule.free
    if over <= 0:
        return 0
    # The exponent is bounded before shifting: a count of millions must not build a huge integer.
    return min(rule.cap_ms, rule.first_ms << min(over - 1, 32))


def count(rule: Rule, failures: int, last_at: int, now: int) -> int:
    """Failures that still count at `now` when the last of them was at `last_at` (unix ms)."""
    return 0 if now - last_at >= rule.quiet_ms else failures


def blocked_until(rule: Rule, failures: int, last_at: int, now: int) -> int:
    """The moment (unix ms) from which the next try is let through; not after `now` when it is free.

    A failure that lies ahead of `now` is from before the clock was set back, by hours perhaps: nobody waits until
    the clock has come so far again. It still counts when the next one fails.
    """
    if last_at > now:
        return now
    return last_at + wait(rule, count(rule, failures, last_at, now))
