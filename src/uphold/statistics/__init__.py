# SPDX-License-Identifier: Apache-2.0
"""Statistics: figures about people in which nobody can be found, each act of making them in a ledger.

Reads the depersonalised files of `visits.layout` and the journal. It reaches no key, no sealed part and no
blind index: an import contract says so, indirect imports included.
"""
