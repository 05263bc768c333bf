# SPDX-License-Identifier: Apache-2.0
"""Passwords of staff: what is accepted, and how it is hashed. Slow on purpose: never call in a transaction.

Hashing is Argon2id with the second recommended option of RFC 9106, section 4 (t=3, p=4, 64 MiB,
128-bit salt, 256-bit tag), which is above the minimum of the OWASP Password Storage Cheat Sheet.
The rules follow NIST SP 800-63B, section 5.1.1.2: length, and a list of common and leaked passwords; no composition
rules.

The list is packaged with zxcvbn 4.5.0 (19 February 2025, MIT): 30 000 passwords of the ten million leaked ones that
Mark Burnett published in 2015, beside names, words of films and of Wikipedia; it also finds them turned into
digits and signs, doubled, followed by a year, and runs of the keyboard. Nothing is asked of anybody at run time.
"""

import unicodedata
from enum import StrEnum
from threading import BoundedSemaphore

import zxcvbn
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

SHORTEST = 12
# Bounds the work a stranger can ask for; far above any passphrase.
LONGEST = 256

_HASHER = PasswordHasher(
    time_cost=3, parallelism=4, memory_cost=64 * 1024, hash_len=32, salt_len=16, type=Type.ID
)
# Each hashing takes 64 MiB: without a limit, a burst of sign-ins would take the machine's memory.
_AT_ONCE = BoundedSemaphore(2)

# Verified when the login is unknown, so that the answer takes as long as for a known one.
# It is the hash of 32 random bytes that nobody kept.
_DECOY = (
    "$argon2id$v=19$m=65536,t=3,p=4$hndesezDDwZCEbePdgcfeQ$NlyGxt"
    "UZxcdrobTefJ027HIdAaJ9OCu8WboxS75GS7I"
)

# What zxcvbn is shown of a password: its work grows faster than the length.
_LOOKED_AT = 72
# Guessed in fewer than so many tries, by a list that begins with what leaked most: a throttled sign-in stands
# it, a stolen hash does not (zxcvbn's scores 0 to 2).
_GUESSES = 10**8
# Leaked ones that are words of a site like this one, or Russian, which the list has in Latin letters alone; written
# without digits and signs at the end and without spaces.
_COMMON = frozenset(
    """
    password administrator correcthorsebatterystaple changemeplease passwort motdepasse contraseña
    пароль привет любимый любимая солнышко наташа марина максим дмитрий александр администратор
    parol privet
    """.split()
)
# Where a Russian word lies under the fingers of who forgot to change the layout: they leak as often as the word.
_KEYS = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`")


class Weakness(StrEnum):
    """Why a password is not accepted."""

    TOO_SHORT = "password-too-short"
    TOO_LONG = "password-too-long"
    HAS_LOGIN = "password-has-login"
    COMMON = "password-common"


def weakness(password: str, login: str) -> Weakness | None:
    """Say what is wrong with a new password, or None when it may be used."""
    plain = _normal(password)
    folded = plain.casefold()
    if len(plain) < SHORTEST:
        return Weakness.TOO_SHORT
    if len(plain) > LONGEST:
        return Weakness.TOO_LONG
    if login.casefold() in folded:
        return Weakness.HAS_LOGIN
    # Few different characters: one key held down, "121212121212", a run of digits only.
    if len(set(folded)) < 5 or folded.isdigit() or _is_common(plain):
        return Weakness.COMMON
    return None


def _is_common(plain: str) -> bool:
    """Tell whether a password leaked often, or is one that did with little added."""
    bare = "".join(plain.split())
    core = bare.casefold().rstrip("0123456789!?.*#")
    half = core[: len(core) // 2]
    if core in _COMMON or (half in _COMMON and core == half * 2):
        return True
    spelled = {plain, bare.rstrip("!?.*#"), bare.casefold().translate(_KEYS)}
    return any(zxcvbn.zxcvbn(one[:_LOOKED_AT])["guesses"] < _GUESSES for one in spelled)


def hash_(password: str) -> str:
    """Hash a password into a PHC string. Takes tens of milliseconds and 64 MiB."""
    with _AT_ONCE:
        return _HASHER.hash(_bytes(_normal(password)))


def matches(stored: str | None, password: str) -> bool:
    """Tell whether `password` belongs to the PHC string `stored`; takes as long when there is none."""
    plain = _normal(password)[: LONGEST + 1]
    with _AT_ONCE:
        try:
            return _HASHER.verify(stored or _DECOY, _bytes(plain)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(stored: str) -> bool:
    """Tell whether `stored` was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(stored)


def _normal(password: str) -> str:
    """One form for what looks the same (NFKC), as SP 800-63B advises, before counting or hashing."""
    return unicodedata.normalize("NFKC", password)


def _bytes(plain: str) -> bytes:
    """UTF-8, of whatever a form may carry."""
    return plain.encode("utf-8", "surrogatepass")
