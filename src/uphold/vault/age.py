# SPDX-License-Identifier: Apache-2.0
"""Encryption to a recipient, in the age format (https://age-encryption.org/v1), streamed.

For what goes out of the site's hands: a backup, a disclosure. Whoever makes one needs only the recipient's public key;
the identity that opens it belongs elsewhere. Files can be opened by any other program for age too.
"""

import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from uphold import errors

try:
    import pyrage
except ModuleNotFoundError:
    # The extra `backups` is not installed; whoever needs it is told.
    INSTALLED = False
else:
    INSTALLED = True

_CHUNK = 1 << 16


def new_identity() -> tuple[str, str]:
    """Make an identity; returns it (secret) and its recipient (public)."""
    _require()
    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


def write_identity(file: Path) -> str:
    """Make an identity and write it, durably, to a new file of mode 0600; returns its recipient.

    Raises `errors.Conflict` for a file that is there, `errors.Invalid` where it cannot be written.
    """
    identity, made = new_identity()
    text = f"# made {datetime.now(UTC):%Y-%m-%d} by Uphold\n# public key: {made}\n{identity}\n"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
    except FileExistsError:
        raise errors.Conflict(f"{file} is there already.", "Name a file that is not.") from None
    except OSError as error:
        raise errors.Invalid(
            f"{file} cannot be written ({error.strerror}).", "Name a file in a folder of yours."
        ) from None
    return made


BACKUP = (
    "[backup] recipient is no age recipient.",
    "It looks like age1...; make one with: uphold backup --new-recipient FILE",
)
"""What is said of a recipient of backups that is none, and what to do."""


def recipient(text: str, wrong: tuple[str, str] = BACKUP) -> object:
    """Read a recipient, `age1...`; raises `errors.Invalid` with the words `wrong`."""
    _require()
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise errors.Invalid(*wrong) from None


def identities(path: Path) -> Sequence[object]:
    """Read a file of identities, one in a line, `#` before what is none; raises `errors.Invalid`."""
    _require()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise errors.Invalid(
            f"The identity {path} cannot be read ({type(error).__name__}).",
            "Name the file that `uphold backup --new-recipient` made.",
        ) from None
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    try:
        made = [pyrage.x25519.Identity.from_str(line) for line in found]
    except pyrage.IdentityError:
        made = []
    if not made:
        raise errors.Invalid(
            f"{path} holds no age identity.", "Its line begins with AGE-SECRET-KEY-1."
        )
    return made


def _require() -> None:
    if not INSTALLED:
        raise errors.Invalid(
            "A file for a recipient needs a library that is not installed.",
            "Install the extra: pip install 'uphold[backups]'.",
        )


def encrypt(pieces: Iterator[bytes], into: BinaryIO, to: object) -> None:
    """Encrypt everything that `pieces` gives; an error of theirs is raised as it is."""
    source = _Source(pieces)
    try:
        pyrage.encrypt_io(source, into, [to])
    except (pyrage.EncryptError, OSError):
        if source.error is not None:
            raise source.error from None
        raise


class Opened:
    """The plain content of an encrypted file, some at a time. Close it: a thread decrypts beside.

    What was given out before the end may be the beginning of a file that was cut; an error comes then.
    """

    def __init__(self, file: BinaryIO, own: Sequence[object]) -> None:
        """Begin to decrypt `file`."""
        self._read, self._write = os.pipe()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(file, own), daemon=True)
        self._thread.start()

    def take(self, length: int) -> bytes:
        """Return up to `length` bytes, none at the end.

        Raises `errors.Invalid` if none of the identities opens the file, `errors.Broken` if it is damaged.
        """
        raw = os.read(self._read, min(length, _CHUNK))
        if not raw:
            self._thread.join()
            if self._error is not None:
                raise _told(self._error) from None
        return raw

    def close(self) -> None:
        """Stop, wherever it is."""
        os.close(self._read)
        self._thread.join()

    def _run(self, file: BinaryIO, own: Sequence[object]) -> None:
        try:
            pyrage.decrypt_io(file, _Sink(self._write), list(own))
        except (pyrage.DecryptError, OSError) as error:
            self._error = error
        finally:
            os.close(self._write)


class Digesting:
    """A file that is written, and the digest of what was."""

    def __init__(self, file: BinaryIO) -> None:
        """Begin at the file's beginning."""
        self._file, self._digest, self.bytes = file, hashlib.sha256(), 0

    def write(self, raw: bytes) -> int:
        """Write all of it."""
        self._file.write(raw)
        self._digest.update(raw)
        self.bytes += len(raw)
        return len(raw)

    def flush(self) -> None:
        """Hand on what is buffered."""
        self._file.flush()

    def hexdigest(self) -> str:
        """Return the SHA-256 of everything so far."""
        return self._digest.hexdigest()


class _Source:
    """What the library reads from: it asks for some bytes, `pieces` come as long as they are."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")
        self.error: BaseException | None = None

    def read(self, length: int = _CHUNK) -> bytes:
        try:
            while not self._rest:
                self._rest = memoryview(next(self._pieces))
        except StopIteration:
            return b""
        except BaseException as error:
            # The library would hand on its words only.
            self.error = error
            raise
        given, self._rest = self._rest[:length], self._rest[length:]
        return bytes(given)


class _Sink:
    """What the library writes to."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def write(self, raw: bytes) -> int:
        return os.write(self._handle, raw)

    def flush(self) -> None:
        pass


def _told(error: Exception) -> errors.UpholdError:
    if isinstance(error, pyrage.DecryptError):
        return errors.Invalid(
            "This identity does not open the backup, or the file is no backup.",
            "Name the identity whose recipient it was made for.",
        )
    return errors.Broken("The backup is damaged or cut short.", "Take another one.")
