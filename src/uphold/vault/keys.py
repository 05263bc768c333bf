# SPDX-License-Identifier: Apache-2.0
"""The key ring: every secret of a site, and nothing else. `unlock` is the only door to its file.

    {"format": "uphold/keys/v1", "site": hex 16 bytes, "journal_seed": hex 32, "identifier_key": hex 32,
     "token_key": hex 32, "contact_root": hex 32,
     "epochs": [{"number": 1, "created_at": unix ms, "key": hex 32, "index_root": hex 32}, ...]}

The newest epoch wraps and indexes; older ones stay until all they hold has been moved and they are burned.
A ring that came from a file follows it: epochs that another process makes or burns are there, or gone, at
once. Whoever seals therefore asks for `newest` once and keeps to it.

No message, `repr` or pickle of anything here shows a byte of a key.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import NoReturn

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

from uphold import errors
from uphold.vault import identifier, seal

FORMAT = "uphold/keys/v1"
SITE_BYTES = 16
SECRET_BYTES = 32
LARGEST_EPOCH = 2**32 - 1

Random = Callable[[int], bytes]


class _Secret:
    """Never shows or serialises what it holds."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is secret and is not serialised")


class Epoch(_Secret):
    """The keys of one epoch: `cipher` wraps part keys, `index_root` roots the blind index."""

    __slots__ = ("cipher", "created_at", "index_keys", "index_root", "number")

    def __init__(self, number: int, created_at: int, key: bytes, index_root: bytes) -> None:
        """Take the epoch's number (1 to 2^32 - 1), creation time in unix ms, and its two 32-byte secrets."""
        self.number = number
        self.created_at = created_at
        self.cipher = AESGCM(key)
        self.index_root = index_root
        # Index keys already derived, by (kind, version), ready to be copied: `subject` fills it.
        self.index_keys: dict[tuple[int, int], HMAC] = {}


class KeyRing(_Secret):
    """A site's secrets, ready to use: site id, journal seed, token and exercise key, ids, epochs, oldest first."""

    __slots__ = (
        "_epochs",
        "_looked_in",
        "contact_root",
        "destroyed",
        "exercise_key",
        "identifiers",
        "look",
        "places",
        "signal_key",
        "signing_seed",
        "site",
        "token_key",
    )

    def __init__(
        self,
        *,
        site: bytes,
        signing_seed: bytes,
        identifier_key: bytes,
        token_key: bytes,
        contact_root: bytes,
        epochs: tuple[Epoch, ...],
    ) -> None:
        """Take validated secrets; `parse` makes one from a file's bytes."""
        # The file beside it that lists destroyed parts; `unlock` names it, None in tests only.
        self.destroyed: Path | None = None
        # Gives the ring anew when its file is another one now; None for a ring that has no file.
        self.look: Callable[[], KeyRing | None] | None = None
        self.site = site
        self.signing_seed = signing_seed
        self.identifiers = identifier.Identifiers(identifier_key)
        self.token_key = token_key
        # Marks what a run of probes sends.
        self.exercise_key = seal.subkey(token_key, b"uphold/exercise/v1")
        # Hides from where staff and strangers come.
        self.signal_key = seal.subkey(token_key, b"uphold/signal/v1")
        # Ready to be copied, which costs a third of starting from the bytes.
        self.contact_root = seal.keyed(contact_root)
        self.places = seal.Places(site)
        self._epochs = epochs
        self._looked_in = b""

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """Every epoch that the ring holds now, oldest first."""
        fresh = None if self.look is None else self.look()
        # Another site's ring in the same place is none of ours; what is sealed opens under these.
        if fresh is not None and fresh.site == self.site:
            self._epochs = fresh._epochs  # noqa: SLF001 - the same class
        return self._epochs

    @property
    def newest(self) -> Epoch:
        """The epoch that wraps and indexes what is sealed now."""
        return self.epochs[-1]

    def settle(self) -> None:
        """Keep what it held so far and what it holds now, and follow its file no more.

        For whoever reads one state of a database for long: what that state needs may be burned meanwhile.
        """
        held = {epoch.number: epoch for epoch in (*self._epochs, *self.epochs)}
        self._epochs = tuple(held[number] for number in sorted(held))
        self.look = None

    def holds(self, number: int, batch: bytes) -> bool:
        """Tell whether the ring holds an epoch now: what is wrapped under a burned one must not be stored.

        A burn holds the write lock, so that within one `batch`, which holds it too, one look is enough.
        """
        known = self._epochs if batch == self._looked_in else self.epochs
        self._looked_in = batch
        return any(epoch.number == number for epoch in known)

    def epoch(self, number: int) -> Epoch:
        """Return the epoch with this number; raises `errors.Broken` when the ring does not hold it."""
        for known in (self._epochs, self.epochs):
            for epoch in known:
                if epoch.number == number:
                    return epoch
        raise errors.Broken(
            f"The key ring holds no epoch {number}, which sealed data in the database need.",
            "Use the key ring that belongs to this database, in its newest state.",
        )


