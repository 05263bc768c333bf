# SPDX-License-Identifier: Apache-2.0
"""The journal's test vectors, read from journal.json beside this file."""

import json
from pathlib import Path
from typing import Any

DATA: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
LEDGER: dict[str, Any] = DATA["ledger5"]
ORIGIN: str = LEDGER["origin"]
SEED = bytes.fromhex(LEDGER["log_seed_hex"])
ENTRIES = [text.encode() for text in LEDGER["entries_utf8"]]
LEAVES = [bytes.fromhex(text) for text in LEDGER["leaf_hashes_hex"]]


def hashes(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]
