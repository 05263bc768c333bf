# SPDX-License-Identifier: Apache-2.0
"""The receipt a person takes home: journal entry, inclusion proof and signed head in one file.

It never holds a field's value. Anybody can verify it with `openssl` and `sh`
(docs/how-to/verify-a-receipt.md); the operator keeps no copy, it is derived while the part's key lives.
"""

from sqlalchemy import Connection

from uphold.journal import entry, proof
from uphold.journal.log import Log
from uphold.vault import commitment
from uphold.vault.unlock import KeyRing


def file(connection: Connection, log: Log, ring: KeyRing, record: int, index: int) -> bytes:
    """Make the `.tlog-proof` file of journal entry `index`, which speaks of `record`.

    Its opening shows the record's public id, as long as the key lives that it was salted from.
    """
    raw = log.entry(connection, index)
    decoded = entry.decode(raw)
    openings = commitment.openings(ring, connection, record, decoded.salt, decoded.commitments)
    return proof.receipt(log.proof(connection, index), raw, openings)
