# SPDX-License-Identifier: Apache-2.0
"""Numbers of what is stored, on a command line, for argparse."""

import argparse

_LARGEST = 2**63 - 1


def stored(text: str) -> int:
    """Read the number of something that is stored; raises `argparse.ArgumentTypeError` for what no database has."""
    try:
        number = int(text)
    except ValueError:
        number = -1
    if not 0 <= number <= _LARGEST:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number: write 12")
    return number
