# SPDX-License-Identifier: Apache-2.0
"""`uphold receipt verify FILE`: offline, without a site folder, a database or a key ring."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.journal.note import Verifier

LARGEST = 1_000_000

_SAID = {
    "record.stored": "The operator stored a submission, with these parts and on these wordings.",
    "consent.given": "The operator recorded a consent for this purpose on this wording.",
}


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("receipt", help="verify a receipt")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    verify = acts.add_parser("verify", help="verify a .tlog-proof file, offline")
    verify.add_argument("file", type=Path, metavar="FILE", help="the receipt")
    verify.add_argument(
        "--key",
        metavar="VKEY",
        help="the journal's public key (see /journal/key), or several lines",
    )
    verify.add_argument("--json", action="store_true", help="print JSON")
    verify.set_defaults(func=run_verify)


def run_verify(arguments: argparse.Namespace) -> int:
    """Say what a receipt proves; exit 1 when it proves nothing, 2 when the key is missing or malformed."""
    from uphold import errors
    from uphold.journal import proof

    raw = _read(arguments.file)
    if arguments.key is None:
        raise _without_key(raw)
    key = _key(arguments.key, raw)
    try:
        shown = proof.verify(raw, key)
    except errors.Invalid as error:
        if arguments.json:
            print(json.dumps({"verified": False, "why": error.message, "advice": error.advice}))
        else:
            print(f"NOT VERIFIED  {error}")
            print("  Keep the file as it is, and ask for the receipt again at its address.")
        return 1
    told = {
        "verified": True,
        "origin": shown.origin,
        "index": shown.index,
        "size": shown.size,
        "act": shown.entry.kind,
        "at": _time(shown.entry.at_ms),
        "codes": dict(shown.entry.codes),
        "disclosed": [_disclosed(text) for text in shown.disclosures],
    }
    print(json.dumps(told, indent=2) if arguments.json else _readable(told))
    return 0


def _key(given: str, raw: bytes) -> "Verifier":
    """Take the key of the receipt's own journal, where several are given, one in a line (/journal/keys)."""
    from uphold.journal import note

    keys = [note.parse_vkey(line) for line in given.split()] or [note.parse_vkey(given)]
    return next((key for key in keys if f"\n\n{key.name}\n".encode() in raw), keys[0])


def _read(file: Path) -> bytes:
    from uphold import errors

    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as error:
        raise errors.Invalid(
            f"{file} cannot be read ({error.strerror}).", "Name the receipt's file."
        ) from None


def _without_key(raw: bytes) -> Exception:
    """Say where to get the key: one that came with the receipt would prove nothing."""
    from uphold import errors

    origin = raw.partition(b"\n\n")[2].split(b"\n", 1)[0].decode("utf-8", "replace")[:200]
    named = f"The receipt says that it is of {_plain(origin)}. " if origin else ""
    return errors.Invalid(
        "Verify with which key?",
        f"{named}Get that journal's key another way than with the receipt (the operator's papers,\n"
        "  /journal/key at an earlier time, another receipt), and add: --key 'NAME+ID+BASE64'",
    )


def _time(at_ms: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _disclosed(text: str) -> dict[str, Any]:
    """Read one disclosure, [salt, name, value]. Its digest is verified; its content is what somebody wrote."""
    from base64 import urlsafe_b64decode

    try:
        salted = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        salted = None
    if not isinstance(salted, list) or len(salted) != 3:
        return {"name": "?", "value": text}
    return {"name": str(salted[1]), "value": salted[2]}


def _readable(told: dict[str, Any]) -> str:
    lines = [
        f"VERIFIED  entry {told['index']} of {told['size']} in the journal {_plain(told['origin'])}",
        f"  {told['act']} at {told['at']} (as the operator states it)",
    ]
    if told["act"] in _SAID:
        lines.append(f"  {_SAID[told['act']]}")
    pairs = [(name, str(value)) for name, value in told["codes"].items()]
    pairs += [(_plain(shown["name"]), _plain(shown["value"])) for shown in told["disclosed"]]
    width = max((len(name) for name, _ in pairs), default=0)
    lines += [f"    {name:{width}}  {value}" for name, value in pairs]
    return "\n".join(lines)


def _plain(value: Any) -> str:
    """Print what somebody else wrote so that no terminal acts on it."""
    text = json.dumps(value)
    inner = text[1:-1]
    return inner if isinstance(value, str) and "\\" not in inner else text
