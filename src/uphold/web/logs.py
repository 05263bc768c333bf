# SPDX-License-Identifier: Apache-2.0
"""Structured logs without personal data: one JSON object per line on standard error.

A fault is told by its kind and place. Its message and the values around it are left out, because an error
of a library may quote what it was given.
"""

import logging
import traceback
from datetime import UTC, datetime
from typing import Any

import msgspec


class Lines(logging.Formatter):
    """Prints a record as one JSON object: at, level, from, what, and for a fault its kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; arguments of a record are never printed for foreign loggers."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            # A half of a character that was sent alone would make the line fail.
            "what": _what(record).encode("utf-8", "backslashreplace").decode(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["fault"] = type(error).__name__
            line["place"] = [
                f"{_module(frame.filename)}:{frame.lineno}"
                for frame in traceback.extract_tb(error.__traceback__)[-5:]
            ]
        return _printable(msgspec.json.encode(line).decode())


def _printable(line: str) -> str:
    """Escape what does not print: it could end a line, move a terminal's cursor or turn a text around."""
    if line.isprintable():
        return line
    return "".join(one if one.isprintable() else _escaped(one) for one in line)


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": Lines}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "lines",
            "stream": "ext://sys.stderr",
        }
    },
    "loggers": {
        "uphold": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
    # Whoever else has something to say, such as the event loop.
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}


def _what(record: logging.LogRecord) -> str:
    """Return the message; of a foreign one the first line, because the next ones show objects."""
    if record.name == "uphold" or record.name.startswith("uphold."):
        return record.getMessage()
    return str(record.msg).partition("\n")[0]


def _module(filename: str) -> str:
    return "/".join(filename.rsplit("/", 2)[-2:])
