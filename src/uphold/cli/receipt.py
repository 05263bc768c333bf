# SPDX-License-Identifier: Apache-2.0
"""`uphold receipt verify FILE`: offline, without a site folder, a database or a key ring."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

LARGEST = 1_000_000


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("receipt", help="verify a receipt")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    verify = acts.add_parser("verify", help="verify a .tlog-proof file, offline")
    verify.add_argument("file", type=Path, metavar="FILE", help="the receipt")
    verify.add_argument(
        "--key", metavar="VKEY", help="the journal's verifier key (see /journal/key)"
    )
    verify.add_argument("--json", action="store_true", help="print JSON")
    verify.set_defaults(func=run_verify)


def run_verify(arguments: argparse.Namespace) -> int:
    """Say what a receipt proves; exit 1 when it proves nothing."""
    from uphold import errors
    from uphold.journal import note, proof

    raw = _read(arguments.file)
    if arguments.key is None:
        print(_without_key(raw), file=sys.stderr)
        return 2
    try:
        shown = proof.verify(raw, note.parse_vkey(arguments.key.strip()))
    except errors.Invalid as error:
        if arguments.json:
            print(json.dumps({"verified": False, "why": error.message}))
        else:
            print(f"NOT VERIFIED: {error}")
        return 1
    told = {
        "verified": True,
        "origin": shown.origin,
        "index": shown.index,
        "size": shown.size,
        "act": shown.entry.kind,
        "at": json.loads(shown.raw)["at"],
        "codes": dict(shown.entry.codes),
        "disclosed": [_disclosed(text) for text in shown.disclosures],
    }
    print(json.dumps(told, ensure_ascii=False, indent=2) if arguments.json else _readable(told))
    return 0


def _read(file: Path) -> bytes:
    from uphold import errors

    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as error:
        raise errors.Invalid(
            f"{file} cannot be read ({error.strerror}).", "Name the receipt's file."
        ) from None


def _without_key(raw: bytes) -> str:
    """Say where to get the key: a key that came with the receipt would prove nothing."""
    head = raw.partition(b"\n\n")[2].split(b"\n", 1)[0].decode("utf-8", "replace")[:200]
    origin = head if head.isprintable() else ""
    return (
        f"uphold: which key? The receipt says that it is from {origin!r}.\n"
        "  Get that journal's key another way (the operator's papers, /journal/key, another receipt)\n"
        "  and run again with: --key 'NAME+HEX+BASE64'"
    )


def _disclosed(text: str) -> list[Any]:
    from base64 import urlsafe_b64decode

    salted: list[Any] = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return salted[1:]


def _readable(told: dict[str, Any]) -> str:
    lines = [
        f"OK: entry {told['index']} of {told['size']} in {told['origin']}",
        f"  {told['at']}  {told['act']}",
    ]
    lines += [f"  {name}: {value}" for name, value in told["codes"].items()]
    lines += [f"  {name}: {value}" for name, value in told["disclosed"]]
    return "\n".join(lines)
