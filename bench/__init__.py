# SPDX-License-Identifier: Apache-2.0
"""Benchmarks: durable submissions against plain Django, journal appends, verification and proofs."""
