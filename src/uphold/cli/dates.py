# SPDX-License-Identifier: Apache-2.0
"""Days on a command line, for argparse."""

import argparse
from datetime import UTC, datetime, timedelta


def begin(text: str) -> int:
    """Read a date: its beginning (UTC), as unix milliseconds; raises `argparse.ArgumentTypeError` for none."""
    return _ms(_day(text))


def end(text: str) -> int:
    """Read a date: the end of that day (UTC), as unix milliseconds; raises as `begin`."""
    day = _day(text)
    try:
        return _ms(day + timedelta(days=1))
    except OverflowError:
        raise _no_date(text) from None


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise _no_date(text) from None


def _ms(at: datetime) -> int:
    return int(at.timestamp()) * 1000


def _no_date(text: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(f"{text!r} is no date: write 2030-12-31")
