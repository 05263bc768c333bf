# SPDX-License-Identifier: Apache-2.0
"""A site's people at work, on both engines."""

from tests.office import office, quick_hashing, sqlite_office
from tests.releases import desk

__all__ = ["desk", "office", "quick_hashing", "sqlite_office"]
