# SPDX-License-Identifier: Apache-2.0
"""Threats: what threatens the data follows from the running system, and is open until fresh evidence of a measure."""
