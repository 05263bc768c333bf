# SPDX-License-Identifier: Apache-2.0
"""Law as dated data, and its arithmetic: terms, calendars, clocks. Knows no storage and decides nothing else."""
