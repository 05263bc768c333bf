# SPDX-License-Identifier: Apache-2.0
"""The benchmark is tried on an open site."""

from tests.office import quick_hashing, sqlite_office

__all__ = ["quick_hashing", "sqlite_office"]
