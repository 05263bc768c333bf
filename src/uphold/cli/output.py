# SPDX-License-Identifier: Apache-2.0
"""What a command makes, as a file that was named."""

import sys
from pathlib import Path


def write(
    place: str | Path, made: str | bytes, advice: str = "Name a file in a folder that is there."
) -> None:
    """Write what was made, text as UTF-8; raises `errors.Invalid` with the advice where that cannot be."""
    from uphold import errors

    content = made.encode() if isinstance(made, str) else made
    try:
        Path(place).write_bytes(content)
    except OSError as error:
        raise errors.Invalid(
            f"{place} cannot be written ({error.strerror or type(error).__name__}).", advice
        ) from None


def put(place: str, made: str, advice: str = "Name a file in a folder that is there.") -> None:
    """Print what was made where the place is `-`, else write it; raises as `write`."""
    if place == "-":
        sys.stdout.write(made)
    else:
        write(place, made, advice)
