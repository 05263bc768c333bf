# SPDX-License-Identifier: Apache-2.0
"""Personal data, sealed one part per purpose, opened only for a Permit, gone when a part's key is destroyed.

    sealed = records.prepare(ring, number, [records.plain("consent-evidence", 1, {...}), ...])
    records.put(tx, sealed)
    fetched = records.fetch(tx, permit)      # ciphertext; journal the reading, commit, and only then
    fields = records.open(ring, permit, fetched)

Not for deciding who may read (that is the gate's) nor for data that are no one's (those need no vault).
"""
