# SPDX-License-Identifier: Apache-2.0
"""Incidents: what was detected when, how many people it touches, and the law's clocks that run since then."""