class _EpochFile(msgspec.Struct, forbid_unknown_fields=True):
    number: int
    created_at: int
    key: str
    index_root: str


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    site: str
    journal_seed: str
    identifier_key: str
    token_key: str
    contact_root: str
    epochs: list[_EpochFile]


def generate(now: int, random: Random) -> bytes:
    """Make the content of a new key ring with one epoch. `now` is unix ms, `random(n)` gives n bytes."""
    fresh = _File(
        format=FORMAT,
        site=random(SITE_BYTES).hex(),
        journal_seed=random(SECRET_BYTES).hex(),
        identifier_key=random(SECRET_BYTES).hex(),
        token_key=random(SECRET_BYTES).hex(),
        contact_root=random(SECRET_BYTES).hex(),
        epochs=[_EpochFile(1, now, random(SECRET_BYTES).hex(), random(SECRET_BYTES).hex())],
    )
    return _printed(fresh)


def parse(raw: bytes) -> KeyRing:
    """Read the content of a key ring; raises `errors.Broken`, which names a field but never its value."""
    try:
        file = msgspec.json.decode(raw, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # The library's message may quote a value, so it is not passed on.
        raise _damaged("it is not the JSON that Uphold writes") from None
    if file.format != FORMAT:
        raise _damaged("its format is not one that this version knows")
    _check_epochs(file.epochs)
    secrets = {
        name: _secret(getattr(file, name), name, SECRET_BYTES)
        for name in ("journal_seed", "identifier_key", "token_key", "contact_root")
    }
    epochs = [_epoch(member) for member in file.epochs]
    _check_distinct(file)
    return KeyRing(
        site=_secret(file.site, "site", SITE_BYTES),
        signing_seed=secrets["journal_seed"],
        identifier_key=secrets["identifier_key"],
        token_key=secrets["token_key"],
        contact_root=secrets["contact_root"],
        epochs=tuple(epochs),
    )


def extend(raw: bytes, now: int, random: Random) -> bytes:
    """Return the content of a key ring with one more epoch; raises `errors.Broken` as `parse` does."""
    parse(raw)
    file = msgspec.json.decode(raw, type=_File)
    number = file.epochs[-1].number + 1
    if number > LARGEST_EPOCH:
        raise _damaged("it can take no further epoch")
    secrets = (random(SECRET_BYTES).hex(), random(SECRET_BYTES).hex())
    file.epochs.append(_EpochFile(number, now, *secrets))
    return _printed(file)


def without(raw: bytes, numbers: Collection[int]) -> bytes:
    """Return the content of a key ring without these epochs; one that it does not hold is passed over.

    Raises `errors.Conflict` for the newest, under which the site seals, `errors.Broken` as `parse` does.
    """
    parse(raw)
    file = msgspec.json.decode(raw, type=_File)
    if file.epochs[-1].number in numbers:
        raise errors.Conflict(
            "The newest epoch is the one the site seals under.",
            "Rotate first: uphold keys rotate DIR",
        )
    file.epochs = [epoch for epoch in file.epochs if epoch.number not in numbers]
    return _printed(file)


def _printed(file: _File) -> bytes:
    return msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n"


def _epoch(member: _EpochFile) -> Epoch:
    where = f"of epoch {member.number}"
    return Epoch(
        member.number,
        member.created_at,
        _secret(member.key, f"key {where}", SECRET_BYTES),
        _secret(member.index_root, f"index_root {where}", SECRET_BYTES),
    )


def _check_epochs(epochs: list[_EpochFile]) -> None:
    numbers = [epoch.number for epoch in epochs]
    if not numbers:
        raise _damaged("it holds no epoch")
    if numbers != sorted(set(numbers)) or not 1 <= numbers[0] <= numbers[-1] <= LARGEST_EPOCH:
        raise _damaged("its epochs are not numbered upwards")
    if any(epoch.created_at < 0 for epoch in epochs):
        raise _damaged("an epoch was created before 1970")


def _check_distinct(file: _File) -> None:
    """Refuse a secret that stands in two places: what it protects would fall together."""
    values = [file.journal_seed, file.identifier_key, file.token_key, file.contact_root]
    for epoch in file.epochs:
        values += [epoch.key, epoch.index_root]
    if len(set(values)) != len(values):
        raise _damaged("one secret stands in two places")


def _secret(text: str, name: str, length: int) -> bytes:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    if len(value) != length or value.hex() != text:
        raise _damaged(f"`{name}` is not {2 * length} lower-case hex digits")
    return value


def _damaged(what: str) -> errors.Broken:
    return errors.Broken(
        f"The key ring cannot be used: {what}.",
        "Put back your copy of it. Do not make a new one: what is sealed opens only under the old keys.",
    )
