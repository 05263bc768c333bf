# SPDX-License-Identifier: Apache-2.0
"""The journal: an append-only Merkle log of what happened, without personal data, that anybody can verify.

Entries form an RFC 9162 tree; heads are C2SP checkpoints in signed notes; receipts are C2SP tlog-proof
files. The room knows only the database below it. `entry` says what may be recorded, `log` stores it.
"""
